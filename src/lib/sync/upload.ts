// Uploads the journal in order from the relay's last signed watermark, one upload at a time.
import {
  contact,
  UPLOAD_BYTES,
  UPLOAD_ENTRIES,
  personalRecord,
  type PersonalRecord,
  type Contact,
  type JournalUpload,
  type JournalUploadReply,
} from '$lib/contract/journal-upload';
import type { GateRefusal } from '$lib/contract/till';
import { headOfUpload, signHead } from '$lib/proof/journal-head';
import { sealedPart, sealRecord } from '$lib/proof/record';
import { isUnreachable, type Outcome } from '$lib/relay-client/exchange';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { TillDb } from '$lib/storage/database/db';
import { readEach, UNREADABLE } from '$lib/storage/database/read-each';
import { checkedChain, type CheckedEntries } from '$lib/storage/journal/checked-chain';
import { entriesAfter, headSeqIn } from '$lib/storage/journal/reader';
import { setQuarantine } from '$lib/storage/journal/quarantine';
import { areForgotten } from '$lib/storage/remote/forgotten-customers';
import { packedCardsIn } from '$lib/storage/remote/packed-cards';
import type { CustomerRow, EnrolledTill } from '$lib/storage/schema/records';
import type { Quarantine } from '$lib/storage/schema/relay-record';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import {
  acknowledged,
  dropWatermark,
  noteOffered,
  takeWatermark,
} from '$lib/storage/journal/watermark';
import { batchOf, cardsNamed, customersNotified, heldOf, missingAt, type Held } from './batch';

export type UploadOutcome =
  /** The relay holds the whole journal. */
  | { readonly kind: 'up-to-date' }
  | { readonly kind: 'unreachable' }
  /** This device is not enrolled. */
  | { readonly kind: 'not-enrolled' }
  /** The till must be re-enrolled; stored on disk. The relay has received what it can, unless it does not know this till. */
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
  /** Proven time, ms: no later act is dated before it. */
  readonly proven: () => number;
};

/**
 * `isMissing`: the entries before these are missing, and nothing is sent in their place. `at`: entries after these are not
 * older, ms; null: later entries exist already.
 */
type How = { readonly isMissing: boolean; readonly at: number | null };

/** Bytes of entries that are read and hashed at once: more would block the page for longer. */
const READ_BYTES = 128 * 1024;

export class Upload {
  readonly #deps: Deps;
  #running: Promise<UploadOutcome> | null = null;
  /** Up to which entry the relay keeps this till's entries beside the journal. Not stored: asked again after a start. */
  #beside: { readonly till: string; readonly upTo: number } | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Uploads all entries the relay lacks; if there are none, sends the last entry again to get the watermark. A damaged or
   * missing entry is first restored from the journal file, or else left out. Joins a run in progress. Throws StorageError.
   */
  run(): Promise<UploadOutcome> {
    this.#running ??= this.#run().finally(() => (this.#running = null));
    return this.#running;
  }

