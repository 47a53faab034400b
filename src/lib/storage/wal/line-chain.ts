// Follows a till's chain through the lines of its file; sets aside lines that do not belong to it.
import type { Entry } from '$lib/contract/journal';
import { verifyEntry, type ChainHead } from '$lib/proof/chain';
import type { ActLine, SettledLine } from './line';

/** Lines that cannot be read, do not belong to the chain, or are missing from it. */
export type SetAside = {
  readonly lines: number;
  /** The entries missing because of these lines, ascending. A line that names no entry is only counted in `lines`. */
  readonly seqs: readonly number[];
  /**
   * Somebody changed the file: a line does not match its hash, it continues another chain, or lines are missing without a
   * trace.
   */
  readonly isForged: boolean;
  /** The last entry that these lines name, if it is beyond the end of the chain: the relay may have it. */
  readonly end: ChainHead | null;
};

/** Smallest size of the lines of an entry, bytes. */
const LEAST_LINE = 200;
/** Number of entries that may be missing without a trace before a later number is rejected. */
const MOST_REMOVED = 1_000;

export type Follow = {
  readonly till: string;
  /** The entry that the lines follow. */
  readonly from: ChainHead;
  /** Hashes of the stored entries with these numbers, in their order. */
  readonly hashesAt: (seqs: readonly number[]) => Promise<readonly (string | undefined)[]>;
  /** Size of the file, bytes: it limits how far an entry number can be. */
  readonly fileSize: number;
};

export class LineChain {
  readonly #till: string;
  readonly #hashesAt: Follow['hashesAt'];
  readonly #farthest: number;
  /** Hashes of entries that belong to another chain. */
  readonly #foreign = new Set<string>();
  readonly #seqs = new Set<number>();
  #head: ChainHead;
  #lines = 0;
  /** Number of lines set aside since the head. */
  #sinceHead = 0;
  #isForged = false;
  #end: ChainHead | null = null;

  constructor({ till, from, hashesAt, fileSize }: Follow) {
    this.#till = till;
    this.#head = from;
    this.#hashesAt = hashesAt;
    this.#farthest = from.seq + MOST_REMOVED + Math.ceil(fileSize / LEAST_LINE);
  }

  /** The last entry that belongs to the chain. */
  get head(): ChainHead {
    return this.#head;
  }

  get aside(): SetAside {
    return {
      lines: this.#lines,
      seqs: [...this.#seqs].sort((a, b) => a - b),
      isForged: this.#isForged,
      end: this.#end !== null && this.#end.seq > this.#head.seq ? this.#end : null,
    };
  }

  /** Returns the acts among these lines that continue the chain. Lines that were set aside may leave a gap before an act. */
  async take(lines: readonly SettledLine[]): Promise<ActLine[]> {
    const acts = lines
      .filter((line) => line.kind === 'act')
      .filter(({ entry }) => entry.till === this.#till);
    const [sound, known] = await Promise.all([this.#soundAmong(acts), this.#knownAmong(acts)]);
    return lines.flatMap((line) => {
      if (line.kind === 'unreadable') this.#setAside(line.claim);
      if (line.kind !== 'act' || line.entry.till !== this.#till) return [];
      const { entry } = line;
      if (!sound.has(line)) {
        this.#isForged = true;
        this.#setAside(entry);
        return [];
      }
      // a file may contain entries twice: those of former till ids, and those it already had
      if (known.get(entry.seq) === entry.hash) return [];
      if (!this.#follows(entry)) {
        this.#isForged = true;
        this.#foreign.add(entry.hash);
        this.#setAside({ ...entry, hash: this.#head.hash });
        return [];
      }
      this.#skipTo(entry.seq);
      this.#head = { seq: entry.seq, hash: entry.hash };
      known.set(entry.seq, entry.hash);
      return [line];
    });
  }

  /** Sets these lines aside without looking for acts that belong to the chain. */
  leave(lines: readonly SettledLine[]): void {
    for (const line of lines) {
      if (line.kind === 'unreadable') this.#setAside(line.claim);
      if (line.kind === 'act') this.#setAside({ ...line.entry, hash: this.#head.hash });
    }
  }

  /** Sets aside the missing entries before this one. */
  #skipTo(seq: number): void {
    const missing = seq - this.#head.seq - 1;
    for (let each = this.#head.seq + 1; each < seq; each += 1) this.#seqs.add(each);
    if (missing > 0 && this.#sinceHead === 0) this.#isForged = true;
    this.#lines += Math.max(0, missing - this.#sinceHead);
    this.#sinceHead = 0;
  }

  #follows({ seq, prevHash }: Entry): boolean {
    if (seq <= this.#head.seq || seq > this.#farthest || this.#foreign.has(prevHash)) return false;
    return seq > this.#head.seq + 1 || prevHash === this.#head.hash;
  }

  #setAside(claim: { readonly till: string; readonly seq: number; readonly hash: string } | null) {
    this.#lines += 1;
    this.#sinceHead += 1;
    if (claim?.till !== this.#till) return;
    const { seq, hash } = claim;
    if (seq <= this.#head.seq || seq > this.#farthest) return;
    this.#seqs.add(seq);
    if (this.#end === null || seq >= this.#end.seq) this.#end = { seq, hash };
  }

  async #soundAmong(acts: readonly ActLine[]): Promise<ReadonlySet<ActLine>> {
    const isSound = await Promise.all(acts.map(({ entry }) => verifyEntry(entry)));
    return new Set(acts.filter((_, place) => isSound[place]));
  }

  async #knownAmong(acts: readonly ActLine[]): Promise<Map<number, string>> {
    const seqs = acts.map(({ entry }) => entry.seq).filter((seq) => seq <= this.#head.seq);
    const hashes = seqs.length === 0 ? [] : await this.#hashesAt(seqs);
    return new Map(
      seqs.flatMap((seq, place): [number, string][] => {
        const hash = hashes[place];
        return hash === undefined ? [] : [[seq, hash]];
      }),
    );
  }
}
