// Checks the cards in the copy of the shop's order by their hashes, and how they are shown.
import type { RemoteCardRow } from '$lib/contract/shop-copy';
import { sealCard, sealPerson } from '$lib/proof/record';
import { transact, withWriterLock, type TillDb } from '$lib/storage/database/db';
import { pagesOf } from '$lib/storage/database/pages';
import { isSame } from '$lib/storage/journal/projection';
import { erasedTables, eraseIn } from '$lib/storage/remote/forgotten-customers';
import { packedBlocks, renewLines } from '$lib/storage/remote/packed-cards';
import { shownCard, showRenewed } from '$lib/storage/remote/remote-cards';
import { idsIn } from '$lib/storage/schema/card-lines';

/** Cards read at once. */
const BATCH = 200;

/**
 * Whether every card and authorised person of the copy matches its hash, and no other card is shown. Corrects cards that are shown
 * in an outdated state.
 */
export async function renewCards(db: TillDb): Promise<boolean> {
  if (!(await renewPackedCards(db))) return false;
  for await (const states of pagesOf(db.remoteCards, BATCH)) {
    const [own, rows] = await cardsIn(db, states);
    const wrong: RemoteCardRow[] = [];
    for (const [place, state] of states.entries()) {
      if (!(await areSealed(state))) return false;
      const isLeft = state.isForgotten && own[place] !== undefined;
      if (isLeft || !isSame(await shownCard(own[place], state), rows[place] ?? null))
        wrong.push(state);
    }
    if (wrong.length > 0) await withWriterLock(db, () => showAgain(db, wrong));
  }
  const [states, shown] = await Promise.all([
    db.remoteCards.toCollection().primaryKeys(),
    db.remoteCustomers.toCollection().primaryKeys(),
  ]);
  const known = new Set(states);
  return shown.every((customer) => known.has(customer));
}

/** The same check for packed cards, and whether all of them are here. Writes wrong index rows again. */
async function renewPackedCards(db: TillDb): Promise<boolean> {
  for await (const block of packedBlocks(db)) {
    const { cards, expected, held } = block;
    const whole = await Promise.all(
      cards.map(
        async ({ card, recordHash }) => card !== null && (await sealCard(card)) === recordHash,
      ),
    );
    if (whole.includes(false)) return false;
    const known = new Set(cards.map(({ customer }) => customer));
    if (held.some((row) => row && idsIn(row).some((id) => !known.has(id)))) return false;
    if (!isSame(expected, held)) await renewLines(db, block);
  }
  return true;
}

/** Whether a card and its authorised persons match their hashes. */
async function areSealed({ card, recordHash, persons }: RemoteCardRow): Promise<boolean> {
  if (card !== null && (await sealCard(card)) !== recordHash) return false;
  for (const { record, personRecordHash } of persons)
    if (record !== null && (await sealPerson(record)) !== personRecordHash) return false;
  return true;
}

const cardsIn = (db: TillDb, states: readonly RemoteCardRow[]) => {
  const ids = states.map(({ customer }) => customer);
  return Promise.all([db.customers.bulkGet(ids), db.remoteCustomers.bulkGet(ids)]);
};

/** Shows these cards as they are stored now; erases those of forgotten customers first. */
async function showAgain(db: TillDb, wrong: readonly RemoteCardRow[]): Promise<void> {
  const newest = await db.remoteCards.bulkGet(wrong.map(({ customer }) => customer));
  for (const state of newest) {
    if (state === undefined) continue;
    if (state.isForgotten)
      await transact(db, erasedTables(db), () => eraseIn(db, [state.customer]));
    await showRenewed(db, state.customer);
  }
}
