// Follows a till's chain through the lines of its file, and sets aside what does not belong to it.
import type { Entry } from '$lib/contract/journal';
import { verifyEntry, type ChainHead } from '$lib/proof/chain';
import type { ActLine, SettledLine } from './line';

/** Lines that cannot be read, do not belong to the chain, or are missing from it. */
export type SetAside = {
  readonly lines: number;
  /** The entries that are missing for it, ascending; a line in which none can be recognised is only counted. */
  readonly seqs: readonly number[];
  /**
   * Somebody changed the file: a line's content is not what was sealed, it continues another chain, or lines are missing
   * without a trace.
   */
  readonly isForged: boolean;
  /** The last of those entries, if the chain ends before it: its place may be taken. */
  readonly end: ChainHead | null;
};

/** The lines of an entry have at least this many bytes. */
const LEAST_LINE = 200;
/** Entries that may be missing without any trace in the file. */
const MOST_REMOVED = 1_000;

export type Follow = {
  readonly till: string;
  /** The entry after which the lines begin. */
  readonly from: ChainHead;
  /** Hashes of the stored entries with these numbers, in their order. */
  readonly hashesAt: (seqs: readonly number[]) => Promise<readonly (string | undefined)[]>;
  /** Bytes: no entry can be further than so many lines. */
  readonly fileSize: number;
};

export class LineChain {
  readonly #till: string;
  readonly #hashesAt: Follow['hashesAt'];
  readonly #farthest: number;
  /** Hashes of entries of other chains. */
  readonly #foreign = new Set<string>();
  readonly #seqs = new Set<number>();
  #head: ChainHead;
  #lines = 0;
  /** Lines set aside since the head. */
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

  /** The acts among these lines that continue the chain; behind lines that are set aside they may leave a gap. */
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
      // a file may have entries twice: those of former till ids, and those it had before
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

  /** The entries before this one are missing. */
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
