// How many rounds each promise is tested with, and the seed: few on a push, many in the long run.

/** Rounds on a push, and in the long run. */
export type Size = { readonly push: number; readonly long: number };

const isLong = process.env['COUNTERFOIL_SCALE'] === 'long';
const share = Number(process.env['COUNTERFOIL_ROUNDS'] ?? 1);
if (!(share > 0)) throw new Error('COUNTERFOIL_ROUNDS is a share of the rounds, such as 0.1');

/** Rounds of this run; at least one. `COUNTERFOIL_ROUNDS` multiplies them. */
export function roundsOf({ push, long }: Size): number {
  return Math.max(1, Math.round((isLong ? long : push) * share));
}

/** `COUNTERFOIL_SEED` repeats a run with the same times, as far as the machine allows. */
export const SEED = Number(process.env['COUNTERFOIL_SEED']);

/** For a kind whose rounds are long or alike on every store: all stores in the long run, on a push one, chosen by the seed. */
export const storesOfRun = <T>(all: readonly T[]): readonly T[] =>
  isLong ? all : [all[SEED % all.length] ?? all[0]!];

export const SCALE = isLong ? 'long' : 'push';
