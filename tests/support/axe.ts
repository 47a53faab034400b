// Checks a page as it is now for violations of accessibility rules.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

/** Soft: the story continues and reports every place that fails. */
export async function check(page: Page, place: string) {
  // a fading element has no final contrast yet; a spinner never ends
  await page.evaluate(() => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    return Promise.allSettled(ending.map((animation) => animation.finished));
  });
  const { violations, incomplete } = await new AxeBuilder({ page })
    // results without passed rules, which nobody reads
    .options({ resultTypes: ['violations', 'incomplete'] })
    .withTags(RULES)
    // no page of the till has frames, and outside legacy mode axe opens another page for each check
    .setLegacyMode()
    .analyze();
  const found = [...violations, ...incomplete]
    .map(({ id, nodes }) => ({
      id,
      nodes: nodes
        .map(({ html, any }) => `${html.slice(0, 160)} :: ${any[0]?.message ?? ''}`)
        // axe cannot distinguish elements that are scrolled out of view from covered ones; people check the pictures
        .filter((node) => !/overlap|obscured/.test(node)),
    }))
    .filter(({ nodes }) => nodes.length > 0);
  expect.soft(found, place).toEqual([]);
  expect.soft(await page.locator('h1').count(), `headings of the first rank: ${place}`).toBe(1);
}
