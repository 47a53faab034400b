// The shift screens on a phone: their main button is in view, however far they are scrolled.
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../support/e2e';
import { expectFits, PHONE } from '../support/fits';

/** The button is wholly in view at the top, in the middle and at the end of the screen, and nothing covers it. */
async function expectKept(page: Page, button: Locator): Promise<void> {
  for (const part of [0, 0.5, 1]) {
    await page.locator('.whole').evaluate((screen, part) => {
      screen.scrollTop = (screen.scrollHeight - screen.clientHeight) * part;
    }, part);
    await expect(button).toBeInViewport({ ratio: 1 });
    const isUncovered = await button.evaluate((it) => {
      const { x, y, width, height } = it.getBoundingClientRect();
      return it.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    });
    expect(isUncovered).toBe(true);
  }
  await expectFits(page);
}

const WORDS = {
  English: { open: 'Open the shift', close: /^Close the shift/, rest: 'The rest' },
  Русский: { open: 'Открыть смену', close: /^Закрыть смену/, rest: 'Остальное' },
} as const;

test('the main button stays in view in both languages', async ({ till, page }) => {
  const { dialog } = till;
  await till.openShop();
  /** The shift's screen in one language after the other. */
  const inEach = async (look: (words: (typeof WORDS)[keyof typeof WORDS]) => Promise<void>) => {
    for (const [language, words] of Object.entries(WORDS)) {
      await till.speak(language);
      await till.goTo('shift');
      await look(words);
    }
  };
  await inEach(({ open }) => expectKept(page, till.button(open)));
  const { open } = WORDS['Русский'];
  await till.button(open).tap();
  await dialog.getByRole('button', { name: open }).tap();
  await expect(till.dialogs).toHaveCount(0);

  await inEach(async ({ close, rest }) => {
    await page.setViewportSize(PHONE);
    await expectKept(page, till.button(close));
    await till.button(close).tap();
    const main = page.locator('.pane-foot').getByRole('button').last();
    await expect(main).toBeDisabled();
    // notes are counted by the keypad, which is in sight beside the field
    const notes = page.getByLabel(/^(How many of|Сколько)/).first();
    await notes.tap();
    const key = page.getByRole('button', { name: '1', exact: true });
    await expect(key).toBeInViewport({ ratio: 1 });
    // as a finger does: `tap` of Playwright scrolls a sticky part first
    const { x = 0, y = 0 } = (await key.boundingBox()) ?? {};
    await page.touchscreen.tap(x + 10, y + 10);
    await expect(notes).toHaveValue('1');
    await expect(notes).toBeInViewport({ ratio: 1 });
    const field = page.getByLabel(rest);
    await field.fill('5');
    // what is typed into is above the button
    const [typed, foot] = [
      await field.boundingBox(),
      await page.locator('.pane-foot').boundingBox(),
    ];
    expect((typed?.y ?? 0) + (typed?.height ?? 0)).toBeLessThanOrEqual(foot?.y ?? 0);
    await expectKept(page, main);
    // on a low screen the count needs the room: the button is at the end of the screen
    await page.setViewportSize({ width: 320, height: 568 });
    await page.locator('.whole').evaluate((screen) => (screen.scrollTop = 0));
    await expect(main).not.toBeInViewport();
    await main.scrollIntoViewIfNeeded();
    await expect(main).toBeInViewport({ ratio: 1 });
  });
});
