// Checks a page as it is now for violations of accessibility rules.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
/** Off by default, and of other standards: names contain what is read, and everything is inside a landmark. */
const MORE_RULES = { 'label-content-name-mismatch': { enabled: true }, region: { enabled: true } };

/** Soft: the story continues and reports every place that fails. */
export async function check(page: Page, place: string) {
  await settled(page);
  const { violations, incomplete } = await axe(page, MORE_RULES).withTags(RULES).analyze();
  expect.soft(namesOf([...violations, ...incomplete]), place).toEqual([]);
  expect.soft(await page.locator('h1').count(), `headings of the first rank: ${place}`).toBe(1);
}

/** The same for a page in light colours, and then the contrast of its dark ones: nothing else depends on the theme. */
export async function checkInBothThemes(page: Page, place: string) {
  await check(page, place);
  const paint = (theme: string) =>
    page.evaluate((name) => {
      const before = document.documentElement.dataset['theme'] ?? '';
      document.documentElement.dataset['theme'] = name;
      return before;
    }, theme);
  const before = await paint('dark');
  await settled(page);
  const { violations, incomplete } = await axe(page).withRules('color-contrast').analyze();
  expect.soft(namesOf([...violations, ...incomplete]), `${place}, dark`).toEqual([]);
  await paint(before);
}

const axe = (page: Page, rules = {}): AxeBuilder =>
  new AxeBuilder({ page })
    // results without passed rules, which nobody reads
    .options({ resultTypes: ['violations', 'incomplete'], rules })
    // no page of the till has frames, and outside legacy mode axe opens another page for each check
    .setLegacyMode();

/** Waits until nothing fades: a fading element has no final contrast yet. A spinner never ends. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    return Promise.allSettled(ending.map((animation) => animation.finished));
  });
}

type Results = Awaited<ReturnType<AxeBuilder['analyze']>>['violations'];

const namesOf = (results: Results) =>
  results
    .map(({ id, nodes }) => ({
      id,
      nodes: nodes
        .map(({ html, any }) => `${html.slice(0, 160)} :: ${any[0]?.message ?? ''}`)
        // axe cannot distinguish elements that are scrolled out of view from covered ones; people check the pictures
        .filter((node) => !/overlap|obscured/.test(node)),
    }))
    .filter(({ nodes }) => nodes.length > 0);
