// Reports how long a step of the till took to the page's performance observers.

/** The steps a cashier waits for; described in docs/benchmarks.md. */
export type TimedStep = 'till:ready' | 'till:search' | 'till:scan' | 'till:customers' | 'till:pay';

/** Tells observers that a step begun at `since` (`performance.now()`; 0: the navigation) is done now. */
export function measureStep(step: TimedStep, since: number): void {
  performance.measure(step, { start: since });
  // observers have it already; the timeline of a till that runs for weeks must not grow with every key
  performance.clearMeasures(step);
}
