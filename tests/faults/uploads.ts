// A till that uploads its journal without end, and checks of the relay after a fault:
// it has every acknowledged entry once, and sent each notice to its number at most once.
import type { Notice } from '$lib/contract/journal-upload';
import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { chooseService } from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';
import type { RelayProcess } from '../support/relay-process';
import { TillClient } from '../support/till-client';
import { onAccountSale, overrideBy, TillJournal } from '../support/till-journal';
import type { Tally } from './tally';

/** Entries of one upload, at most. */
const MOST = 8;

type Sale = {
  readonly hash: string;
  readonly customer: string;
  /** E.164. */
  readonly phone: string;
  /** Whole roubles, by which its message is known. */
  readonly roubles: number;
};

export class Uploads {
  readonly #tally: Tally;
  readonly #till: TillClient;
  readonly #journal: TillJournal;
  readonly #smsru: FakeSmsru;
  readonly #random: () => number;
  /** Sales that the relay acknowledged, by hash; each needs a notice to its customer. */
  readonly #news = new Set<string>();
  /** One sale of each customer, with a sum of its own. */
  readonly #sales: Sale[] = [];
  #answered = 0;
  /** Called at each acknowledgement. */
  #onAcknowledged: (() => void) | null = null;

  private constructor(till: TillClient, smsru: FakeSmsru, tally: Tally, random: () => number) {
    this.#till = till;
    this.#smsru = smsru;
    this.#tally = tally;
    this.#random = random;
    this.#journal = new TillJournal(till, Date.now);
  }

  /** A shop of one till; notices go through a service that counts them. */
  static async begin(relay: RelayProcess, tally: Tally, random: () => number): Promise<Uploads> {
    tally.acknowledged.otherDisk();
    const smsru = await FakeSmsru.start();
    const till = await TillClient.ready(relay.url);
    await till.elevate();
    await chooseService(till, relay, smsru);
    const uploads = new Uploads(till, smsru, tally, random);
    await uploads.#journal.enrolled();
    return uploads;
  }

  /** Uploads until the relay no longer answers. */
  async sendUntilItFalls(): Promise<void> {
    for (;;) {
      const more = 1 + Math.floor(this.#random() * MOST);
      for (let n = 0; n < more; n++) await this.#make();
      if (!(await this.#send())) return;
    }
  }

  /** Resolves at the next acknowledgement. */
  acknowledged(): Promise<void> {
    return new Promise((resolve) => {
      this.#onAcknowledged = resolve;
    });
  }

  /** Uploads the entries that the relay lacks after it was restored from an older copy. */
  async sendAgain(): Promise<void> {
    await this.#make();
    while (this.#answered < this.#journal.entries.length)
      if (!(await this.#send())) throw new Error('the relay does not answer');
  }

  /** False: the relay no longer answers. */
  async #send(): Promise<boolean> {
    const sent = this.#journal.entries.slice(this.#answered, this.#answered + 200);
    const hashes = new Set(sent.map(({ hash }) => hash));
    const contacts = this.#sales
      .filter(({ hash }) => hashes.has(hash))
      .map(({ customer, phone }) => ({ customer, phone }));
    const reply = await this.#journal.upload(sent, { contacts }).catch(() => null);
    if (reply === null) return false;
    const { kind, expectedSeq } = reply.json;
    if (kind === 'gap') {
      this.#answered = Number(expectedSeq) - 1;
      return true;
    }
    if (kind !== 'kept') throw new Error(`upload: ${JSON.stringify(reply.json)}`);
    for (const { hash, act } of sent) {
      this.#tally.acknowledged.add(hash);
      if (act === 'sale') this.#news.add(hash);
    }
    this.#answered += sent.length;
    this.#onAcknowledged?.();
    return true;
  }

  /** Every eighth entry is a debt without a code, with a new customer who needs a notice. */
  async #make(): Promise<void> {
    if (this.#random() > 1 / 8) return void (await this.#journal.idle());
    const customer = uuidv7();
    const phone = `+7903${String(this.#sales.length).padStart(7, '0')}`;
    const roubles = this.#sales.length + 1;
    const onAccount = roubles * 100;
    const given = overrideBy(this.#till.ownerId, onAccount);
    const { hash } = await this.#journal.sale(onAccountSale({ customer, onAccount }, given));
    this.#sales.push({ hash, customer, phone, roubles });
  }

  /** Checks the data of a restarted relay. */
  lookAt(dataDir: string): void {
    const db = new Sqlite(join(dataDir, 'relay.db'), { readonly: true });
    try {
      const rows = db
        .prepare<[], { seq: number; hash: string }>(
          'SELECT seq, hash FROM journal WHERE till <> shop ORDER BY shop_order',
        )
        .all();
      this.#tally.compare(new Set(rows.map(({ hash }) => hash)));
      rows.forEach(({ seq }, place) => {
        if (seq !== place + 1) this.#tally.torn.push(`entry ${seq} in place ${place + 1}`);
      });
      const noticed = db.prepare<[], string>('SELECT about FROM outbox').pluck().all();
      for (const hash of this.#news)
        if (!noticed.includes(hash)) this.#tally.torn.push(`no notice of ${hash}`);
    } finally {
      db.close();
    }
    this.#matchMessages();
  }

  /** Matches each message to the sale that it is about, by number and sum. */
  #matchMessages(): void {
    const told = new Set<string>();
    for (const { to, text } of this.#smsru.messages) {
      const sale = this.#sales.find(({ phone }) => phone === `+${to}`);
      // a message to the owner, which merges all sums of an hour
      if (sale === undefined) continue;
      const { hash, roubles } = sale;
      if (!isAbout(text ?? '', roubles)) this.#tally.torn.push(`a message to ${to} about no sale`);
      if (told.has(hash)) this.#tally.doubled.add(`a notice to ${to} about ${roubles} roubles`);
      told.add(hash);
    }
  }

  /** Waits until no notice is being sent. Notices above the shop's daily limit are not awaited: they stay queued. */
  async settled(): Promise<void> {
    for (;;) {
      const { json } = await this.#till.call('GET', '/notices?since=0');
      const recipients = (json.notices as Notice[]).flatMap((notice) => notice.recipients);
      const isOnItsWay = ({ to, state, because }: Notice['recipients'][number]) =>
        to === 'customer' && state === 'waiting' && because !== 'rate-limit-account';
      if (!recipients.some(isOnItsWay)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** For the control: the till does not send the relay's own watermark at its next sign-in. */
  forgetWord(): void {
    this.#till.watermark = null;
  }

  /** A restarted relay has no sessions, so sign in again. */
  async signIn(): Promise<void> {
    await this.#till.signIn();
  }

  get messages(): number {
    return this.#smsru.messages.length;
  }

  async end(): Promise<void> {
    await this.#smsru.stop();
  }
}

/** Whether a text names this sum, however its thousands are grouped. */
const isAbout = (text: string, roubles: number): boolean =>
  new RegExp(`(?<!\\d)${roubles},00`).test(text.replaceAll(/[\s\u00a0\u202f](?=\d{3})/g, ''));

/**
 * Uploads to this relay until it is killed, `momentMs` after its first answer; resolves when the till has noticed.
 * Counted from the answer, because a busy machine may need longer than that for the first one.
 */
export async function underLoad(
  uploads: Uploads,
  relay: RelayProcess,
  momentMs: number,
): Promise<void> {
  const acknowledged = uploads.acknowledged();
  const sending = uploads.sendUntilItFalls();
  await acknowledged;
  await new Promise((resolve) => setTimeout(resolve, momentMs));
  await relay.kill();
  await sending;
}
