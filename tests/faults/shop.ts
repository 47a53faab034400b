// A shop under test: relay, messaging service, and a till whose profile outlives its browser.
// Acknowledged acts are recorded here, outside the profile.
import Sqlite from 'better-sqlite3';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verify } from '$lib/ui/text/en/journal';
import { expect, type Page } from '@playwright/test';
import {
  changePolicy,
  chooseService,
  connectionCode,
  follow,
  ownersOtherTill,
} from '../support/e2e';
import { disk } from '$lib/ui/text/en/errors';
import { FakeSmsru } from '../support/fake-smsru';
import { RelayProcess } from '../support/relay-process';
import type { TillClient } from '../support/till-client';
import { rowsOf, type Row } from '../support/till-disk';
import { TillPage } from '../support/till-page';
import { expectStore, openBrowser, type Browser, type Store } from './browser';
import { COPIES, salesIn, unionOf, type Copy } from './copies';
import { ACTS, type ShownAct } from './errands';
import { asksToConnect } from './said';
import { DEBTOR, sellWithoutEnd, stopSelling, type Ears } from './seller';
import type { Tally } from './tally';
import { diskOf, doubledIn, salesOn, tornAtRelay, tornDayIn, tornIn, type Disk } from './whole';

/** Limits that no run can reach. */
const UNLIMITED = 1_000_000_000;
/** How long a till may need until it shows its lock screen or a question. */
const OPENING_MS = 60_000;
/** Without a sale for this long the till counts as stuck. */
const STUCK_MS = 30_000;

export class Shop {
  readonly relay = new RelayProcess();
  readonly store: Store;
  readonly tally: Tally;
  readonly #smsru: FakeSmsru;
  #customers: ReadonlyMap<string, string> = new Map();
  /** A till without a browser, at which the owner sets up the shop. */
  #owner: TillClient | null = null;
  /** What was shown as saved besides sales; null: only sales are made. */
  day: ShownAct[] | null = null;
  /** How many pages have sold. */
  #pages = 0;
  /** Messages sent when the relay's data was copied; the copy does not know later ones. */
  #sentAtCopy = 0;
  #unknownToRelay = 0;

  private constructor(store: Store, tally: Tally, smsru: FakeSmsru) {
    this.store = store;
    this.tally = tally;
    this.#smsru = smsru;
  }

  /** Sets up a shop on a new profile, up to the first sale; the browser stays open. */
  static async found(
    profile: string,
    store: Store,
    tally: Tally,
  ): Promise<{ shop: Shop; browser: Browser }> {
    const shop = new Shop(store, tally, await FakeSmsru.start());
    tally.acknowledged.otherDisk();
    await shop.relay.start();
    const browser = await openBrowser(profile, store);
    const till = shop.tillOn(browser.page);
    await till.firstRun();
    expectStore(profile, store);
    await follow(browser.page, await shop.#allowEverything());
    await till.ring('Ground coffee');
    await till.newCustomer(DEBTOR.name, DEBTOR.phone);
    await shop.#readCustomers(browser);
    return { shop, browser };
  }

  async #readCustomers({ page }: Browser): Promise<void> {
    const customers = await rowsOf(page, 'customers');
    this.#customers = new Map(customers.map(({ name, id }) => [String(name), String(id)]));
  }

  /** Adds a customer with a number that the owner trusts, at the till that founded the shop, before another joins. */
  async addCustomer(
    browser: Browser,
    { name, phone }: { readonly name: string; readonly phone: string },
  ): Promise<void> {
    const till = this.tillOn(browser.page);
    await till.goTo('customers');
    await till.button('New customer').click();
    await till.dialog.getByLabel('Name').fill(name);
    await till.dialog.getByLabel('Phone').fill(phone);
    await till.dialog.getByRole('button', { name: 'Save' }).click();
    await expect(till.page.getByText('Card saved')).toBeVisible();
    await this.#readCustomers(browser);
    // a new number gets no codes in its first day, unless an owner trusts it
    const row = (await rowsOf(browser.page, 'customers')).find((each) => each['name'] === name);
    const contact = { customer: row?.['id'], phone: row?.['phone'], cardSalt: row?.['cardSalt'] };
    const reply = await this.#owner?.call('POST', '/customers/trusted', { contacts: [contact] });
    if (reply?.status !== 200) throw new Error(`not trusted: ${JSON.stringify(reply?.json)}`);
  }

