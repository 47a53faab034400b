// Steps of a walk through many screens of a till in Russian.
import { expect, type Locator } from '@playwright/test';
import { expectFits } from './fits';
import type { TillPage } from './till-page';

/**
 * `shows`: checks that the place has these texts and cuts nothing off at its sides. `ring`: finds a product by name and touches
 * it.
 */
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
