// Saves a sale: decides it again from disk and signatures, then stores it in one transaction.
import type { BalanceRow, SaleRow } from '$lib/contract/rows';
import type { Entry } from '$lib/contract/journal';
import { NOTHING_OWED, NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { NOTHING_USED } from '$lib/domain/consent/override';
import type { SaveRefusal } from '$lib/domain/consent/checkout-state';
import type { Customer } from '$lib/domain/customers/customer';
import { decideSale, piecesOf, saleRowOf } from '$lib/domain/acts/money/sale';
import { productsOf } from '$lib/domain/receipt/receipt';
import { beforeOf } from '$lib/domain/rows';
import type { Table } from 'dexie';
import { accountsIn } from '$lib/storage/customers/accounts';
import { asCustomer, customerFacts } from '$lib/storage/customers/customers';
import { disputeOf } from '$lib/storage/customers/disputes';
import type { TillDb } from '$lib/storage/database/db';
import type { Change } from '$lib/storage/schema/change';
import { recorded, saleAttempt, type SaleAttempt } from '$lib/storage/schema/records';
import { lastNumberIn } from '$lib/storage/journal/receipt-numbers';
import { NO_SHIFT, saveAct } from '$lib/storage/policy/save-act';
import { dealHashes, prove, usedAmong } from './sale-proofs';
import { balanceTables } from '$lib/storage/remote/packed-balances';
import { customersIn, customerTables } from '$lib/storage/remote/remote-cards';
import { pieceTables, piecesSoldIn } from './marked-pieces';
import { tillIn } from '$lib/storage/database/meta';
import { customerUsageIn } from './usage';
import { daysIn, inOpenShift, shiftIn } from '$lib/storage/shifts/shifts';
import { isOpen } from '$lib/domain/shift/shift';

export type SaleOutcome =
  | { readonly kind: 'saved'; readonly sale: SaleRow; readonly entry: Entry }
  | { readonly kind: 'refused'; readonly because: SaveRefusal };

/**
 * Saves a sale as the till does: if no shift is open, it first opens one, as a separate entry. A refused sale opens none.
 * Throws StorageError.
 */
export const sellInShift = (db: TillDb, attempt: SaleAttempt): Promise<SaleOutcome> =>
  inOpenShift(db, attempt, () => attempted(db, attempt, NO_SHIFT));

/**
 * Closes the receipt and stores journal, sale, accounts, stock, used grants and draft, all or nothing; the sale counts in the
 * open shift if there is one. Resolves as saved only after the strictly durable commit. Saving the same receipt again returns
 * the same sale. Throws StorageError if the disk failed: nothing is stored.
 */
export const saveSale = (db: TillDb, attempt: SaleAttempt): Promise<SaleOutcome> =>
  attempted<never>(db, attempt, null);

/** `noShift`: the outcome to return, without writing, if no shift is open; null: a shift is not required. */
async function attempted<N extends typeof NO_SHIFT = never>(
  db: TillDb,
  attempt: SaleAttempt,
  noShift: N | null,
): Promise<SaleOutcome | N> {
  const asked = recorded(saleAttempt, attempt);
  const reading = { tables: lookedAt(db, asked), look: () => lookIn(db, asked), ids: db.sales };
  const by = { ...asked, id: asked.receipt.id };
  const outcome = await saveAct(db, 'sale', by, reading, async ({ till, ...who }, seen) => {
    const { stock, shift, days, balances, ...facts } = seen;
    const proofs = await prove(asked.confirmations, till.relayKey, facts.customer);
    if (proofs.kind === 'refused') return proofs;
    const { confirmations, challenges, verifiers, real } = proofs;
    const [hashes, grantsUsed] = await Promise.all([
      dealHashes(asked.receipt, facts.customer, who.policy, confirmations),
      usedAmong(db, [...challenges, ...verifiers]),
    ]);
    const closed = decideSale({
      ...who,
      ...facts,
      receipt: asked.receipt,
      till: till.id,
      confirmations,
      dealHashes: hashes,
      grantsUsed,
    });
    if (closed.kind === 'refused') return closed;
    if (noShift !== null && !isOpen(shift)) return noShift;
    const attached: readonly Change[] = [
      { table: 'reserveVerifiers', op: 'delete', keys: verifiers },
      { table: 'drafts', op: 'delete', receipt: closed.body.sale },
    ];
    const before = beforeOf({ balances, stock, shifts: [shift], days });
    return { ...closed, attached, before, real };
  });
  if (typeof outcome === 'string' || outcome.kind === 'refused') return outcome;
  return { ...outcome, sale: saleRowOf(outcome.entry) };
}

/** The tables `lookIn` reads besides the writer's own. Keep it short: each further table makes a sale slower. */
function lookedAt(db: TillDb, { receipt }: SaleAttempt): Table[] {
  const marked = receipt.lines.some(({ mark }) => mark !== null) ? pieceTables(db) : [];
  const always = [...new Set([db.stock, db.shifts, db.days, ...marked])];
  return receipt.customer === null
    ? always
    : [
        ...always,
        ...[...customerTables(db), ...balanceTables(db)],
        ...[db.confirmations, db.remoteConfirmations, db.disputes, db.remoteDisputes],
        db.remoteSales,
      ];
}

const NOBODY = { standing: NOTHING_OWED, own: [] as readonly BalanceRow[] };

/** Everything on the disk that the decision needs; awaits Dexie only. */
async function lookIn(db: TillDb, { receipt, at }: SaleAttempt) {
  const id = receipt.customer;
  const [row, sums, { unconfirmed, ...used }, dispute, ruleFacts, last, stock, state, days, sold] =
    await Promise.all([
      id === null ? undefined : customersIn(db, [id]).then(([row]) => row),
      id === null ? NOBODY : accountsIn(db, id),
      // without a customer no code is needed and no cap applies
      id === null
        ? { usage: NOTHING_USED, unconfirmed: NOTHING_UNCONFIRMED, earnedToday: 0 }
        : customerUsageIn(db, id, at),
      id === null ? null : disputeOf(db, id),
      // read only if a rule needs it, because each read makes a sale slower
      id === null || (receipt.rules?.ofCustomer ?? []).length === 0 ? null : customerFacts(db, id),
      lastOfThisTillIn(db),
      db.stock.bulkGet(productsOf(receipt.lines)),
      shiftIn(db),
      daysIn(db, at),
      piecesSoldIn(db, piecesOf(receipt.lines)),
    ]);
  const customer: Customer | null = row === undefined ? null : asCustomer(row);
  const disputed = dispute !== null;
  const { standing, own } = sums;
  const facts = {
    ...used,
    customer,
    standing,
    disputed,
    number: last + 1,
    unconfirmed30d: unconfirmed,
    customerFacts: ruleFacts,
    piecesSold: new Set(sold.keys()),
  };
  return {
    ...facts,
    shift: state.shift,
    days,
    balances: own,
    stock: stock.filter((each) => each !== undefined),
  };
}

/** Awaits Dexie only. */
async function lastOfThisTillIn(db: TillDb): Promise<number> {
  const till = await tillIn(db);
  return till === null ? 0 : lastNumberIn(db, till.id);
}
