// Checks a page as it is now for violations of accessibility rules.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { findings, MORE_RULES, paint, RULES, settled } from './axe-rules';

/** Off by default, and of other standards: everything is inside a landmark, too. */
const PAGE_RULES = { ...MORE_RULES, region: { enabled: true } };

/** Soft: the story continues and reports every place that fails. */
export async function check(page: Page, place: string) {
  await page.evaluate(settled);
  const { violations, incomplete } = await axe(page, PAGE_RULES).withTags(RULES).analyze();
  expect.soft(findings([...violations, ...incomplete]), place).toEqual([]);
  expect.soft(await page.locator('h1').count(), `headings of the first rank: ${place}`).toBe(1);
}

/** The same for a page in light colours, and then the contrast of its dark ones: nothing else depends on the theme. */
export async function checkInBothThemes(page: Page, place: string) {
  await check(page, place);
  const before = await page.evaluate(paint, 'dark');
  await page.evaluate(settled);
  const { violations, incomplete } = await axe(page).withRules('color-contrast').analyze();
  expect.soft(findings([...violations, ...incomplete]), `${place}, dark`).toEqual([]);
  await page.evaluate(paint, before);
}

const axe = (page: Page, rules = {}): AxeBuilder =>
  new AxeBuilder({ page })
    // results without passed rules, which nobody reads
    .options({ resultTypes: ['violations', 'incomplete'], rules })
    // no page of the till has frames, and outside legacy mode axe opens another page for each check
    .setLegacyMode();
