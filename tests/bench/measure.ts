// Statistics of the benchmarks: two things measured in turn, and the ratio of their medians.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../support/seeded-random';

/** Samples of each side; fewer only to try out a benchmark. */
export const SAMPLES = Number(process.env['COUNTERFOIL_BENCH_SAMPLES'] ?? 30);
/** Samples of what takes a second or more. */
export const STARTS = Math.min(Math.ceil(SAMPLES / 3), 9);

/** `limit`: the least that the platform or a peer needs for the same; both in one unit, usually ms. */
export type Pair = { readonly ours: readonly number[]; readonly limit: readonly number[] };

type Measured = () => Promise<number>;

/** Measures both in turn (A B, B A, …), after one round that does not count. */
export async function interleaved(count: number, ours: Measured, limit: Measured): Promise<Pair> {
  const pair = { ours: [] as number[], limit: [] as number[] };
  for (let round = -1; round < count; round += 1) {
    const turn = [
      { into: pair.ours, measured: ours },
      { into: pair.limit, measured: limit },
    ];
    // alternate the order, so that neither always profits from running second
    if (round % 2 !== 0) turn.reverse();
    for (const { into, measured } of turn) {
      const took = await measured();
      if (round >= 0) into.push(took);
    }
  }
  return pair;
}

/** Linear between the two nearest values; `share` 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** A ratio at one quantile, with the range of nine tenths of 400 bootstrap resamples. */
export function ratioOf(pair: Pair, share: number): { ratio: number; low: number; high: number } {
  const random = seededRandom(1);
  const redrawn = (values: readonly number[]) =>
    values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN);
  const ratio = (a: readonly number[], b: readonly number[]) =>
    quantile(a, share) / quantile(b, share);
  const ratios = Array.from({ length: 400 }, () => ratio(redrawn(pair.ours), redrawn(pair.limit)));
  return {
    ratio: ratio(pair.ours, pair.limit),
    low: quantile(ratios, 0.05),
    high: quantile(ratios, 0.95),
  };
}

export type Goal = {
  /** The quantile of the ratio; the median by default. */
  readonly at?: 'p50' | 'p95';
  /** The highest (or, for `atLeast`, the lowest) ratio that meets the goal. */
  readonly atMost?: number;
  readonly atLeast?: number;
};

const short = (value: number) =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toPrecision(2);
const spread = (values: readonly number[]) =>
  `${short(quantile(values, 0.5))} / ${short(quantile(values, 0.95))}`;

/**
 * Prints one row for the table in docs/benchmarks.md and writes the samples to .cache/bench.
 * A missed goal is marked, not thrown.
 */
export function tell(what: string, pair: Pair, goal: Goal): void {
  const { ratio, low, high } = ratioOf(pair, goal.at === 'p95' ? 0.95 : 0.5);
  const met = ratio <= (goal.atMost ?? Infinity) && ratio >= (goal.atLeast ?? 0);
  const bound = goal.atMost === undefined ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`;
  const cells = [
    what,
    spread(pair.ours),
    spread(pair.limit),
    `${short(ratio)}× (${short(low)}–${short(high)})`,
    `${bound}×${goal.at === 'p95' ? ' p95' : ''}`,
    met ? 'met' : '**missed**',
  ];
  keep(what, cells, { figure: ratio, pair, goal });
}

/** The same for a figure that is compared with a fixed number. */
export function tellFigure(what: string, values: readonly number[], atMost: number): void {
  const worst = quantile(values, 0.95);
  const met = worst <= atMost;
  const cells = [what, spread(values), '–', '–', `≤ ${atMost}`, met ? 'met' : '**missed**'];
  keep(what, cells, { figure: worst, values, atMost });
}

function keep(what: string, cells: readonly string[], samples: object): void {
  const row = `| ${cells.join(' | ')} |`;
  const load = (loadavg()[0] ?? 0).toFixed(1);
  console.log(`${row}   (load ${load} on ${cpus().length} cores)`);
  const folder = join(import.meta.dirname, '../../.cache/bench');
  mkdirSync(folder, { recursive: true });
  const name = what.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ what, row, load, ...samples }));
}
