// Page model of the till's screens as cashiers use them, in English. Contains no stories.
import { expect, type Locator, type Page } from '@playwright/test';
import { demoGoods } from '$lib/domain/demo/goods';
import { writeDisk } from './page-disk';
import { preparedDisk } from './prepared-disk';

export const OWNER = { name: 'Olga', pin: '135790' } as const;
export const SHOP = 'Corner shop';

const GOODS = demoGoods({ code: 'GBP', digits: 2 }, 'en');

/** A demo product's barcode by its English name. */
export function barcodeOf(name: string): string {
  const barcode = GOODS.find((product) => product.name === name)?.barcodes[0]?.code;
  if (barcode === undefined) throw new Error(`no demo product is called ${name}`);
  return barcode;
}

/**
 * Where screens are loaded from. `device`: the service worker keeps them, so that they open without the relay. `relay`: each
 * time.
 */
export type ScreensFrom = 'device' | 'relay';

/** After a new size waits a frame, because the form factor follows only then. */
function layOutAtOnce(page: Page): void {
  const setSize = page.setViewportSize.bind(page);
  page.setViewportSize = async (size) => {
    await setSize(size);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  };
}

export class TillPage {
  readonly page: Page;
  readonly #origin: () => string;
  readonly #screens: ScreensFrom;

  constructor(page: Page, origin: () => string, screens: ScreensFrom = 'device') {
    this.page = page;
    this.#origin = origin;
    this.#screens = screens;
    layOutAtOnce(page);
  }

  get dialog(): Locator {
    return this.page.locator('dialog[open]').last();
  }
  /** All open dialogues. */
  get dialogs(): Locator {
    return this.page.locator('dialog[open]');
  }
  get chip(): Locator {
    // in the rail, or in the header if there is no rail
    return this.page.locator('[data-status]').first();
  }
  get saved(): Locator {
    return this.page.locator('[data-saved]');
  }
  get codeField(): Locator {
    return this.page.getByLabel(/^Code from the message/);
  }
  /** The lines of the receipt beside the goods. */
  get lines(): Locator {
    return this.page.getByRole('list', { name: 'Receipt' }).getByRole('listitem');
  }
  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  /** Chooses another way while the customer's code is awaited. */
  async otherWay(name: string): Promise<void> {
    await this.button('Something else…').click();
    await this.dialog.getByRole('button', { name }).click();
  }

  /** Opens the till's address as from the home screen. Uses `goto`, because a reload fails while offline. */
  async open(hash = ''): Promise<void> {
    // a change of the hash alone would not load the page again
    await this.page.goto('about:blank');
    await this.page.goto(`${this.#origin()}/${hash}`);
  }

  /** Opens another screen by the navigation, without loading the page again. */
  async goTo(screen: string): Promise<void> {
    await this.page.evaluate((hash) => (location.hash = hash), `#/${screen}`);
  }

  /** The first run with English, pounds, demo goods and customers. */
  async firstRun(): Promise<void> {
    const { page } = this;
    await this.open();
    await this.button('English').click();
    await page.getByLabel('Name', { exact: true }).fill(SHOP);
    await page.getByLabel('Country').selectOption('GB');
    await this.button('Next').click();
    await page.getByLabel('Your name').fill(OWNER.name);
    await page.getByLabel('PIN, 6 digits').fill(OWNER.pin);
    await page.getByLabel('PIN once more').fill(OWNER.pin);
    await this.button('Next').click();
    await this.button('Load demo goods').click();
    await expect(page.getByRole('button', { name: 'Often bought' })).toBeVisible();
  }

  /** Connects this device to a shop by a code from the relay's own machine, and signs the owner in. */
  async connect(code: string): Promise<void> {
    await this.open();
    await this.button('English').click();
    await this.page.getByLabel('Connection code, 10 characters').fill(code);
    await this.button('Connect').click();
    await this.signIn();
    await expect(this.button(`${OWNER.name}, Owner. Lock the till`)).toBeVisible();
  }

