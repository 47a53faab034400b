// How many random cases a law is tried with: as many as its test says, and in the long run as many times more as it is told.

/** Times `COUNTERFOIL_CASES`. */
export const cases = (count: number): number =>
  count * Number(process.env['COUNTERFOIL_CASES'] ?? 1);
