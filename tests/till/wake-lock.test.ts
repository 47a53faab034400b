// The screen stays on while the till is open, and only then.
import { expect, test } from 'vitest';
import { keepAwake } from '$lib/devices/wake-lock';

/** A browser whose page can be hidden; counts the wake locks. */
function browser() {
  const page = Object.assign(new EventTarget(), {
    visibilityState: 'visible',
  });
  let locks = 0;
  return {
    page: page as unknown as Document,
    locks: () => locks,
    source: {
      request: () => {
        if (page.visibilityState === 'hidden') return Promise.reject(new Error('NotAllowedError'));
        locks += 1;
        let released = false;
        const release = () => {
          if (!released) locks -= 1;
          released = true;
          return Promise.resolve();
        };
        // a browser releases the lock when the page is hidden
        page.addEventListener('hide', () => void release(), { once: true });
        return Promise.resolve({ release });
      },
    },
    show: (state: 'visible' | 'hidden') => {
      page.visibilityState = state;
      if (state === 'hidden') page.dispatchEvent(new Event('hide'));
      page.dispatchEvent(new Event('visibilitychange'));
    },
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test('the screen stays on from the start, and again after the page was hidden', async () => {
  const { source, page, locks, show } = browser();
  keepAwake(source, page);
  await settled();
  expect(locks()).toBe(1);
  show('hidden');
  expect(locks()).toBe(0);
  show('visible');
  await settled();
  expect(locks()).toBe(1);
});

test('at sign-out it is released, and a page shown again does not take it', async () => {
  const { source, page, locks, show } = browser();
  const release = keepAwake(source, page);
  release();
  await settled();
  expect(locks()).toBe(0);
  show('hidden');
  show('visible');
  await settled();
  expect(locks()).toBe(0);
});

test('a browser without wake locks, or one that refuses, is no problem', async () => {
  const { page } = browser();
  keepAwake(null, page)();
  const release = keepAwake({ request: () => Promise.reject(new Error('low battery')) }, page);
  await settled();
  release();
  await settled();
});