  /** Codes through a service that counts them, and no limit on debts; resolves with the policy's version. */
  async #allowEverything(): Promise<number> {
    const other = (this.#owner = await ownersOtherTill(this.relay));
    await chooseService(other, this.relay, this.#smsru);
    return changePolicy(other, (policy) => ({
      ...policy,
      credit: { debtLimit: UNLIMITED, newNumberCap: UNLIMITED, dueDays: null },
      limits: { perPhoneHour: 1000, perPhoneDay: 1000, perTillHour: 100_000, perShopDay: 100_000 },
    }));
  }

  /** Ids by name. */
  get customers(): ReadonlyMap<string, string> {
    return this.#customers;
  }

  /** The page model of a till of this shop. */
  tillOn(page: Page): TillPage {
    return new TillPage(page, () => this.relay.url);
  }

  /**
   * Makes sales without end on this page; resolves with the first acknowledged sale of the round. `notSaved`: called when the
   * screen says that a sale is not saved; `then`: what the seller does after that.
   */
  async sell(
    { page }: Browser,
    notSaved: () => void = () => undefined,
    then: Ears['then'] = 'retries',
  ): Promise<void> {
    // after the sign-in, acts without a code are shown first, if there are any
    await this.tillOn(page).goTo('till');
    const first = new Promise<void>((resolve, reject) => {
      sellWithoutEnd(page, {
        saved: (screen) => {
          this.tally.acknowledged.addSale(screen);
          resolve();
        },
        notSaved,
        day: this.day && {
          acted: (shown) => void this.day?.push(shown),
          turn: this.#pages++,
        },
        then,
        code: () => this.newestCode ?? '',
      }).catch(reject);
    });
    // a till that found its database damaged would sell nothing until the time is over
    const offered = this.tillOn(page)
      .button(disk.rebuild)
      .first()
      .waitFor({ timeout: STUCK_MS })
      .then(() => Promise.reject(new Error('the till offers to rebuild its database')));
    await within(Promise.race([first, offered]), STUCK_MS, async () => {
      await page.screenshot({ path: '.cache/faults/stuck.png' });
      return 'the till sells nothing: see .cache/faults/stuck.png';
    });
  }

  /** A second till of the shop on a new profile, signed in; it knows the customers of the first. */
  async join(profile: string): Promise<Browser> {
    const browser = await openBrowser(profile, this.store);
    const till = this.tillOn(browser.page);
    await till.connect(await connectionCode(this.relay));
    await expect
      .poll(() => rowsOf(browser.page, 'remoteCustomers').then((rows) => rows.length))
      .toBeGreaterThanOrEqual(this.#customers.size);
    return browser;
  }

  /** Waits until the debtor's card says that they owe this, minor units. */
  async expectDebtShown(page: Page, owed: number): Promise<void> {
    const till = this.tillOn(page);
    await till.goTo('customers');
    await page.getByText(DEBTOR.name).first().click();
    const shown = async () => {
      const [, debt = '0', overpaid = '0'] =
        /Debt\s*£?([\d,.]+)|we owe £([\d,.]+)/.exec(await till.dialog.innerText()) ?? [];
      return minorUnits(debt) - minorUnits(overpaid);
    };
    await expect.poll(shown, 'the debt on the card').toBe(owed);
    await page.keyboard.press('Escape');
  }

  /** Opens the till, up to its first words. */
  async open({ page }: Browser): Promise<void> {
    await this.tillOn(page).open();
    await page.waitForFunction(() => document.querySelector('#app')?.textContent !== '');
  }

  /** Opens the till and signs its owner in. */
  async signIn(browser: Browser): Promise<void> {
    await this.tillOn(browser.page).open();
    await this.enter(browser);
  }

  /** Signs the owner in on the opened page. A reload would no longer show what the first load found. */
  async enter({ page }: Browser): Promise<void> {
    const till = this.tillOn(page);
    const question = till.button('It counts');
    const begun = question.or(page.getByRole('group', { name: 'PIN' }));
    // after a full disk, LevelDB sometimes cannot be opened by the page that was loaded without room
    const again = till.button('Reload the page');
    await expect(begun.or(again).first()).toBeVisible();
    await expect(async () => {
      if (await again.isVisible()) await again.click();
      await expect(begun.first()).toBeVisible({ timeout: 10_000 });
    }).toPass({ timeout: OPENING_MS });
    // the till asks about the last sale: the harness answers like a cashier who was paid
    if (await question.isVisible()) await question.click();
    await till.tryToSignIn();
    const pad = page.getByRole('group', { name: 'PIN' });
    const rebuild = till.button(disk.rebuild).first();
    // a database that cannot count the PIN is rebuilt by the caller
    await expect
      .poll(async () => (await pad.isHidden()) || (await rebuild.isVisible()), 'no sign-in')
      .toBe(true);
  }

  /** Opens the till again after a fault, signs in, and checks everything on its disk. */
  async reopen(
    profile: string,
    copies: Record<Copy, Tally> | null = null,
  ): Promise<{ browser: Browser; disk: Disk }> {
    const browser = await openBrowser(profile, this.store);
    if (copies !== null) await this.lookAtCopies(browser, copies);
    await this.signIn(browser);
    const disk = await diskOf(browser.page);
    this.lookAt(disk);
    this.tally.torn.push(...tornAtRelay(disk, this.journalAtRelay()));
    if (this.day !== null) await this.verify(browser);
    return { browser, disk };
  }

  /** Lets the till check its own journal: every row has to follow from it. */
  async verify({ page }: Browser): Promise<void> {
    await this.tillOn(page).goTo('journal/check');
    await expect(page.getByRole('main')).toContainText(verify.wholeTitle(''));
  }

  /** Checks the rows of the till's database, and the messages. */
  lookAt(disk: Disk): void {
    this.tally.compareSales(salesOn(disk), this.#customers);
    for (const twice of doubledIn(disk)) this.tally.doubled.add(twice);
    this.tally.torn.push(...tornIn(disk));
    if (this.day !== null) this.tally.torn.push(...tornDayIn(disk, this.day));
    for (const twice of this.#messagesTwice()) this.tally.doubled.add(twice);
  }

  /** Sells on after a fault, on a page that has not sold yet, and stops. Resolves with the disk. */
  async sellOn(browser: Browser): Promise<Disk> {
    const before = this.tally.acknowledged.here.size;
    await this.sell(browser);
    // one in cash and one on account
    await expect.poll(() => this.tally.acknowledged.here.size).toBeGreaterThan(before + 1);
    await this.expectEveryAct();
    await stopSelling(browser.page);
    return diskOf(browser.page);
  }

  /** Waits until the tills, which sell, have shown an act of every kind as saved; unless they only sell. */
  async expectEveryAct(): Promise<void> {
    const { day } = this;
    if (day === null) return;
    for (const kind of ACTS)
      await expect.poll(() => day.map(({ act }) => act), `no ${kind}`).toContain(kind);
  }

  /**
   * Waits until the relay has every entry of this disk, and checks that it has each once, with the same contents; or until
   * the screen says that the till has to be connected again, after which it uploads nothing.
   */
  async expectUploaded({ page }: Browser, disk: Disk): Promise<'uploaded' | 'shut-out'> {
    const last = disk.journal.length;
    const isShutOut = async () => asksToConnect(await page.innerText('body'));
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await expect
      .poll(async () => this.journalAtRelay().length >= last || (await isShutOut()))
      .toBe(true)
      .catch(async () => {
        throw new Error(`not everything is uploaded: ${await page.innerText('body')}`);
      });
    if (this.journalAtRelay().length < last) return 'shut-out';
    this.tally.torn.push(...tornAtRelay(disk, this.journalAtRelay().slice(0, last)));
    return 'uploaded';
  }

  /** Compares the sales that at least one copy has with the acknowledged ones. The page has the till's origin. */
  async compareUnion(page: Page): Promise<void> {
    this.tally.compareSales(unionOf(await salesIn(page)), this.#customers);
  }

  /** Reads each copy by itself before the till starts, and counts it in the copy's own tally. */
  async lookAtCopies({ page }: Browser, copies: Record<Copy, Tally>): Promise<void> {
    await page.goto(`${this.relay.url}/icons/icon.svg`);
    const found = await salesIn(page);
    for (const copy of COPIES) {
      copies[copy].rounds += 1;
      copies[copy].compareSales(found[copy], this.#customers);
    }
  }

  /** Each code request is one message, and each message, notices included, has a row before it is sent. */
  #messagesTwice(): string[] {
    const db = new Sqlite(join(this.relay.dataDir, 'relay.db'), { readonly: true });
    try {
      const challenges = db
        .prepare<[], string>("SELECT challenge FROM sendings WHERE purpose = 'code'")
        .pluck()
        .all();
      const twice = challenges.filter((each, place) => challenges.indexOf(each) !== place);
      const notices = db
        .prepare<[], number>("SELECT count(*) FROM outbox_recipients WHERE state <> 'waiting'")
        .pluck()
        .get();
      const rows = challenges.length + (notices ?? 0);
      const sent = this.#smsru.messages.length - this.#unknownToRelay;
      return [
        ...twice.map((challenge) => `the code of ${challenge}`),
        ...(sent > rows ? [`${sent} messages, and ${rows} that were to be sent`] : []),
      ];
    } finally {
      db.close();
    }
  }

  /** The newest code sent to a customer; null: none. */
  get newestCode(): string | null {
    return this.#smsru.codes.at(-1) ?? null;
  }

  /** The entries at the relay, oldest first. */
  journalAtRelay(): Row[] {
    const db = new Sqlite(join(this.relay.dataDir, 'relay.db'), { readonly: true });
    try {
      const entries = db
        .prepare<[], string>('SELECT entry FROM journal WHERE till <> shop ORDER BY shop_order')
        .pluck();
      return entries.all().map((entry) => JSON.parse(entry) as Row);
    } finally {
      db.close();
    }
  }

  /** Stops the relay and copies its data to `folder`. */
  async saveRelay(folder: string): Promise<void> {
    await this.relay.kill();
    cpSync(this.relay.dataDir, folder, { recursive: true });
    this.#sentAtCopy = this.#smsru.messages.length;
  }

  /** Starts the relay on the data that `saveRelay` copied. */
  async putRelayBack(folder: string): Promise<void> {
    await this.relay.kill();
    rmSync(this.relay.dataDir, { recursive: true, force: true });
    this.#unknownToRelay = this.#smsru.messages.length - this.#sentAtCopy;
    this.relay.copyData(folder);
    await this.relay.start();
  }

  /** The epochs of the relay's order: one more each time it has noticed that it runs on an older copy. */
  epochs(): number {
    const db = new Sqlite(join(this.relay.dataDir, 'relay.db'), { readonly: true });
    try {
      return db.prepare<[], number>('SELECT count(*) FROM epochs').pluck().get() ?? 0;
    } finally {
      db.close();
    }
  }

  /** Signs the owner in at their own till, which a restored relay waits for as for every other one. */
  async ownerSignsIn(): Promise<void> {
    await this.#owner?.signIn();
  }

  async dispose(): Promise<void> {
    await this.relay.dispose();
    await this.#smsru.stop();
  }
}

/** `1,234.50` in pence. */
const minorUnits = (shown: string): number => Number(shown.replaceAll(/\D/g, ''));

/** A new shop is set up after so many rounds, so that no journal grows too long. */
const ROUNDS_PER_SHOP = 25;

/** Runs `some`, with a new shop and a number of rounds each time, until the tally has all rounds. */
export async function inShops(
  tally: Tally,
  rounds: number,
  some: (rounds: number) => Promise<void>,
): Promise<void> {
  while (tally.rounds < rounds) await some(Math.min(ROUNDS_PER_SHOP, rounds - tally.rounds));
}

/** A temporary folder, removed when `work` ends or throws. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-faults-'));
  // a killed browser may still be writing its last file
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  const done = await work(folder).catch((cause: unknown) => {
    try {
      remove();
    } catch {
      // the browser that `work` left open writes on; why `work` failed matters more
    }
    throw cause;
  });
  remove();
  return done;
}

/** Rejects with the text of `because` when `work` takes longer: a stuck till is a fault, too. */
async function within(work: Promise<void>, ms: number, because: () => Promise<string>) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => void because().then((text) => reject(new Error(text)), reject), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
