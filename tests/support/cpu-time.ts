// The time that a synchronous act computes.

/** Processor time that this process used during `work`, ms. Unlike elapsed time, it does not depend on other processes. */
export function cpuTimeOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