  /** The result of `firstRun` from a copy of the prepared shop: the relay must have the prepared data, the page none. */
  async openShop(): Promise<void> {
    await this.page.goto(`${this.#origin()}/icons/icon.svg`);
    await writeDisk(this.page, preparedDisk());
    // without an empty page in between, which would start one more process
    await this.page.goto(`${this.#origin()}/`);
    await this.signIn();
    await expect(this.page.getByRole('button', { name: 'Often bought' })).toBeVisible();
    // a till that has been in use for a while has its screens on the device
    if (this.#screens === 'device')
      await this.page.evaluate(async () => void (await navigator.serviceWorker.ready));
  }

  /** Changes the screen's language in the settings: "Русский" or "English". */
  async speak(language: string): Promise<void> {
    await this.goTo('settings/looks');
    await this.page.getByRole('radio', { name: language }).check({ force: true });
    await expect(this.page.locator('html')).toHaveAttribute(
      'lang',
      language === 'Русский' ? 'ru' : 'en',
    );
  }

  /** Chooses a person at the lock and enters the PIN. With one person, a phone shows the keypad at once. */
  async signIn(name: string = OWNER.name, pin: string = OWNER.pin): Promise<void> {
    await this.tryToSignIn(name, pin);
    await expect(this.#padOf(name)).toBeHidden();
  }

  #padOf(name: string): Locator {
    return this.page.getByRole('group', { name: new RegExp(`^PIN.* · ${name}$`) });
  }

  /** Like `signIn`, without waiting for the outcome. */
  async tryToSignIn(name: string = OWNER.name, pin: string = OWNER.pin): Promise<void> {
    const { page } = this;
    const pad = this.#padOf(name);
    const person = this.button(new RegExp(`^${name}`));
    await expect(person.or(pad).first()).toBeVisible();
    if (!(await pad.isVisible())) await person.click();
    await expect(pad).toBeVisible();
    await page.keyboard.type(pin);
  }

  /** From now on scales know the product by this article; ends at the till. */
  async giveArticle(name: string, article: string): Promise<void> {
    await this.goTo('catalogue');
    await this.page.getByRole('button', { name, exact: true }).click();
    await this.dialog.getByLabel('SKU').fill(article);
    await this.button('Save').click();
    await expect(this.dialog).toHaveCount(0);
    await this.goTo('till');
  }

  async lock(): Promise<void> {
    // its name begins with the number of waiting entries
    const more = this.page.locator('.rail .more').getByRole('button');
    if (await more.isVisible()) await more.click();
    await this.button(/Lock the till/).click();
  }

  /** Searches a product by name and touches its tile. */
  async ring(name: string, times = 1): Promise<void> {
    for (let i = 0; i < times; i++) {
      await this.page.getByLabel('Find a product').fill(name);
      await this.page.locator('.tiles').getByRole('button', { name }).click();
    }
  }

  /**
   * A keyboard-wedge scanner: a key every 8 ms and then Enter. The keys have time stamps, so that a busy machine does not change
   * the rhythm. `pause`: the pause of a slow machine.
   */
  async scan(code: string, pause = 8): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const keys = [...[...code].map((key) => ({ key, text: key })), { key: 'Enter', text: '\r' }];
    const begun = Date.now() - pause * keys.length;
    const sent = keys.flatMap(({ key, text }, place) => {
      const pressed = {
        key,
        windowsVirtualKeyCode: key === 'Enter' ? 13 : key.toUpperCase().charCodeAt(0),
        timestamp: (begun + pause * place) / 1000,
      };
      return [
        session.send('Input.dispatchKeyEvent', { type: 'keyDown', text, ...pressed }),
        session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...pressed }),
      ];
    });
    await Promise.all(sent);
    await session.detach();
  }

  /** Chooses a customer in the picker. */
  async chooseCustomer(name: string): Promise<void> {
    await this.button(/^(Choose a customer|Whose account\?|Someone else)$/)
      .first()
      .click();
    await this.dialog.getByRole('button', { name }).click();
    await expect(this.dialogs).toHaveCount(0);
  }

  /** Creates a new customer at the counter and chooses them. */
  async newCustomer(name: string, phone: string): Promise<void> {
    await this.button(/^(Choose a customer|Whose account\?|Someone else)$/)
      .first()
      .click();
    await this.dialog.getByRole('button', { name: 'New customer' }).click();
    await this.dialog.getByLabel('Name').fill(name);
    await this.dialog.getByLabel('Phone').fill(phone);
    await this.dialog.getByRole('button', { name: 'Save' }).click();
    await expect(this.dialogs).toHaveCount(0);
  }

  /** Opens the keypad for a line's quantity, after selecting the line. */
  async changeQuantity(line: Locator): Promise<void> {
    // a line that is not shown yet is selected when it is: touching it then opens the keypad, too
    await expect(line).toBeVisible();
    const amount = line.getByRole('button', { name: /^Change the quantity/ });
    if (!(await amount.isVisible())) await line.getByRole('button').first().click();
    await amount.click();
    // it opens once the product's own limit has been read
    await expect(this.dialog).toBeVisible();
  }

  /** Removes the first line of the receipt; on a phone it opens the receipt first. */
  async removeFirstLine(): Promise<void> {
    const folded = this.button('Show the whole receipt');
    if (await folded.isVisible()) await folded.click();
    const remove = this.lines.first().getByRole('button', { name: 'Remove from the receipt' });
    if (!(await remove.isVisible())) await this.lines.first().getByRole('button').first().click();
    await remove.click();
    if (await this.button('Fold the receipt').isVisible())
      await this.button('Fold the receipt').click();
    await expect(this.dialogs).toHaveCount(0);
  }

  async pay(): Promise<void> {
    await this.button(/^Pay/).click();
    await expect(this.page.getByRole('group', { name: 'Paid by' })).toBeVisible();
  }

  /** In the dialogue of a return: why it comes back, and what the customer shows; null: their paper was scanned, or there is none. */
  async sayReturn(shown: string | null): Promise<void> {
    if (shown !== null) await this.dialog.getByLabel('What the customer shows').selectOption(shown);
    await this.dialog.getByLabel('Why it comes back').selectOption('Faulty');
  }

  /** The main button while money is taken: its label, or the reason why it is disabled. */
  get main(): Locator {
    return this.page.locator('[data-main-act]').getByRole('button');
  }

  /** Saves a paid receipt. */
  async accept(): Promise<void> {
    await expect(this.main).toHaveText(/^\s*(Accept|Save the receipt)/);
    await this.main.click();
  }

  async toReceipt(): Promise<void> {
    await this.button(/^Receipt$/).click();
  }

  /** Types the cash received, or points if they are asked for, at a person's pace, because faster input counts as a scanner's. */
  async give(amount: string): Promise<void> {
    await this.page.keyboard.type(amount, { delay: 80 });
  }

  async saveAndSend(): Promise<void> {
    await expect(this.main).toContainText(/we’ll send a code|no connection for a code/);
    await this.main.click();
  }

  /** Chooses a reason in the dialogue that says no code can be sent, and goes on. */
  async goOnWithoutCode(reason: string): Promise<void> {
    await this.dialog.getByRole('radio', { name: reason }).check();
    await this.button('Put it on account without a code').click();
  }

  /** A whole cash sale of one product, until "saved". */
  async sellForCash(name: string): Promise<void> {
    await this.ring(name);
    await this.pay();
    await this.button('Exact').click();
    await this.accept();
    await this.expectSaved();
  }

  /** A receipt with goods and a customer, one pound given. */
  async shortTender(goods: string, customer: string, given = '1'): Promise<void> {
    await this.ring(goods);
    await this.pay();
    await this.give(given);
    await this.chooseCustomer(customer);
  }

  /** Goods at 4.49 for Timur: 100 points, two pounds, the rest on account, so that both acts need consent. */
  async pointsAndDebt(): Promise<void> {
    await this.ring('Ground coffee, 250 g');
    await this.chooseCustomer('Timur Sadykov');
    await this.pay();
    await this.button(/^Points/).click();
    await this.give('100');
    await this.button(/^Cash/).click();
    await this.give('2');
  }

  /** The same, saved by the owner's right while offline; stays offline. */
  async pointsAndDebtWithoutCodes(): Promise<void> {
    await this.pointsAndDebt();
    await this.page.context().setOffline(true);
    await this.saveAndSend();
    await this.goOnWithoutCode('No internet');
    const points = this.button('Redeem points without a code');
    await expect(points).toBeVisible();
    await this.dialog.getByRole('radio', { name: 'No internet' }).check();
    await points.click();
    await this.expectSaved();
  }

  async expectSaved(): Promise<void> {
    await expect(this.saved).toBeVisible();
  }

  async next(): Promise<void> {
    await this.button('Next customer').click();
    await expect(this.saved).toHaveCount(0);
  }
}
