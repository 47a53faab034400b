// Uploads the journal in order from the relay's last signed word, one upload at a time.
import type { Entry } from '$lib/contract/journal';
import type { Contact, JournalUpload, JournalUploadReply } from '$lib/contract/journal-upload';
import type { GateRefusal } from '$lib/contract/till';
import { signHead } from '$lib/proof/journal-head';
import { isUnreachable, type Outcome } from '$lib/relay-client/exchange';
import type { RelayClient } from '$lib/relay-client/relay-client';
import { customersByIds } from '$lib/storage/customers/customers';
import type { TillDb } from '$lib/storage/database/db';
import { checkedChain } from '$lib/storage/journal/checked-chain';
import { entriesAfter, headIn } from '$lib/storage/journal/reader';
import { setQuarantine } from '$lib/storage/journal/quarantine';
import type { EnrolledTill } from '$lib/storage/schema/records';
import type { Quarantine } from '$lib/storage/schema/relay-record';
import { isEnrolled, tillIn } from '$lib/storage/database/till-record';
import { acknowledged, takeWatermark } from '$lib/storage/journal/watermark';
import { batchOf, customersNotified } from './batch';

export type UploadOutcome =
  /** The relay holds the whole journal. */
  | { readonly kind: 'up-to-date' }
  | { readonly kind: 'unreachable' }
  /** This device is not enrolled. */
  | { readonly kind: 'not-enrolled' }
  /** The till must be re-enrolled; stored on disk. */
  | { readonly kind: 'quarantined'; readonly because: Quarantine['because'] }
  /** Rejected by the relay; retried with the next upload. */
  | {
      readonly kind: 'not-taken';
      readonly because:
        | GateRefusal['kind']
        | 'wrong-signature'
        | 'other-till'
        | 'too-large'
        | 'not-believed'
        | 'disk-failed';
    };

type Deps = {
  readonly db: TillDb;
  readonly client: Pick<RelayClient, 'uploadJournal'>;
  /** ms, corrected by the relay's clock. */
  readonly now: () => number;
};

export class Upload {
  readonly #db: TillDb;
  readonly #client: Deps['client'];
  readonly #now: () => number;
  #running: Promise<UploadOutcome> | null = null;

  constructor({ db, client, now }: Deps) {
    this.#db = db;
    this.#client = client;
    this.#now = now;
  }

  /**
   * Uploads all entries the relay lacks; if there are none, the last entry again, to get the watermark. A damaged entry is
   * restored from the journal file first, or stops the upload. Joins a run in progress. Throws StorageError.
   */
  run(): Promise<UploadOutcome> {
    this.#running ??= this.#run().finally(() => (this.#running = null));
    return this.#running;
  }

