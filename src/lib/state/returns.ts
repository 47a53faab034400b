// Saves returns of goods.
import type { Actor } from '$lib/storage/policy/save-act';
import { saveReturn, type ReturnAttempt, type ReturnOutcome } from '$lib/storage/sales/returns';
import type { Asked, NotSaved } from './saving';
import { till } from './till.svelte';

/** A return as the screen asks for it. */
export type AskedReturn = Asked<ReturnAttempt>;

export type ReturnedOutcome = ReturnOutcome | NotSaved;

/** Saves a return; the same id returns the same entry. Never throws, so that the screen keeps what was chosen. */
export function returnGoods(attempt: AskedReturn): Promise<ReturnedOutcome> {
  const save = (by: Actor) => saveReturn(till.db, { ...attempt, ...by });
  return till.saving.act('return', save, () => till.moved());
}
