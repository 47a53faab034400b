// The time that a synchronous act computes.

/** Processor time of this process during `work`, ms: unlike the time by the clock, it is the same on a busy machine. */
export function cpuTimeOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
