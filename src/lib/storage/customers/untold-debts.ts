// Imported debts that their customers got no message about and have not confirmed by a code yet.
import type { ConfirmationRow } from '$lib/contract/rows';
import { grant } from '$lib/contract/grant';
import type { Entry } from '$lib/contract/journal';
import { add, money, ZERO, type Money } from '$lib/domain/values/money';
import { knownEntry } from '$lib/proof/known-entry';
import { payloadOf } from '$lib/proof/jws';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { confirmationsOf, entriesOf } from '$lib/storage/journal/reader';
import { mergesIn } from '$lib/storage/remote/merged-cards';

/**
 * Of these customers, those with an unconfirmed imported debt, and its sum when it was imported; over all tills and all cards of
 * their accounts. Throws StorageError.
 */
export function untoldDebts(
  db: TillDb,
  customers: readonly string[],
): Promise<ReadonlyMap<string, Money>> {
  const tables = [
    ...[db.confirmations, db.remoteConfirmations, db.journal, db.remoteJournal, db.remoteCards],
  ];
  return readTogether(db, tables, async () => {
    const { cardsOf } = await mergesIn(db);
    const found = await Promise.all(
      customers.map(async (customer): Promise<[string, Money]> => {
        const rows = await Promise.all(
          cardsOf(customer).map((card) => confirmationsOf(db, card, -1)),
        );
        return [customer, await untoldIn(db, rows.flat())];
      }),
    );
    return new Map(found.filter(([, owed]) => owed > ZERO));
  });
}

async function untoldIn(db: TillDb, rows: readonly ConfirmationRow[]): Promise<Money> {
  const imported = rows.filter(({ kind }) => kind === 'none');
  if (imported.length === 0) return ZERO;
  const imports = await entriesOf(db, imported);
  const untold = imported.filter((row, place) => isUntold(imports[place], row));
  if (untold.length === 0) return ZERO;
  // a code of the demo service confirms nothing, so it is not shown as one
  const byCode = rows.filter(({ shown }) => shown === 'code');
  const entries = await entriesOf(db, byCode);
  if (byCode.some((row, place) => namesDebt(entries[place], row))) return ZERO;
  return untold.reduce((owed, { amount }) => add(owed, money(amount)), ZERO);
}

const confirmationIn = (entry: Entry | undefined, { index }: ConfirmationRow) => {
  const known = entry === undefined ? null : knownEntry(entry);
  return known !== null && 'confirmations' in known.body ? known.body.confirmations[index] : null;
};

function isUntold(entry: Entry | undefined, row: ConfirmationRow): boolean {
  const given = confirmationIn(entry, row);
  return given?.kind === 'none' && given.because === 'import-untold';
}

/** Whether the message with this code named the debt. The grant's signature was verified when the row was made. */
function namesDebt(entry: Entry | undefined, row: ConfirmationRow): boolean {
  const given = confirmationIn(entry, row);
  if (given?.kind !== 'code') return false;
  const claim = grant.safeParse(payloadOf(given.grant)).data;
  return claim !== undefined && claim.broughtIn !== null;
}
