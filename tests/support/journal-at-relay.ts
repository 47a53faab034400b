// The relay's side of uploads by the contract, in memory, with a network that loses messages.
import type { Entry } from '$lib/contract/journal';
import type {
  Card,
  JournalUpload,
  JournalUploadReply,
  Watermark,
} from '$lib/contract/journal-upload';
import type { PublicKey } from '$lib/contract/values';
import { headOfUpload, signWatermark, verifyHead } from '$lib/proof/journal-head';
import { verifyEntry } from '$lib/proof/chain';
import type { Unreachable } from '$lib/relay-client/exchange';
import { AT, SHOP, TILL, type Signer } from './storage-shop';

export type Way = 'there-and-back' | 'lost-on-the-way' | 'answer-lost';

export class JournalAtRelay {
  readonly kept: Entry[] = [];
  /** The entries of each request, in order; null: a missing entry. */
  readonly requests: (number | null)[][] = [];
  /** When the head of each request was signed; null: the till had later entries. */
  readonly signedAt: (number | null)[] = [];
  readonly contacts = new Map<string, string>();
  /** Cards of each request that has any. */
  readonly cards: (readonly Card[])[] = [];
  /** Faults of the next requests; afterwards there are none. */
  readonly ways: Way[] = [];
  /** Replaces the reply. */
  answer: ((upload: JournalUpload) => JournalUploadReply | { kind: 'unknown-till' } | null) | null =
    null;
  /** Changes to its signed watermarks. */
  mark: (mark: Watermark) => Watermark = (mark) => mark;
  signer: Signer;
  readonly #till: PublicKey;
  #stopped = false;

  constructor(relay: Signer, till: PublicKey) {
    this.signer = relay;
    this.#till = till;
  }

  readonly uploadJournal = async (
    upload: JournalUpload,
  ): Promise<JournalUploadReply | { kind: 'unknown-till' } | Unreachable> => {
    const way = this.ways.shift() ?? 'there-and-back';
    if (way === 'lost-on-the-way') return { kind: 'unreachable', because: 'network' };
    const reply = this.answer?.(upload) ?? (await this.#take(upload));
    return way === 'answer-lost' ? { kind: 'unreachable', because: 'timeout' } : reply;
  };

  async #take({
    entries,
    contacts,
    cards,
    headSigned,
  }: JournalUpload): Promise<JournalUploadReply> {
    const sent = entries as (Entry | null)[];
    this.requests.push(sent.map((entry) => entry?.seq ?? null));
    const { at, signature } = headSigned;
    this.signedAt.push(at);
    const head = headOfUpload(entries);
    const claim = { purpose: 'journal-head', shop: SHOP, till: TILL, ...head, at } as const;
    if (!(await verifyHead(claim, signature, this.#till))) return { kind: 'wrong-signature' };
    const before = [...this.kept];
    for (const entry of sent) {
      const expectedSeq = this.kept.length + 1;
      const isHere = entry !== null && this.kept[entry.seq - 1]?.hash === entry.hash;
      if (isHere) continue;
      if (this.#stopped || entry === null) return this.#quarantined(expectedSeq);
      if (entry.seq > expectedSeq) {
        this.kept.splice(0, Infinity, ...before);
        return { kind: 'gap', expectedSeq };
      }
      const held = this.kept[entry.seq - 1];
      const prevHash = this.kept[entry.seq - 2]?.hash ?? '0'.repeat(64);
      if (held !== undefined) return { kind: 'fork', seq: entry.seq };
      if (entry.prevHash !== prevHash) return { kind: 'fork', seq: entry.seq - 1 };
      if (!(await verifyEntry(entry))) return this.#quarantined(entry.seq);
      this.kept.push(entry);
    }
    if (cards !== undefined) this.cards.push(cards as Card[]);
    for (const { customer, phone } of contacts ?? []) this.contacts.set(customer, phone);
    return { kind: 'kept', watermark: await this.sign() };
  }

  /** From now on, further entries are kept apart from the journal. */
  #quarantined(seq: number): JournalUploadReply {
    this.#stopped = true;
    return { kind: 'quarantined', seq };
  }

  /** The watermark over all its entries. */
  sign(): Promise<string> {
    const { seq, hash } = this.kept.at(-1)!;
    const mark = { v: 1, purpose: 'watermark', shop: SHOP, till: TILL, seq, hash, at: AT } as const;
    return signWatermark(this.mark(mark), this.signer.privateKey, this.signer.kid);
  }
}
