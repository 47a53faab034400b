// A till that uploads its journal without end, and checks of what the relay has after a fault:
// every acknowledged entry once, and its notice.
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

export class Uploads {
  readonly #tally: Tally;
  readonly #till: TillClient;
  readonly #journal: TillJournal;
  readonly #smsru: FakeSmsru;
  readonly #random: () => number;
  /** Sales that the relay acknowledged, by hash; each needs a notice to its customer. */
  readonly #news = new Set<string>();
  readonly #contacts: { customer: string; phone: string }[] = [];
  #answered = 0;

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
    const { entries } = this.#journal;
    for (;;) {
      const more = 1 + Math.floor(this.#random() * MOST);
      for (let n = 0; n < more; n++) await this.#make();
      const sent = entries.slice(this.#answered, this.#answered + 200);
      const contacts = this.#contacts.slice(-200);
      const reply = await this.#journal.upload(sent, { contacts }).catch(() => null);
      if (reply === null) return;
      if (reply.json.kind !== 'kept') throw new Error(`upload: ${JSON.stringify(reply.json)}`);
      for (const { hash, act } of sent) {
        this.#tally.acknowledged.add(hash);
        if (act === 'sale') this.#news.add(hash);
      }
      this.#answered += sent.length;
    }
  }

  /** Every eighth entry is a debt without a code, with a new customer who needs a notice. */
  async #make(): Promise<void> {
    if (this.#random() > 1 / 8) return void (await this.#journal.idle());
    const customer = uuidv7();
    const phone = `+7903${String(this.#contacts.length).padStart(7, '0')}`;
    this.#contacts.push({ customer, phone });
    const body = onAccountSale({ customer, onAccount: 100 }, overrideBy(this.#till.ownerId, 100));
    await this.#journal.sale(body);
  }

  /** Checks the data of a restarted relay. */
  lookAt(dataDir: string): void {
    const db = new Sqlite(join(dataDir, 'relay.db'), { readonly: true });
    try {
      const rows = db
        .prepare<[], { seq: number; hash: string }>('SELECT seq, hash FROM journal ORDER BY place')
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
    const numbers = this.#smsru.messages.map(({ to }) => to);
    numbers.forEach((to, place) => {
      if (numbers.indexOf(to) !== place) this.#tally.doubled.add(`a notice to ${to}`);
    });
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

/** Uploads to this relay until `blow` has stopped it; resolves when the till has noticed. */
export async function underLoad(
  uploads: Uploads,
  relay: RelayProcess,
  momentMs: number,
): Promise<void> {
  const sending = uploads.sendUntilItFalls();
  await new Promise((resolve) => setTimeout(resolve, momentMs));
  await relay.kill();
  await sending;
}
