// The stopwatch in the page: from a key to the paint that shows its effect.
// Runs before the page's scripts, and only reads the clock.
import type { Page } from '@playwright/test';

/**
 * What a measurement waits for before the paint: a step measured by the till
 * (`src/lib/state/device/measure-step.ts`), or only the event itself.
 */
export type Until = 'till:search' | 'till:scan' | 'till:customers' | 'till:pay' | 'event';

type Stopwatch = {
  /** Begins at the next event of this type (and key); `taken` gives ms from there to the paint. */
  arm(event: 'keydown' | 'click', key: string | null, until: Until): void;
  /** The duration of the newest measurement, ms. */
  readonly taken: Promise<number>;
  /** Durations of each step measured by the till, ms. */
  readonly steps: Record<string, number[]>;
  /** Resolves at the second animation frame from now: earlier changes are on the screen. */
  painted(): Promise<number>;
  /** When the sign-in was painted, ms after the navigation began. */
  readonly ready: Promise<number>;
  /** When goods could be rung up, ms after the navigation began. */
  readonly goods: Promise<number>;
  /** The same for the document as it arrived. */
  readonly shown: Promise<number>;
};

declare global {
  interface Window {
    stopwatch: Stopwatch;
  }
}

/** For `addInitScript`: must not use anything outside itself. */
export function installStopwatch(): void {
  const painted = () =>
    new Promise<number>((resolve) =>
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now()))),
    );
  const steps: Record<string, number[]> = {};
  let heard: (name: string) => void = () => undefined;
  let tellReady: (at: number) => void = () => undefined;
  let tellGoods: (at: number) => void = () => undefined;
  const ready = new Promise<number>((resolve) => (tellReady = resolve));
  const goods = new Promise<number>((resolve) => (tellGoods = resolve));
  const measure = performance.measure.bind(performance);
  performance.measure = (name: string, options?: string | PerformanceMeasureOptions) => {
    const entry = typeof options === 'object' ? measure(name, options) : measure(name, options);
    (steps[name] ??= []).push(entry.duration);
    if (name === 'till:ready') void painted().then(tellReady);
    if (name === 'till:goods') void painted().then(tellGoods);
    heard(name);
    return entry;
  };

  const shown = new Promise<number>((resolve) =>
    addEventListener('DOMContentLoaded', () => void painted().then(resolve)),
  );

  let begun: (event: Event) => void = () => undefined;
  // the first listener on the window: the clock starts before any work
  for (const type of ['keydown', 'click']) addEventListener(type, (event) => begun(event), true);

  let taken: Promise<number> = Promise.resolve(Number.NaN);
  window.stopwatch = {
    arm(type, key, until) {
      taken = new Promise((resolve) => {
        begun = (event) => {
          if (event.type !== type || (event instanceof KeyboardEvent && event.key !== key)) return;
          begun = () => undefined;
          const since = performance.now();
          const finish = () => void painted().then((at) => resolve(at - since));
          if (until === 'event') return finish();
          heard = (name) => {
            if (name !== until) return;
            heard = () => undefined;
            finish();
          };
        };
      });
    },
    get taken() {
      return taken;
    },
    steps,
    painted,
    ready,
    goods,
    shown,
  };
}

/** Types a key of any alphabet: the driver knows only keys of a Latin keyboard. */
async function press(page: Page, key: string): Promise<void> {
  if (key.length > 1) return page.keyboard.press(key);
  const session = await page.context().newCDPSession(page);
  await session.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text: key });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', key });
  await session.detach();
}

/** ms from the keydown to the paint that shows its effect. */
export async function timedKey(page: Page, key: string, until: Until): Promise<number> {
  await page.evaluate(([k, u]) => window.stopwatch.arm('keydown', k, u), [key, until] as const);
  await press(page, key);
  return await page.evaluate(() => window.stopwatch.taken);
}

/** Lets the page finish its background work, such as storing the open receipt. */
export async function idle(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 300 })),
  );
}

/** Slows the page's main thread (workers keep their speed); 1: normal speed. */
export async function throttle(page: Page, rate: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate });
}
