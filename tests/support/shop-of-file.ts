// The relay, page and signed-in till that the stories of one file share.
// Thrown away by Playwright with its worker after any failure, so a second try gets a fresh shop.
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { markMessages, unmarkMessages } from './demo-phone';
import { PREPARED_RELAY } from './prepared-disk';
import { RelayProcess } from './relay-process';
import { markRows } from './till-disk';
import { TillPage, type ScreensFrom } from './till-page';

/** An open shop: the owner is signed in, the receipt is empty. */
export type OpenShop = {
  readonly file: string;
  readonly relay: RelayProcess;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly till: TillPage;
};

/** How long the till of an earlier story may take to show an empty receipt, ms. Beyond it another shop is opened. */
const PATIENCE = 5_000;

/** Owned by a worker, which plays one file after another. */
export class ShopOfFile {
  readonly #browser: Browser;
  #open: OpenShop | null = null;
  #second: TillPage | null = null;

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /**
   * The shop of this file, at the till, with an empty receipt. `viewport`: its size at the beginning of each story; `screens`:
   * where the till's screens are loaded from.
   */
  async of(
    file: string,
    viewport: { width: number; height: number } | null,
    screens: ScreensFrom,
  ): Promise<OpenShop> {
    const open = this.#open;
    if (open?.file === file) {
      try {
        await beginAnew(open, viewport);
        return open;
      } catch (error) {
        console.log(`== another shop for ${file}: ${(error as Error).message.split('\n')[0]}`);
      }
    }
    await this.close();
    return this.#openOne(file, screens);
  }

  /** The second till of the open shop, at the till, with an empty receipt; `connect` opens it for the first story. */
  async second(relay: RelayProcess, connect: () => Promise<TillPage>): Promise<TillPage> {
    const known = this.#second;
    if (known === null) {
      this.#second = await connect();
      await markRows(this.#second.page);
      return this.#second;
    }
    const { page } = known;
    await beginAnew({ relay, context: page.context(), page, till: known }, page.viewportSize());
    return known;
  }

  async #openOne(file: string, screens: ScreensFrom): Promise<OpenShop> {
    const relay = new RelayProcess();
    relay.copyData(PREPARED_RELAY);
    await relay.start();
    // Playwright adds the options of the story that is being played: size, touch, colours
    const context = await this.#browser.newContext();
    const page = await context.newPage();
    const till = new TillPage(page, () => relay.url, screens);
    this.#open = { file, relay, context, page, till };
    await till.openShop();
    await markRows(page);
    return this.#open;
  }

  async close(): Promise<void> {
    const [open, second] = [this.#open, this.#second];
    [this.#open, this.#second] = [null, null];
    await second?.page.context().close();
    if (open === null) return;
    unmarkMessages(open.relay.url);
    await open.context.close();
    await open.relay.dispose();
  }
}

/**
 * Undoes what a story may leave behind: another size or language, closed network, further pages, open dialogues, goods in the
 * receipt.
 */
async function beginAnew(
  { relay, context, page, till }: Omit<OpenShop, 'file'>,
  viewport: { width: number; height: number } | null,
): Promise<void> {
  await context.setOffline(false);
  await context.unrouteAll({ behavior: 'ignoreErrors' });
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  for (const other of context.pages()) if (other !== page) await other.close();
  if (viewport !== null) await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if ((await page.locator('html').getAttribute('lang')) !== 'en') await till.speak('English');
  await till.goTo('till');
  // one that was offline asks the relay for its health first
  await expect(till.chip).not.toHaveAttribute('data-status', 'offline', { timeout: PATIENCE });
  // asked for once more: unsaved input, or a code that can still be typed
  const discard = till.button(/^(Leave them|Cancel the code)$/).last();
  await expect(async () => {
    if (await discard.isVisible()) await discard.click({ timeout: PATIENCE });
    else if (await till.dialogs.first().isVisible()) await page.keyboard.press('Escape');
    await expect(till.dialogs).toHaveCount(0, { timeout: 300 });
  }).toPass({ timeout: PATIENCE });
  const next = till.button('Next customer');
  const back = till.button(/^Receipt$/);
  const search = page.getByLabel('Find a product');
  await expect(search.or(back).or(next).first()).toBeVisible({ timeout: PATIENCE });
  if (await next.isVisible()) await next.click({ timeout: PATIENCE });
  else if (await back.isVisible()) await back.click({ timeout: PATIENCE });
  await expect(search).toBeVisible({ timeout: PATIENCE });
  await search.fill('');
  const clear = till.button(/^Clear$/);
  if ((await till.lines.count()) > 0) {
    await clear.click({ timeout: PATIENCE });
    await expect(till.lines).toHaveCount(0, { timeout: PATIENCE });
  }
  const remove = till.button('Remove the customer');
  if (await remove.isVisible()) await remove.click({ timeout: PATIENCE });
  await markRows(page);
  await markMessages(relay.url);
}
