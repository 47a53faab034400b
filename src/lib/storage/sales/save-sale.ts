// Saves a sale: decides it again from disk and signatures, then stores it in one transaction.
import type { Entry } from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import { NOTHING_OWED, NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { NOTHING_USED } from '$lib/domain/consent/override';
import type { SaveRefusal } from '$lib/domain/consent/checkout-state';
import type { Customer } from '$lib/domain/customers/customer';
import { decideSale, piecesOf, saleRowOf } from '$lib/domain/acts/sale';
import { productsOf } from '$lib/domain/receipt/receipt';
import {
  beforeOf,
  type BalanceRow,
  type DayRow,
  type SaleRow,
  type ShiftRow,
  type StockRow,
} from '$lib/domain/rows';
import type { Table } from 'dexie';
import { accountsIn } from '$lib/storage/customers/accounts';
import { asCustomer, customerFacts } from '$lib/storage/customers/customers';
import { provenIn } from '$lib/storage/till/clock';
import { disputeIn } from '$lib/storage/customers/disputes';
import type { TillDb } from '$lib/storage/database/db';
import { judgePolicy, notePolicyRefused, policyFactsIn } from '$lib/storage/policy/policies';
import { recorded, saleAttempt, type SaleAttempt } from '$lib/storage/schema/records';
import { lastNumberIn } from '$lib/storage/journal/receipt-numbers';
import { dealHashes, prove, type Proven } from './sale-proofs';
import { balanceTables } from '$lib/storage/remote/packed-balances';
import { customersIn, customerTables } from '$lib/storage/remote/remote-cards';
import { pieceTables, piecesSoldIn } from './marked-pieces';
import { saleIn, type StoredSale } from './sales';
import { isEnrolled, tillIn } from '$lib/storage/database/till-record';
import { withoutCodeIn } from './usage';
import { asWriterSeeing, giveUpPending, type Writer } from '$lib/storage/journal/writer';
import { daysIn, inOpenShift, NO_SHIFT, shiftIn } from '$lib/storage/shifts/shifts';
import { isOpen } from '$lib/domain/shift/shift';

export type SaleOutcome =
  | { readonly kind: 'saved'; readonly sale: SaleRow; readonly entry: Entry }
  | { readonly kind: 'refused'; readonly because: SaveRefusal };

const saved = ({ sale, entry }: StoredSale): SaleOutcome => ({ kind: 'saved', sale, entry });

/**
 * Saves a sale as the till does: if no shift is open, it first opens one, as a separate entry. A refused sale opens none.
 * Throws StorageError.
 */
export async function sellInShift(db: TillDb, attempt: SaleAttempt): Promise<SaleOutcome> {
  return inOpenShift(db, attempt, () => attempted(db, attempt, NO_SHIFT));
}

/**
 * Closes the receipt and stores journal, sale, accounts, stock, used grants and draft, all or nothing; the sale counts in the
 * open shift if there is one. Resolves as saved only after the strictly durable commit. Saving the same receipt again returns
 * the same sale. Throws StorageError if the disk failed: nothing is stored.
 */
export async function saveSale(db: TillDb, attempt: SaleAttempt): Promise<SaleOutcome> {
  return attempted<never>(db, attempt, null);
}

/** `noShift`: the outcome to return, without writing, if no shift is open; null: a shift is not required. */
async function attempted<N extends string = never>(
  db: TillDb,
  attempt: SaleAttempt,
  noShift: N | null,
): Promise<SaleOutcome | N> {
  const asked = recorded(saleAttempt, attempt);
  const look = { tables: lookedAt(db, asked), look: () => lookIn(db, asked) };
  const outcome = await asWriterSeeing<Seen, SaleOutcome | N>(db, look, async (writer, seen) => {
    const { already, policyFacts, stock, shift, days, proven, balances, ...facts } = seen;
    if (already !== null) return saved(already);
    // a clock set back must not make an expired code valid again
    const at = Math.max(asked.at, proven);
    const { till } = writer;
    const current = await judgePolicy(policyFacts);
    if (current.kind === 'policy-refused' || !isEnrolled(till)) {
      const { operator } = asked;
      const because = current.kind === 'policy-refused' ? current.because : 'missing';
      if (current.kind === 'policy-refused') {
        await notePolicyRefused(db, writer, current, { operator, at });
      }
      return { kind: 'refused', because: { kind: 'policy-refused', because } };
    }
    const { policy } = current;
    const proofs = await prove(asked.confirmations, till.relayKey, facts.customer);
    if (proofs.kind === 'refused') return proofs;
    const [hashes, grantsUsed] = await Promise.all([
      dealHashes(asked.receipt, facts.customer, policy, proofs.confirmations),
      usedAmong(db, [...proofs.challenges, ...proofs.verifiers]),
    ]);
    const closed = decideSale({
      ...{ receipt: asked.receipt, policy, till: till.id, operator: asked.operator, at },
      confirmations: proofs.confirmations,
      dealHashes: hashes,
      grantsUsed,
      ...facts,
    });
    if (closed.kind === 'refused') return closed;
    if (noShift !== null && !isOpen(shift)) return noShift;
    return await store(
      writer,
      { ...asked, at },
      {
        ...{ body: closed.body, policy: policy.version, proofs },
        ...{ balances, stock, shift, days },
      },
    );
  });
  // an earlier try may be in the journal file; the next start must not book a sale that was reported as refused
  if (typeof outcome !== 'string' && outcome.kind === 'refused') await giveUpPending(db);
  return outcome;
}

/** The tables `lookIn` reads besides the writer's own. Keep it short: each further table makes a sale slower. */
function lookedAt(db: TillDb, { receipt }: SaleAttempt): Table[] {
  const marked = receipt.lines.some(({ mark }) => mark !== null) ? pieceTables(db) : [];
  const always = [...new Set([db.sales, db.policy, db.stock, db.shifts, db.days, ...marked])];
  return receipt.customer === null
    ? always
    : [
        ...always,
        ...[...customerTables(db), ...balanceTables(db)],
        ...[db.confirmations, db.remoteConfirmations, db.disputes, db.remoteDisputes],
      ];
}

type Seen = Awaited<ReturnType<typeof lookIn>>;

const NOBODY = { standing: NOTHING_OWED, own: [] as readonly BalanceRow[] };

/** Everything on the disk that the decision needs; awaits Dexie only. */
async function lookIn(db: TillDb, { receipt, at }: SaleAttempt) {
  const id = receipt.customer;
  const [
    already,
    policyFacts,
    proven,
    row,
    sums,
    { usage, unconfirmed },
    dispute,
    ruleFacts,
    last,
    stock,
    state,
    days,
    sold,
  ] = await Promise.all([
    saleIn(db, receipt.id),
    policyFactsIn(db),
    provenIn(db),
    id === null ? undefined : customersIn(db, [id]).then(([row]) => row),
    id === null ? NOBODY : accountsIn(db, id),
    // without a customer no code is needed and no cap applies
    id === null
      ? { usage: NOTHING_USED, unconfirmed: NOTHING_UNCONFIRMED }
      : withoutCodeIn(db, id, at),
    id === null ? undefined : disputeIn(db, id),
    // read only if a rule needs it, because each read makes a sale slower
    id === null || (receipt.rules?.ofCustomer ?? []).length === 0 ? null : customerFacts(db, id),
    lastOfThisTillIn(db),
    db.stock.bulkGet(productsOf(receipt.lines)),
    shiftIn(db),
    daysIn(db, at),
    piecesSoldIn(db, piecesOf(receipt.lines)),
  ]);
  const customer: Customer | null = row === undefined ? null : asCustomer(row);
  const disputed = dispute !== undefined;
  const { standing, own } = sums;
  const facts = {
    ...{ customer, standing, usage, disputed, number: last + 1 },
    unconfirmed30d: unconfirmed,
    customerFacts: ruleFacts,
    piecesSold: new Set(sold.keys()),
  };
  return {
    already,
    policyFacts,
    proven,
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

async function usedAmong(db: TillDb, proofs: readonly string[]): Promise<Set<string>> {
  if (proofs.length === 0) return new Set();
  const rows = await db.grantsUsed.bulkGet([...proofs]);
  return new Set(rows.flatMap((row) => (row === undefined ? [] : [row.challenge])));
}

type Decided = {
  readonly body: SaleBody;
  /** Policy version. */
  readonly policy: number;
  readonly proofs: Extract<Proven, { kind: 'proven' }>;
  /** The customer's balances on this device before this sale. */
  readonly balances: readonly BalanceRow[];
  readonly stock: readonly StockRow[];
  readonly shift: ShiftRow | undefined;
  readonly days: readonly DayRow[];
};

async function store(
  writer: Writer,
  { operator, at }: SaleAttempt,
  { body, policy, proofs, balances, stock, shift, days }: Decided,
): Promise<SaleOutcome> {
  const { verifiers, real } = proofs;
  const entry = await writer.write(
    { act: 'sale', body, operator, at, policy },
    [
      { table: 'reserveVerifiers', op: 'delete', keys: verifiers },
      { table: 'drafts', op: 'delete', receipt: body.sale },
    ],
    { before: beforeOf({ balances, stock, shifts: [shift], days }), real },
  );
  return { kind: 'saved', sale: saleRowOf(entry), entry };
}
