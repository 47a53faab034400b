// Steps of the picture scripts: a shop set up in either language, every size and theme of a moment.
import type { Locator, Page } from '@playwright/test';
import { admin as enAdmin } from '$lib/ui/text/en/admin';
import { core as enCore } from '$lib/ui/text/en/core';
import type { Text } from '$lib/ui/text/text';
import { admin as ruAdmin } from '$lib/ui/text/ru/admin';
import { core as ruCore } from '$lib/ui/text/ru/core';
import { test as base } from '../support/e2e';
import { TillPage } from '../support/till-page';

export type Language = 'en' | 'ru';

/** The owner and the shop, as somebody who speaks that language would type them. */
const PEOPLE = {
  en: { shop: 'Corner shop', country: 'GB', owner: 'Olga', speaks: 'English' },
  ru: { shop: 'Магазин у дома', country: 'RU', owner: 'Ольга', speaks: 'Русский' },
} as const;
export const PIN = '135790';

const SIZES = [
  { name: 'wide', width: 1280, height: 800 },
  { name: 'upright', width: 800, height: 1280 },
  { name: 'phone', width: 390, height: 844 },
  { name: 'lying', width: 844, height: 390 },
  // 1280 × 800 at 200 %
  { name: 'zoomed', width: 640, height: 400 },
] as const;

/** The names of the sizes to take, with commas between them; without it all, and full heights. */
const ONLY = process.env['PICTURE_SIZES']?.split(',') ?? null;

/** High enough for all that a screen scrolls to, in the light theme only. */
const WHOLE = [
  { name: 'whole', width: 1280, height: 2600 },
  { name: 'phone-whole', width: 390, height: 3400 },
] as const;

const FOLDER = '.cache/pictures';

export class Album {
  readonly page: Page;
  readonly language: Language;
  readonly words: Text;
  readonly #origin: () => string;

  constructor(page: Page, language: Language, origin: () => string) {
    this.page = page;
    this.language = language;
    this.words = language === 'ru' ? { ...ruCore, ...ruAdmin } : { ...enCore, ...enAdmin };
    this.#origin = origin;
  }

