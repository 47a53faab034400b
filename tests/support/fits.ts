// Checks that a screen cuts nothing off, does not scroll sideways, and that controls lie apart.
import { expect, type Locator, type Page } from '@playwright/test';
import { crowded } from './crowded';

/** The size of a phone, for stories that otherwise run on a tablet. */
export const PHONE = { width: 390, height: 844 } as const;

/** Checks open dialogues, too. Elements with their own sideways scrolling, such as a row of tabs, may be wider. */
export async function expectFits(page: Page): Promise<void> {
  const cut = await page.evaluate(() => {
    const root = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
    const scrolls = (element: Element | null): boolean =>
      element !== null &&
      (/auto|scroll/.test(getComputedStyle(element).overflowX) &&
      element.scrollWidth > element.clientWidth
        ? true
        : scrolls(element.parentElement));
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    const beyond = [...root.querySelectorAll<HTMLElement>('*')].filter((element) => {
      if (!element.checkVisibility({ visibilityProperty: true }) || scrolls(element)) return false;
      const { left, right, width, height } = element.getBoundingClientRect();
      return width > 1 && height > 1 && (left < -1 || right > window.innerWidth + 1);
    });
    return [
      ...(wide > 0 ? [`the page is ${wide} px too wide`] : []),
      ...beyond.map((element) => element.outerHTML.slice(0, 120)),
    ];
  });
  expect(cut).toEqual([]);
}

/** A phone, a phone in landscape, and a tablet at 200 % zoom. */
export const SMALL = [PHONE, { width: 844, height: 390 }, { width: 640, height: 400 }] as const;

/**
 * Checks at small sizes that in the open dialogue no control lies over another, no word is wider than its button, and what
 * `whole` names is in sight without scrolling.
 */
export async function expectRoom(page: Page, ...whole: Locator[]): Promise<void> {
  const size = page.viewportSize();
  for (const small of SMALL) {
    await page.setViewportSize(small);
    await expect.poll(() => page.evaluate(crowded), JSON.stringify(small)).toEqual([]);
    for (const each of whole) await expect(each).toBeInViewport({ ratio: 1 });
  }
  if (size) await page.setViewportSize(size);
}
