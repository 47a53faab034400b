// Counts and prints the rounds and losses of a tested promise, and writes them to the results.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SCALE, SEED } from './scale';
import { differences, printedOn, type SaleBody, type ScreenOfSale } from './shown';

const RESULTS = join(import.meta.dirname, `../../.cache/faults/${SCALE}.jsonl`);

export type Kind =
  /** Nothing may be lost or doubled. */
  | 'promise'
  /** Must lose something: proves that the harness sees a loss. */
  | 'control'
  /** Promises nothing: shows how much damage the fault did. */
  | 'witness';

/** A row of the results. */
export type Result = {
  readonly promise: string;
  readonly kind: Kind;
  readonly rounds: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  /** Sales on the disk whose contents differ from what the screen showed. */
  readonly wrong: number;
  /** The rounds ended with an error or a failed check. */
  readonly broken: boolean;
  readonly seed: number;
  readonly seconds: number;
  /** Why it was not run on this machine; null if it was. */
  readonly skipped: string | null;
};

/** Acknowledged sales or entries, recorded outside of what is under test. */
export class Acknowledged {
  readonly #here = new Set<string>();
  readonly #screens = new Map<string, ScreenOfSale>();
  #elsewhere = 0;

  add(id: string): void {
    this.#here.add(id);
  }
  /** Records a sale as the screen showed it. If it is shown again, the first record stays. */
  addSale(screen: ScreenOfSale): void {
    this.add(screen.sale);
    if (!this.#screens.has(screen.sale)) this.#screens.set(screen.sale, screen);
  }
  /** Those on the current disk. */
  get here(): ReadonlySet<string> {
    return this.#here;
  }
  /** What the screen showed of the sales on the current disk. */
  get screens(): readonly ScreenOfSale[] {
    return [...this.#screens.values()];
  }
  /** Records sales that the till reported as lost: they may be missing, but their numbers must not be used again. */
  reportedLost(sales: readonly string[]): void {
    this.#elsewhere += sales.length;
    for (const sale of sales) this.#here.delete(sale);
  }
  /** Runs `work` on a copy of the current disk: its sales are not on the disk itself. */
  async onCopy(work: () => Promise<void>): Promise<void> {
    const before = [...this.#here];
    const screens = this.screens;
    await work();
    this.#elsewhere = this.size - before.length;
    this.#here.clear();
    this.#screens.clear();
    before.forEach((sale) => this.add(sale));
    screens.forEach((screen) => this.addSale(screen));
  }
  /** Those on all disks. */
  get size(): number {
    return this.#elsewhere + this.#here.size;
  }
  /** Acts acknowledged from now on belong to another disk. */
  otherDisk(): void {
    this.#elsewhere += this.#here.size;
    this.#here.clear();
    this.#screens.clear();
  }
}

export class Tally {
  rounds = 0;
  readonly acknowledged: Acknowledged;
  readonly lost = new Set<string>();
  readonly doubled = new Set<string>();
  /** Other contents than the screen showed, in words, by sale. */
  readonly wrong = new Map<string, readonly string[]>();
  /** Other inconsistencies, in words. */
  readonly torn: string[] = [];
  readonly #promise: string;
  readonly #kind: Kind;
  readonly #since = Date.now();

  /** `acknowledged`: shared with another tally of the same rounds. */
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

  /** Adds to `lost` the acknowledged ids that are not in `kept`. */
  compare(kept: ReadonlySet<string>): void {
    for (const id of this.acknowledged.here) if (!kept.has(id)) this.lost.add(id);
  }

  /** As `compare`, and adds to `wrong` the sales whose contents are not those that the screen showed. */
  compareSales(kept: ReadonlyMap<string, SaleBody>, customers: ReadonlyMap<string, string>): void {
    this.compare(new Set(kept.keys()));
    const { here } = this.acknowledged;
    for (const screen of this.acknowledged.screens) {
      const body = here.has(screen.sale) ? kept.get(screen.sale) : undefined;
      const different = body === undefined ? [] : differences(screen, body, customers);
      if (different.length > 0) this.wrong.set(screen.sale, different);
    }
    const printed = this.acknowledged.screens.map((screen) => {
      const number = printedOn(screen);
      if (number === null) this.torn.push(`a number is shown as ${screen.number}`);
      return number;
    });
    for (const [place, number] of printed.entries())
      if (number !== null && printed.indexOf(number) !== place)
        this.doubled.add(`number ${number} shown`);
  }

  /** Fails, with all words of what was found, unless nothing was. `when`: after which round, for the message. */
  expectNothingWrong(when: string): void {
    const found = {
      lost: [...this.lost],
      doubled: [...this.doubled],
      wrong: [...this.wrong.values()].flat(),
      torn: this.torn,
    };
    const words = Object.entries(found)
      .filter(([, all]) => all.length > 0)
      .map(([kind, all]) => `${kind}: ${all.join('; ')}`);
    // one line, because a summary of failures shows only the first
    if (words.length > 0) throw new Error(`${when}, seed ${SEED}: ${words.join(' | ')}`);
  }

  /** Throws if a promise could not have been broken: it had no round, or fewer acts than rounds. */
  #expectMeasured(): void {
    if (this.#kind !== 'promise') return;
    if (this.rounds === 0 || this.acknowledged.size < this.rounds)
      throw new Error(
        `nothing is measured: ${this.acknowledged.size} acts in ${this.rounds} rounds`,
      );
  }

  /** Runs the rounds, and writes the result even if they throw. */
  async over(rounds: () => Promise<void>): Promise<void> {
    let broken = true;
    try {
      await rounds();
      this.#expectMeasured();
      broken = false;
    } finally {
      keep({
        promise: this.#promise,
        kind: this.#kind,
        rounds: this.rounds,
        acknowledged: this.acknowledged.size,
        lost: this.lost.size,
        doubled: this.doubled.size,
        wrong: this.wrong.size,
        broken,
        seed: SEED,
        seconds: Math.round((Date.now() - this.#since) / 1000),
        skipped: null,
      });
    }
  }
}

/** Runs rounds that several promises share. */
export async function overAll(
  tallies: readonly Tally[],
  rounds: () => Promise<void>,
): Promise<void> {
  const all = tallies.reduce((inner, tally) => () => tally.over(inner), rounds);
  await all();
}

/** Writes a row for a promise that was not run, with the reason. */
export function keepSkipped(promise: string, skipped: string): void {
  const nothing = { rounds: 0, acknowledged: 0, lost: 0, doubled: 0, wrong: 0, seconds: 0 };
  keep({ promise, kind: 'promise', ...nothing, broken: false, seed: SEED, skipped });
}

function keep(result: Result): void {
  mkdirSync(join(RESULTS, '..'), { recursive: true });
  appendFileSync(RESULTS, `${JSON.stringify(result)}\n`);
  const { promise, rounds, acknowledged, lost, doubled, wrong, seconds, skipped } = result;
  console.log(
    skipped === null
      ? `${promise}: ${rounds} rounds, ${acknowledged} acknowledged, ${lost} lost, ${doubled} doubled, ${wrong} wrong, ${seconds} s`
      : `${promise}: skipped, ${skipped}`,
  );
}
