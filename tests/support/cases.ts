// The number of random cases of a law, its time limit, and sizes that differ in the long run.

// read like this in Node and in a page
const env = import.meta.env;

/** Multiplies by `COUNTERFOIL_CASES`. */
export const cases = (count: number): number => count * Number(env['COUNTERFOIL_CASES'] ?? 1);

/** ms: the time limit of a law whose cases are multiplied. */
export const limitOf = (ms: number): number => cases(ms);

/** A number of rows, requests or kills that `npm test` does not need in full; say beside it why `push` is enough. */
export const sizeOf = ({ push, long }: { readonly push: number; readonly long: number }): number =>
  env['COUNTERFOIL_SCALE'] === 'long' ? long : push;
