// Page model of the settings of messages, codes and limits, in English.
import { expect, type Locator, type Page } from '@playwright/test';
import { OWNER, type TillPage } from './till-page';

const SAVED = /^Saved/;

/** The dialogues that ask for a code: to read, and to change. */
const CODE_ASKED = /^(Code to your phone|An owner’s confirmation)$/;

export class SettingsPage {
  readonly page: Page;
  readonly #till: TillPage;
  readonly #codes: (() => string) | null;

  /** `codes`: the newest code at the owner's phone. Null: the shop has only the demo service, or nobody answers. */
  constructor(till: TillPage, codes: (() => string) | null = null) {
    this.page = till.page;
    this.#till = till;
    this.#codes = codes;
  }

  /** Opens the address, as a bookmark does: unsaved input does not prevent it. */
  async open(screen: 'messages' | 'codes-and-limits' | 'costs'): Promise<void> {
    const path = screen === 'costs' ? screen : `settings/${screen}`;
    await this.page.goto(`${new URL('/', this.page.url()).href}#/${path}`);
    if (screen === 'messages') await this.showMessages();
  }

  /** Shows the messaging settings, which the relay gives out after a PIN. */
  async showMessages(): Promise<void> {
    const show = this.#till.button('Show the settings');
    const shown = this.page.getByLabel('Messaging service', { exact: true });
    await expect(show.or(shown).first()).toBeVisible();
    if (await show.isVisible()) await this.asOwner(show, shown);
  }

  async chooseService(name: string): Promise<void> {
    await this.page.getByLabel('Messaging service', { exact: true }).selectOption({ label: name });
  }

  /** The service's own address, under "More". */
  async setAddress(url: string): Promise<void> {
    const field = this.page.getByLabel('Another address of the service');
    if (!(await field.isVisible()))
      await this.page.locator('main').getByText('More', { exact: true }).click();
    await field.fill(url);
  }

  /** Presses a button that needs elevation; enters the PIN and the owner's code where they are asked. */
  async asOwner(press: Locator, done: Locator): Promise<void> {
    await press.click();
    const pin = this.page.locator('dialog[open]').getByRole('group', { name: /^PIN/ });
    const code = this.page.getByRole('dialog', { name: CODE_ASKED });
    const asked = this.#codes === null ? pin : pin.or(code);
    await expect(asked.or(done).first()).toBeVisible();
    if (await pin.isVisible()) {
      await this.page.keyboard.type(OWNER.pin);
      await expect(pin).toBeHidden();
    }
    if (this.#codes !== null) {
      await expect(code.or(done).first()).toBeVisible();
      if (await code.isVisible()) await this.typeCode(this.#codes());
    }
    await expect(done).toBeVisible();
  }

  /** Types a right code where one is asked for. */
  async typeCode(code: string): Promise<void> {
    await expect(this.#till.codeField).toBeFocused();
    await this.page.keyboard.type(code);
    await expect(this.page.getByRole('dialog', { name: CODE_ASKED })).toBeHidden();
  }

  async save(done: string | RegExp = SAVED): Promise<void> {
    // otherwise the toast of an earlier save would count as this one's
    if (done === SAVED) {
      await expect(this.page.getByText(done).first()).toBeHidden({ timeout: 20_000 });
    }
    await this.asOwner(this.#till.button('Save').last(), this.page.getByText(done).first());
  }

  /** One of the two messages: its field, its preview. */
  text(name: 'sale on account' | 'redeeming points'): Locator {
    return this.page.getByLabel(`Text: ${name}`);
  }
  preview(action: 'sell-on-account' | 'redeem-points'): Locator {
    return this.page.getByTestId(`preview-${action}`);
  }

  /** The methods of one act. */
  method(act: 'Sale on account' | 'Redeeming points'): Locator {
    return this.page.getByRole('group', { name: act, exact: true });
  }
}
