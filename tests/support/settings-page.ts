// Page model of the settings of messages, codes and limits, in English.
import { expect, type Locator, type Page } from '@playwright/test';
import { OWNER, type TillPage } from './till-page';

const SAVED = /^Saved/;

export class SettingsPage {
  readonly page: Page;
  readonly #till: TillPage;

  constructor(till: TillPage) {
    this.page = till.page;
    this.#till = till;
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

  /** Presses a button that needs elevation, and enters the PIN where it is asked. */
  async asOwner(press: Locator, done: Locator): Promise<void> {
    await press.click();
    const asked = this.page.locator('dialog[open]').getByRole('group', { name: /^PIN/ });
    await expect(asked.or(done).first()).toBeVisible();
    if (await asked.isVisible()) await this.page.keyboard.type(OWNER.pin);
    await expect(done).toBeVisible();
  }

  async save(done: string | RegExp = SAVED): Promise<void> {
    // the toast of an earlier save would be taken for this one's
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