  /** Scans a barcode. */
  scan(code: string): Promise<void> {
    return new TillPage(this.page, this.#origin).scan(code);
  }

  get dialog(): Locator {
    return this.page.locator('dialog[open]').last();
  }
  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  /** Takes the same moment in every size and theme; `whole`: also at full height. */
  async take(name: string, { page = this.page, whole = false } = {}): Promise<void> {
    const all = whole ? [...SIZES, ...WHOLE] : SIZES;
    for (const size of all.filter((each) => ONLY === null || ONLY.includes(each.name)))
      for (const colorScheme of ['light', 'dark'] as const) {
        if (colorScheme === 'dark' && size.height > 2000) continue;
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize(size);
        // wait a frame for the new size, and for what is drawn after it
        await page.evaluate(
          () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 150))),
        );
        await page.screenshot({
          path: `${FOLDER}/${this.language}/${name}-${size.name}${colorScheme === 'dark' ? '-dark' : ''}.png`,
        });
      }
    await page.setViewportSize({ width: 1280, height: 800 });
  }

  async open(page = this.page): Promise<void> {
    await page.goto(`${this.#origin()}/`);
  }

  async goTo(screen: string): Promise<void> {
    await this.page.evaluate((hash) => (location.hash = hash), `#/${screen}`);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }

  /** Sets up a shop, up to the till screen; `step` is called on each screen before it is filled in. */
  async found(step: (name: string) => Promise<void> = async () => {}): Promise<void> {
    const { page, words } = this;
    const people = PEOPLE[this.language];
    const next = this.button(words.common.next);
    await this.open();
    await this.button(people.speaks).waitFor();
    await step('language');
    await this.button(people.speaks).click();
    const name = page.getByLabel(words.firstRun.shopName, { exact: true });
    await name.waitFor();
    await step('shop');
    await name.fill(people.shop);
    await page.getByLabel(words.firstRun.country).selectOption(people.country);
    await next.click();
    await page.getByLabel(words.firstRun.ownerName).waitFor();
    await step('owner');
    await page.getByLabel(words.firstRun.ownerName).fill(people.owner);
    await page.getByLabel(words.staff.pin(6)).fill(PIN);
    await page.getByLabel(words.staff.pinAgain).fill(PIN);
    await next.click();
    await this.button(words.firstRun.demo).waitFor();
    await step('goods');
    await this.button(words.firstRun.demo).click();
    await this.button(words.till.popular).waitFor();
  }

  /** Connects this device by a code from the relay's own machine, and signs the owner in. */
  async connect(code: string): Promise<void> {
    const { page, words } = this;
    await this.open();
    await this.button(PEOPLE[this.language].speaks).click();
    await page.getByLabel(words.enrol.tokenLabel).fill(code);
    await this.button(words.enrol.connect).click();
    await this.signIn();
    await this.understood();
  }

  async signIn(): Promise<void> {
    await this.page.getByRole('group', { name: /PIN/ }).waitFor();
    await this.page.keyboard.type(PIN);
    await this.page.locator('.rail').waitFor();
  }

  /** Closes what is explained once at the start. */
  async understood(): Promise<void> {
    const ok = this.page.locator('.banners').getByRole('button', { name: this.words.common.ok });
    if (await ok.isVisible()) await ok.click();
  }

  /** Touches the tiles at these places, and enters a weight where one is asked for. */
  async ring(...places: number[]): Promise<void> {
    for (const place of places) {
      await this.page.locator('.tiles button').nth(place).click();
      const weight = this.page.locator('dialog[open]').getByRole('textbox');
      if (!(await weight.isVisible())) continue;
      await weight.fill(this.language === 'ru' ? '0,412' : '0.412');
      await this.page.keyboard.press('Enter');
    }
  }

  /** Chooses the customer whose name begins so, through the picker. */
  async choose(name: string): Promise<void> {
    await this.page.keyboard.press('F4');
    await this.dialog.getByRole('button', { name }).click();
    await this.page.locator('dialog[open]').waitFor({ state: 'detached' });
  }

  async pay(): Promise<void> {
    await this.page.keyboard.press('F9');
    await this.page.getByRole('group', { name: this.words.common.keypad }).waitFor();
  }

  /** The main button while taking money. */
  async main(): Promise<void> {
    await this.page.locator('[data-main-act]').getByRole('button').click();
  }

  async saved(): Promise<void> {
    await this.page.locator('[data-saved]').waitFor();
  }

  /** A sale that is paid at once, and the next one begins. */
  async sold(way: 'card' | 'transfer'): Promise<void> {
    await this.button(new RegExp(`^${this.words.tender.kinds[way]}`)).click();
    await this.saved();
    await this.button(this.words.tender.nextReceipt).click();
  }

  /** A cashier joins the staff, and signs in instead of the owner. */
  async cashier(name: string, pin: string): Promise<void> {
    const { page, words, dialog } = this;
    await this.goTo('settings/staff');
    await this.button(words.staff.addOperator).click();
    await dialog.getByLabel(words.staff.name, { exact: true }).fill(name);
    await dialog.getByLabel(words.staff.group).selectOption('cashier');
    await dialog.getByLabel(words.staff.pin(4)).fill(pin);
    await dialog.getByLabel(words.staff.pinAgain).fill(pin);
    await dialog.getByRole('button', { name: words.common.save }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.evaluate(() => document.querySelector<HTMLElement>('.rail .operator')?.click());
    await this.button(new RegExp(`^${name}`)).click();
    await page.keyboard.type(pin);
    await page.locator('.rail').waitFor();
    await this.goTo('till');
  }
}

export const test = base.extend<{ album: (language: Language) => Album }>({
  album: async ({ page, relay }, use) => {
    await use((language) => new Album(page, language, () => relay.url));
  },
});
