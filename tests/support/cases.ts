// The number of random cases of a law and its time limit; the long run multiplies both.

/** Multiplies by `COUNTERFOIL_CASES`. */
export const cases = (count: number): number =>
  count * Number(process.env['COUNTERFOIL_CASES'] ?? 1);

/** ms: the time limit of a law whose cases are multiplied. */
export const limitOf = (ms: number): number => cases(ms);