  async #run(): Promise<UploadOutcome> {
    const till = await tillIn(this.#deps.db);
    if (!isEnrolled(till)) return { kind: 'not-enrolled' };
    const last = await headSeqIn(this.#deps.db);
    const beside = this.#beside?.till === till.id ? this.#beside.upTo : 0;
    const held = (await acknowledged(this.#deps.db, till))?.seq ?? 0;
    let after = Math.min(Math.max(held, beside), last - 1);
    let most = UPLOAD_ENTRIES;
    /** The relay waits for entries that this till no longer has. */
    let isMissing = false;
    let because: Quarantine['because'] | null = null;
    for (;;) {
      // read the proven time before the entries, so that an entry written meanwhile is not older
      const proven = this.#deps.proven();
      const room = isMissing ? Math.min(most, UPLOAD_ENTRIES - 1) : most;
      const batch = batchOf(await this.#entriesAfter(till, after), room);
      const newest = batch.at(-1);
      // all later entries were sent already
      if (newest === undefined)
        return because === null ? { kind: 'up-to-date' } : { kind: 'quarantined', because };
      // re-enrolled meanwhile: these entries belong to the new journal
      if ((await tillIn(this.#deps.db))?.id !== till.id) return this.#run();
      const at = newest.seq === (await headSeqIn(this.#deps.db)) ? proven : null;
      const step = await this.#send(till, batch, { isMissing, at });
      if (step.kind === 'sent') after = step.upTo;
      else if (step.kind === 'beside') {
        ({ because } = step);
        after = newest.seq;
        this.#beside = { till: till.id, upTo: after };
      } else if (step.kind === 'from' && step.seq - 1 < after) after = step.seq - 1;
      else if (step.kind === 'from' && step.seq === after + 1 && !isMissing)
        isMissing = batch[0]?.seq !== step.seq;
      else if (step.kind === 'fewer' && batch.length > 1) most = Math.ceil(batch.length / 2);
      else if (step.kind === 'from') return { kind: 'not-taken', because: 'not-believed' };
      else if (step.kind === 'fewer') return { kind: 'not-taken', because: 'too-large' };
      else return step;
      if (step.kind === 'sent' || step.kind === 'beside') isMissing = false;
    }
  }

  /**
   * The next entries after `after`, without gaps, that fill an upload. First restores damaged and missing entries that the
   * journal file still has. A damaged entry is never uploaded; it counts as missing. The batch ends before the first damaged
   * entry, so that the relay acknowledges the sound ones before it; if the damaged entry comes first, the batch begins after it.
   */
  async #entriesAfter({ id: till }: EnrolledTill, after: number): Promise<readonly Held[]> {
    const read = (from: number, limit: number) =>
      this.#deps.db.mending(() => checkedChain(this.#deps.db, till, from, limit));
    const next: Held[] = [];
    let bytes = 0;
    for (;;) {
      const from = after + next.length;
      // entries tend to have the size of those before them; an import's are large
      const mean = bytes === 0 ? READ_BYTES : bytes / next.length;
      const fit = Math.max(1, Math.floor(READ_BYTES / mean));
      const limit = Math.min(fit, UPLOAD_ENTRIES - next.length);
      const chain = await read(from, limit);
      const sound = chain.sound.map(heldOf);
      if (faultsIn(from, chain).length > 0 || sound.some(({ entry }) => entry === null)) break;
      next.push(...sound);
      bytes += sound.reduce((sum, each) => sum + each.bytes, 0);
      const isFull = bytes >= UPLOAD_BYTES || next.length === UPLOAD_ENTRIES;
      if (sound.length < limit || isFull) return next;
    }
    let chain = await read(after, UPLOAD_ENTRIES);
    const { restoreEntries } = await import('$lib/storage/recovery/repair');
    const places = faultsIn(after, chain).map((seq) => ({ till, seq }));
    if ((await restoreEntries(this.#deps.db, places)) > 0)
      chain = await read(after, UPLOAD_ENTRIES);
    const sound = chain.sound.map(heldOf);
    const held = sound.filter(({ entry }) => entry !== null);
    const faults = [
      ...chain.damaged,
      ...sound.filter(({ entry }) => entry === null).map(({ seq }) => seq),
    ];
    if (faults.length === 0) return upToHole(held);
    const first = Math.min(...faults);
    const before = upToHole(held.filter(({ seq }) => seq < first));
    if (before.length > 0) return before;
    // the relay may have this entry; it is sent as missing only if the relay asks for it
    return held.length > 0 ? upToHole(held) : [missingAt(first)];
  }

  async #send(
    till: EnrolledTill,
    entries: readonly Held[],
    how: How,
  ): Promise<
    | UploadOutcome
    | { kind: 'sent'; upTo: number }
    | { kind: 'beside'; because: Quarantine['because'] }
    | { kind: 'from'; seq: number }
    | { kind: 'fewer' }
  > {
    const upload = await this.#uploadOf(till, entries, how);
    await noteOffered(this.#deps.db, till.id, entries.at(-1)?.seq ?? 0);
    const reply: Outcome<JournalUploadReply> = await this.#deps.client.uploadJournal(upload);
    if (isUnreachable(reply)) {
      const isOwn = reply.because === 'disk-failed';
      return isOwn ? { kind: 'not-taken', because: 'disk-failed' } : { kind: 'unreachable' };
    }
    switch (reply.kind) {
      case 'kept':
        return await this.#taken(till, reply.watermark, entries.at(-1)?.seq ?? 0);
      case 'gap':
        return { kind: 'from', seq: reply.expectedSeq };
      case 'too-large':
        return { kind: 'fewer' };
      case 'fork':
        if (this.#beside?.till !== till.id) await this.#hearHead(till, reply.seq - 1);
        await dropWatermark(this.#deps.db, till.id, reply.seq);
        return { kind: 'beside', because: await this.#quarantine(till, reply.kind) };
      case 'quarantined':
        return { kind: 'beside', because: await this.#quarantine(till, 'damaged') };
      case 'unknown-till':
        return { kind: 'quarantined', because: await this.#quarantine(till, reply.kind) };
      default:
        return { kind: 'not-taken', because: reply.kind };
    }
  }

  async #uploadOf(
    till: EnrolledTill,
    batch: readonly Held[],
    { isMissing, at }: How,
  ): Promise<JournalUpload> {
    const entries = [...(isMissing ? [null] : []), ...batch.map(({ entry }) => entry)];
    const head = headOfUpload(entries);
    const claim = { purpose: 'journal-head', shop: till.shop, till: till.id, ...head, at } as const;
    const [contacts, cards] = [await this.#contacts(batch), await this.#cards(batch)];
    return {
      entries,
      ...(contacts.length > 0 && { contacts }),
      ...(cards.length > 0 && { cards }),
      headSigned: { at, signature: await signHead(claim, till.keys.privateKey) },
    };
  }

  async #taken(till: EnrolledTill, jws: string, sent: number) {
    const taken = await takeWatermark(this.#deps.db, till, { jws, sent, at: this.#deps.now() });
    switch (taken.kind) {
      case 'kept':
        return { kind: 'sent', upTo: taken.seq } as const;
      case 'not-believed':
        return { kind: 'not-taken', because: 'not-believed' } as const;
      default:
        return { kind: 'beside', because: await this.#quarantine(till, taken.kind) } as const;
    }
  }

  /** Repeats an upload to get the watermark of the relay's branch of a fork, so that the branch's receipt numbers are skipped. */
  async #hearHead(till: EnrolledTill, shared: number): Promise<void> {
    const [entry] = await entriesAfter(this.#deps.db, shared - 1, 1);
    if (entry?.seq !== shared) return;
    const reply = await this.#deps.client.uploadJournal(
      await this.#uploadOf(till, [heldOf(entry)], { isMissing: false, at: null }),
    );
    if (reply.kind !== 'kept') return;
    const mark = { jws: reply.watermark, sent: shared, at: this.#deps.now() };
    await takeWatermark(this.#deps.db, till, mark);
  }

  async #quarantine(
    till: EnrolledTill,
    because: Quarantine['because'],
  ): Promise<Quarantine['because']> {
    const held = await setQuarantine(this.#deps.db, { because, since: this.#deps.now() }, till.id);
    return held?.because ?? because;
  }

  async #contacts(entries: readonly Held[]): Promise<Contact[]> {
    const customers = customersNotified(entries.map(({ entry }) => entry));
    const [own, remote, packed] = await Promise.all([
      readEach(this.#deps.db.customers, customers),
      readEach(this.#deps.db.remoteCustomers, customers),
      packedCardsIn(this.#deps.db, customers),
    ]);
    return customers.flatMap((id, place) => {
      const other = remote[place];
      const row = other === undefined || other === UNREADABLE ? own[place] : other;
      // the next start restores it from the file, or reports it
      if (row === UNREADABLE) return [];
      const card = row ?? packed.get(id)?.card ?? null;
      if (card === null) return [];
      const { phone, cardSalt } = card;
      const named = contact.safeParse({ customer: id, phone, cardSalt });
      return named.success ? [named.data] : [];
    });
  }

  /**
   * The cards and persons that these entries name, if they still match the hash in the entry; only their newest state is
   * available. A card that the database cannot read is taken from the journal file.
   */
  async #cards(entries: readonly Held[]): Promise<PersonalRecord[]> {
    const named = cardsNamed(entries.map(({ entry }) => entry));
    const hashes = new Set(named.map(({ recordHash }) => recordHash));
    const customers = new Set(named.map(({ customer }) => customer));
    const ids = [...customers];
    const rows = await readEach(this.#deps.db.customers, ids);
    const forgotten = await areForgotten(this.#deps.db, ids);
    const lost = ids.filter((_, place) => {
      const row = rows[place];
      return (row === undefined || row === UNREADABLE) && forgotten[place] !== true;
    });
    const back = lost.length === 0 ? [] : await this.#cardsInFile(new Set(lost), hashes);
    const cards = [...rows, ...back].map(async (row) => {
      if (row === undefined || row === UNREADABLE) return [];
      const records = [sealedPart(row), ...row.persons].flatMap(
        (record) => personalRecord.safeParse(record).data ?? [],
      );
      const sealed = await Promise.all(records.map(sealRecord));
      return records.filter((_, place) => hashes.has(sealed[place] ?? ''));
    });
    return (await Promise.all(cards)).flat();
  }

  async #cardsInFile(
    customers: ReadonlySet<string>,
    hashes: ReadonlySet<string>,
  ): Promise<CustomerRow[]> {
    const { sealedCards } = await import('$lib/storage/recovery/repair');
    return sealedCards(this.#deps.db, customers, hashes);
  }
}

/** The numbers after `after` that are damaged in a chain read from there, or missing. */
const faultsIn = (after: number, chain: CheckedEntries): readonly number[] => [
  ...chain.damaged,
  ...numbersMissing(after, chain),
];

/** The numbers after `after` that a chain read from there lacks. */
function numbersMissing(after: number, { sound, damaged, last }: CheckedEntries): number[] {
  const here = new Set([...sound.map(({ seq }) => seq), ...damaged]);
  const all = Array.from({ length: (last ?? after) - after }, (_, place) => after + 1 + place);
  return all.filter((seq) => !here.has(seq));
}

/** The entries before the first gap between them. */
function upToHole(entries: readonly Held[]): readonly Held[] {
  const end = entries.findIndex(({ seq }, place) => seq !== (entries[0]?.seq ?? 0) + place);
  return end < 0 ? entries : entries.slice(0, end);
}