  async #run(): Promise<UploadOutcome> {
    const till = await tillIn(this.#db);
    if (!isEnrolled(till)) return { kind: 'not-enrolled' };
    const { seq: last } = await headIn(this.#db);
    const held = (await acknowledged(this.#db, till))?.seq ?? 0;
    let after = Math.min(held, last - 1);
    let most: number | undefined;
    for (;;) {
      const { sound, damaged } = await this.#entriesAfter(till, after);
      const batch = batchOf(sound, most);
      const newest = batch.at(-1);
      if (newest === undefined && damaged !== null && damaged > held)
        return await this.#quarantined(till, 'entries-lost');
      // later entries were included in the last read
      if (newest === undefined) return { kind: 'up-to-date' };
      const step = await this.#send(till, batch, newest);
      if (step.kind === 'sent') after = step.upTo;
      else if (step.kind === 'from' && step.seq - 1 < after) after = step.seq - 1;
      else if (step.kind === 'fewer' && batch.length > 1) most = Math.ceil(batch.length / 2);
      else if (step.kind === 'from') return { kind: 'not-taken', because: 'not-believed' };
      else if (step.kind === 'fewer') return { kind: 'not-taken', because: 'too-large' };
      else return step;
    }
  }

  /** The next entries up to the first damaged one that the file cannot restore. */
  async #entriesAfter(
    { id: till }: EnrolledTill,
    after: number,
  ): Promise<{ readonly sound: readonly Entry[]; readonly damaged: number | null }> {
    const read = () => checkedChain(this.#db, till, after, 200);
    let { sound, damaged } = await read();
    if (damaged.length > 0) {
      const { restoreEntries } = await import('$lib/storage/recovery/repair');
      const places = damaged.map((seq) => ({ till, seq }));
      if ((await restoreEntries(this.#db, places)) > 0) ({ sound, damaged } = await read());
    }
    const [first = null] = damaged;
    return { sound: sound.filter(({ seq }) => first === null || seq < first), damaged: first };
  }

  async #send(
    till: EnrolledTill,
    entries: readonly Entry[],
    newest: Entry,
  ): Promise<
    | UploadOutcome
    | { kind: 'sent'; upTo: number }
    | { kind: 'from'; seq: number }
    | { kind: 'fewer' }
  > {
    const upload = await this.#uploadOf(till, entries, newest);
    const reply: Outcome<JournalUploadReply> = await this.#client.uploadJournal(upload);
    if (isUnreachable(reply)) return { kind: 'unreachable' };
    switch (reply.kind) {
      case 'kept':
        return await this.#taken(till, reply.watermark, newest.seq);
      case 'gap':
        return { kind: 'from', seq: reply.expectedSeq };
      case 'too-large':
        return { kind: 'fewer' };
      case 'fork':
        await this.#hearHead(till, reply.seq - 1);
        return await this.#quarantined(till, reply.kind);
      case 'quarantined':
        return await this.#quarantined(till, 'damaged');
      case 'unknown-till':
        return await this.#quarantined(till, reply.kind);
      default:
        return { kind: 'not-taken', because: reply.kind };
    }
  }

  async #uploadOf(
    till: EnrolledTill,
    entries: readonly Entry[],
    { seq, hash }: Entry,
  ): Promise<JournalUpload> {
    const claim = { purpose: 'journal-head', shop: till.shop, till: till.id, seq, hash } as const;
    const contacts = await this.#contacts(entries);
    return {
      entries: [...entries],
      ...(contacts.length > 0 && { contacts }),
      headSignature: await signHead(claim, till.keys.privateKey),
    };
  }

  async #taken(till: EnrolledTill, jws: string, sent: number) {
    const taken = await takeWatermark(this.#db, till, { jws, sent });
    switch (taken.kind) {
      case 'kept':
        return { kind: 'sent', upTo: taken.seq } as const;
      case 'not-believed':
        return { kind: 'not-taken', because: 'not-believed' } as const;
      default:
        return await this.#quarantined(till, taken.kind);
    }
  }

  /** Gets the watermark of the relay's branch of a fork by a repeated upload: its receipt numbers are skipped. */
  async #hearHead(till: EnrolledTill, shared: number): Promise<void> {
    const [entry] = await entriesAfter(this.#db, shared - 1, 1);
    if (entry?.seq !== shared) return;
    const reply = await this.#client.uploadJournal(await this.#uploadOf(till, [entry], entry));
    if (reply.kind === 'kept') {
      await takeWatermark(this.#db, till, { jws: reply.watermark, sent: shared });
    }
  }

  async #quarantined(till: EnrolledTill, because: Quarantine['because']) {
    const held = await setQuarantine(this.#db, { because, since: this.#now() }, till.id);
    return { kind: 'quarantined', because: held?.because ?? because } as const;
  }

  async #contacts(entries: readonly Entry[]): Promise<Contact[]> {
    const cards = await customersByIds(this.#db, customersNotified(entries));
    return cards.flatMap(({ id, phone, cardSalt }) =>
      phone === null ? [] : [{ customer: id, phone, cardSalt }],
    );
  }
}
