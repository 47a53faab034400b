// The number of random cases of a law: the test's own number, multiplied in the long run.

/** Multiplies by `COUNTERFOIL_CASES`. */
export const cases = (count: number): number =>
  count * Number(process.env['COUNTERFOIL_CASES'] ?? 1);
