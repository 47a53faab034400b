// Checks that a screen cuts nothing off at its sides, and that the page does not scroll sideways.
import { expect, type Page } from '@playwright/test';

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
