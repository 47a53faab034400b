// What a promise was put through and what it lost: printed, and kept as a line of the run's results, whether it held or not.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SCALE, SEED } from './scale';

const RESULTS = join(import.meta.dirname, `../../.cache/faults/${SCALE}.jsonl`);

export type Kind =
  /** Nothing may be lost or doubled. */
  | 'promise'
  /** Has to lose: what shows that the harness can see a loss. */
  | 'control'
  /** Nothing is promised of it: it says how hard the fault struck. */
  | 'witness';

/** A line of the table. */
export type Result = {
  readonly promise: string;
  readonly kind: Kind;
  readonly rounds: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  /** Something else was found that must not be. */
  readonly broken: boolean;
  readonly seed: number;
  readonly seconds: number;
  /** Why it was not tried on this machine; null where it was. */
  readonly skipped: string | null;
};

/** What was promised, kept out of reach of whatever is broken. */
export class Acknowledged {
  readonly #here = new Set<string>();
  #elsewhere = 0;

  add(id: string): void {
    this.#here.add(id);
  }
  /** Of this disk. */
  get here(): ReadonlySet<string> {
    return this.#here;
  }
  /** Of all disks. */
  get size(): number {
    return this.#elsewhere + this.#here.size;
  }
  /** From now on it is another disk that has to keep its word. */
  otherDisk(): void {
    this.#elsewhere += this.#here.size;
    this.#here.clear();
  }
}

export class Tally {
  rounds = 0;
  readonly acknowledged: Acknowledged;
  readonly lost = new Set<string>();
  readonly doubled = new Set<string>();
  /** Whatever else is not as it must be, in words. */
  readonly torn: string[] = [];
  readonly #promise: string;
  readonly #kind: Kind;
  readonly #since = Date.now();

  /** `acknowledged`: shared with another promise of the same rounds. */
  constructor(
    promise: string,
    {
      kind = 'promise',
      acknowledged = new Acknowledged(),
    }: { readonly kind?: Kind; readonly acknowledged?: Acknowledged } = {},
  ) {
    this.#promise = promise;
    this.#kind = kind;
    this.acknowledged = acknowledged;
    console.log(`${promise}: seed ${SEED} (COUNTERFOIL_SEED)`);
  }

  /** Compares with a disk what it was to keep. */
  compare(kept: ReadonlySet<string>): void {
    for (const id of this.acknowledged.here) if (!kept.has(id)) this.lost.add(id);
  }

  /** Nothing to complain of; otherwise what was found. */
  get complaints(): object {
    return { lost: [...this.lost], doubled: [...this.doubled], torn: this.torn };
  }

  /** Runs the rounds, and keeps the result whatever becomes of them. */
  async over(rounds: () => Promise<void>): Promise<void> {
    let broken = true;
    try {
      await rounds();
      broken = false;
    } finally {
      keep({
        promise: this.#promise,
        kind: this.#kind,
        rounds: this.rounds,
        acknowledged: this.acknowledged.size,
        lost: this.lost.size,
        doubled: this.doubled.size,
        broken,
        seed: SEED,
        seconds: Math.round((Date.now() - this.#since) / 1000),
        skipped: null,
      });
    }
  }
}

/** Rounds that several promises go through at once. */
export async function overAll(
  tallies: readonly Tally[],
  rounds: () => Promise<void>,
): Promise<void> {
  const all = tallies.reduce((inner, tally) => () => tally.over(inner), rounds);
  await all();
}

export const NOTHING_WRONG = { lost: [], doubled: [], torn: [] } as const;

/** Says in the table that a promise was not tried, and why. */
export function keepSkipped(promise: string, skipped: string): void {
  const nothing = { rounds: 0, acknowledged: 0, lost: 0, doubled: 0, seconds: 0 };
  keep({ promise, kind: 'promise', ...nothing, broken: false, seed: SEED, skipped });
}

function keep(result: Result): void {
  mkdirSync(join(RESULTS, '..'), { recursive: true });
  appendFileSync(RESULTS, `${JSON.stringify(result)}\n`);
  const { promise, rounds, acknowledged, lost, doubled, seconds, skipped } = result;
  console.log(
    skipped === null
      ? `${promise}: ${rounds} rounds, ${acknowledged} acknowledged, ${lost} lost, ${doubled} doubled, ${seconds} s`
      : `${promise}: skipped, ${skipped}`,
  );
}
