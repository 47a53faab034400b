// Reports the duration of a step of the till to the page's performance observers.

/** The steps a cashier waits for; see docs/benchmarks.md. */
export type TimedStep =
  'till:ready' | 'till:goods' | 'till:search' | 'till:scan' | 'till:customers' | 'till:pay';

/** Reports the end of a step that began at `since` (`performance.now()`; 0: the navigation). */
export function measureStep(step: TimedStep, since: number): void {
  performance.measure(step, { start: since });
  // observers have received it; otherwise the timeline would grow with every key for weeks
  performance.clearMeasures(step);
}
