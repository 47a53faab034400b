// Touches and looks of a walk through many screens of a till in Russian.
import { expect, type Locator } from '@playwright/test';
import { expectFits } from './fits';
import type { TillPage } from './till-page';

/** `shows`: the place has these texts, and nothing is cut off at the side. `ring`: a product found by its name and touched. */
export function walkOn(till: TillPage) {
  const { page, dialog } = till;
  return {
    tap: (name: string | RegExp) => till.button(name).filter({ visible: true }).first().tap(),
    inDialog: (name: string | RegExp) => dialog.getByRole('button', { name }).first().tap(),
    shows: async (where: Locator, ...texts: readonly (string | RegExp)[]): Promise<void> => {
      for (const text of texts) await expect(where).toContainText(text);
      await expectFits(page);
    },
    ring: async (name: string): Promise<void> => {
      await page.getByLabel('Найти товар').fill(name);
      await page.locator('.tiles').getByRole('button', { name }).first().tap();
    },
  };
}
