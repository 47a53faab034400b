// The screen stays on while the till is open, and only then.
import { expect, test } from 'vitest';
import { keepAwake } from '$lib/devices/wake-lock';

/** A browser whose page can be hidden, and that counts the locks held on its screen. */
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
        // the browser itself lets go of it with a hidden page
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

test('the screen is kept on from the start, and again after the page was hidden', async () => {
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

test('at the lock it is let go of, and a page shown again does not take it', async () => {
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

test('a browser that has none, or refuses, is no trouble', async () => {
  const { page } = browser();
  keepAwake(null, page)();
  const release = keepAwake({ request: () => Promise.reject(new Error('low battery')) }, page);
  await settled();
  release();
  await settled();
});
