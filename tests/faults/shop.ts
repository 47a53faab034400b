// A shop to be broken: its relay, its messaging service, and a till on a profile that outlives its browser. What was acknowledged is kept here, out of reach.
import Sqlite from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { changePolicy, chooseSmsru, follow, ownersOtherTill } from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';
import { RelayProcess } from '../support/relay-process';
import { TillPage } from '../support/till-page';
import { expectStore, openBrowser, type Browser, type Store } from './browser';
import { COPIES, salesIn, type Copy } from './copies';
import { DEBTOR, sellWithoutEnd } from './seller';
import type { Tally } from './tally';
import { diskOf, doubledIn, idsOf, tornIn, type Disk } from './whole';

/** Enough of everything for a day of selling without end. */
const UNLIMITED = 1_000_000_000;
/** No sale within this: the till stands still. */
const STUCK_MS = 30_000;

export class Shop {
  readonly relay = new RelayProcess();
  readonly store: Store;
  readonly tally: Tally;
  readonly #smsru: FakeSmsru;

  private constructor(store: Store, tally: Tally, smsru: FakeSmsru) {
    this.store = store;
    this.tally = tally;
    this.#smsru = smsru;
  }

  /** From nothing to selling, on a new profile; the browser is left open. */
  static async found(
    profile: string,
    store: Store,
    tally: Tally,
  ): Promise<{ shop: Shop; browser: Browser }> {
    const shop = new Shop(store, tally, await FakeSmsru.start());
    tally.acknowledged.otherDisk();
    await shop.relay.start();
    const browser = await openBrowser(profile, store);
    const till = shop.#tillOn(browser.page);
    await till.firstRun();
    expectStore(profile, store);
    await follow(browser.page, await shop.#allowEverything());
    await till.ring('Ground coffee');
    await till.newCustomer(DEBTOR.name, DEBTOR.phone);
    return { shop, browser };
  }

  /** Codes through a service that counts them, and no limit in the way of a debt; resolves with the policy's version. */
  async #allowEverything(): Promise<number> {
    const other = await ownersOtherTill(this.relay);
    await chooseSmsru(other, this.#smsru);
    return changePolicy(other, (policy) => ({
      ...policy,
      credit: { debtLimit: UNLIMITED, newNumberCap: UNLIMITED },
      limits: { perPhoneHour: 1000, perPhoneDay: 1000, perTillHour: 100_000, perShopDay: 100_000 },
    }));
  }

  #tillOn(page: Page): TillPage {
    return new TillPage(page, () => this.relay.url);
  }

  /** Sells without end on this page; resolves with the first acknowledged sale of the round. `notSaved`: the screen says so. */
  async sell({ page }: Browser, notSaved: () => void = () => undefined): Promise<void> {
    // who signs in is first shown acts without a code, if there are any
    await this.#tillOn(page).goTo('till');
    const first = new Promise<void>((resolve, reject) => {
      sellWithoutEnd(page, {
        saved: (sale) => {
          this.tally.acknowledged.add(sale);
          resolve();
        },
        notSaved,
        code: () => this.#smsru.codes.at(-1) ?? '',
      }).catch(reject);
    });
    await within(first, STUCK_MS, async () => {
      await page.screenshot({ path: '.cache/faults/stuck.png' });
      return 'the till sells nothing: see .cache/faults/stuck.png';
    });
  }

  /** Opens the till, up to whatever it has to say. */
  async open({ page }: Browser): Promise<void> {
    await this.#tillOn(page).open();
    await page.waitForFunction(() => document.querySelector('#app')?.textContent !== '');
  }

  /** Opens the till and signs its owner in. */
  async signIn({ page }: Browser): Promise<void> {
    const till = this.#tillOn(page);
    await till.open();
    await till.signIn();
  }

  /** Opens the till again after a blow, signs in, and looks at everything that is on its disk. */
  async reopen(
    profile: string,
    copies: Record<Copy, Tally> | null = null,
  ): Promise<{ browser: Browser; disk: Disk }> {
    const browser = await openBrowser(profile, this.store);
    if (copies !== null) await this.lookAtCopies(browser, copies);
    await this.signIn(browser);
    const disk = await diskOf(browser.page);
    this.tally.compare(idsOf(disk));
    for (const twice of doubledIn(disk)) this.tally.doubled.add(twice);
    this.tally.torn.push(...tornIn(disk));
    for (const twice of this.#messagesTwice()) this.tally.doubled.add(twice);
    return { browser, disk };
  }

  /** What each copy alone still has, before the till starts; counts for the copy's own promise. */
  async lookAtCopies({ page }: Browser, copies: Record<Copy, Tally>): Promise<void> {
    await page.goto(`${this.relay.url}/icons/icon.svg`);
    const found = await salesIn(page);
    for (const copy of COPIES) {
      copies[copy].rounds += 1;
      copies[copy].compare(found[copy]);
    }
  }

  /** The seller asks for no code twice: each question is one message, and each message, notices too, was a row before it left. */
  #messagesTwice(): string[] {
    const db = new Sqlite(join(this.relay.dataDir, 'relay.db'), { readonly: true });
    try {
      const challenges = db
        .prepare<[], string>("SELECT challenge FROM sendings WHERE purpose = 'code'")
        .pluck()
        .all();
      const twice = challenges.filter((each, place) => challenges.indexOf(each) !== place);
      const notices = db
        .prepare<[], number>("SELECT count(*) FROM notice_numbers WHERE state <> 'waiting'")
        .pluck()
        .get();
      const rows = challenges.length + (notices ?? 0);
      const told = this.#smsru.told.length;
      return [
        ...twice.map((challenge) => `the code of ${challenge}`),
        ...(told > rows ? [`${told} messages, and ${rows} that were to be sent`] : []),
      ];
    } finally {
      db.close();
    }
  }

  /** The relay's copy of the journal, oldest first. */
  journalAtRelay(): string[] {
    const db = new Sqlite(join(this.relay.dataDir, 'relay.db'), { readonly: true });
    try {
      return db.prepare<[], string>('SELECT hash FROM journal ORDER BY place').pluck().all();
    } finally {
      db.close();
    }
  }

  async dispose(): Promise<void> {
    await this.relay.dispose();
    await this.#smsru.stop();
  }
}

/** A journal does not grow for ever: a shop goes through so many rounds, then another is founded. */
const ROUNDS_PER_SHOP = 25;

/** `some` goes through as many rounds as it is told, with a shop of its own, until the tally has all. */
export async function inShops(
  tally: Tally,
  rounds: number,
  some: (rounds: number) => Promise<void>,
): Promise<void> {
  while (tally.rounds < rounds) await some(Math.min(ROUNDS_PER_SHOP, rounds - tally.rounds));
}

/** A folder that goes when `work` is done, however it ends. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-faults-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rejects with what `because` found when it takes longer: a till that stands still is a fault, too. */
async function within(work: Promise<void>, ms: number, because: () => Promise<string>) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => void because().then((text) => reject(new Error(text)), reject), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
