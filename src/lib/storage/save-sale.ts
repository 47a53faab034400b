// Saving a sale: the last door. Decides anew, from the disk and the relay's signatures alone, whatever the screen believed; then one transaction.
import type { Entry, SaleBody } from '$lib/contract/journal';
import { NOTHING_OWED, NOTHING_UNCONFIRMED } from '$lib/domain/account';
import type { SaveRefusal } from '$lib/domain/checkout-state';
import type { VerifiedGrant } from '$lib/domain/confirmation';
import type { Customer } from '$lib/domain/customer';
import { closeSale, type ClosedSale } from '$lib/domain/sale';
import { Dexie } from 'dexie';
import { accountTables, confirmationRows, moveAccounts, standingIn } from './accounts';
import { asCustomer } from './customers';
import { snapshot, type TillDb } from './db';
import { currentPolicy, notePolicyRefused } from './policies';
import {
  grantUsedRow,
  recorded,
  saleAttempt,
  saleRow,
  type EnrolledTill,
  type SaleAttempt,
  type SaleRow,
} from './records';
import { dealHashes, prove } from './sale-proofs';
import { saleWithEntry, type StoredSale } from './sales';
import { isEnrolled } from './till-record';
import { unconfirmedIn, usageIn } from './usage';
import { asWriter, type Writer } from './writer';

export type SaleOutcome =
  | { readonly kind: 'saved'; readonly sale: SaleRow; readonly entry: Entry }
  | { readonly kind: 'refused'; readonly because: SaveRefusal };

const saved = ({ sale, entry }: StoredSale): SaleOutcome => ({ kind: 'saved', sale, entry });

/**
 * Closes the receipt and stores it: journal, sale, accounts, stock, used grants, draft, all or nothing.
 * Resolves as saved only after the strictly durable commit. The same receipt again gives the same sale.
 * Throws StorageError where the disk refused: then nothing is stored.
 */
export function saveSale(db: TillDb, attempt: SaleAttempt): Promise<SaleOutcome> {
  const asked = recorded(saleAttempt, attempt);
  return asWriter(db, async (writer) => {
    const already = await saleWithEntry(db, asked.receipt.id);
    if (already !== null) return saved(already);
    const { till } = writer;
    const current = await currentPolicy(db);
    if (current.kind === 'policy-refused' || !isEnrolled(till)) {
      const because = current.kind === 'policy-refused' ? current.because : 'missing';
      if (current.kind === 'policy-refused') await notePolicyRefused(db, writer, current, asked);
      return { kind: 'refused', because: { kind: 'policy-refused', because } };
    }
    const { policy } = current;
    const facts = await factsOf(db, till, asked);
    const proven = await prove(asked.confirmations, till.relayKey, till.shop, facts.customer);
    if (proven.kind === 'refused') return proven;
    const closed = closeSale({
      ...facts,
      receipt: asked.receipt,
      policy,
      till: till.id,
      operator: asked.operator,
      at: asked.at,
      confirmations: proven.confirmations,
      dealHashes: await dealHashes(asked.receipt, facts.customer, policy.shop.currency),
      grantsUsed: await usedAmong(db, proven.grants),
    });
    return await store(db, writer, asked, policy.version, closed, proven.grants);
  });
}

/** Everything the disk knows that the decision needs, at one moment. */
async function factsOf(db: TillDb, till: EnrolledTill, { receipt, at }: SaleAttempt) {
  const tables = [db.customers, db.balances, db.confirmations, db.sales];
  return snapshot(db, tables, async () => {
    const id = receipt.customer;
    const [row, standing, usage, unconfirmed30d, last] = await Promise.all([
      id === null ? undefined : db.customers.get(id),
      id === null ? NOTHING_OWED : standingIn(db, id),
      usageIn(db, till.id, at, id),
      id === null ? NOTHING_UNCONFIRMED : unconfirmedIn(db, id, at),
      db.sales
        .where('[till+number]')
        .between([till.id, Dexie.minKey], [till.id, Dexie.maxKey])
        .last(),
    ]);
    const customer: Customer | null = row === undefined ? null : asCustomer(row);
    return { customer, standing, usage, unconfirmed30d, number: (last?.number ?? 0) + 1 };
  });
}

async function usedAmong(db: TillDb, grants: readonly VerifiedGrant[]): Promise<Set<string>> {
  if (grants.length === 0) return new Set();
  const rows = await snapshot(db, [db.grantsUsed], () =>
    db.grantsUsed.bulkGet(grants.map((grant) => grant.challenge)),
  );
  return new Set(rows.flatMap((row) => (row === undefined ? [] : [row.challenge])));
}

async function store(
  db: TillDb,
  writer: Writer,
  { operator, at }: SaleAttempt,
  policy: number,
  closed: ClosedSale,
  grants: readonly VerifiedGrant[],
): Promise<SaleOutcome> {
  if (closed.kind === 'refused') return closed;
  const { body } = closed;
  const tables = [...accountTables(db), db.sales, db.stock, db.grantsUsed, db.drafts];
  let sale: SaleRow | null = null;
  const entry = await writer.write(
    { act: 'sale', body, operator, at, policy },
    tables,
    (sealed) => {
      sale = rowOf(sealed, body, operator);
      const confirmed = body.confirmations.map((confirmation) => ({
        confirmation,
        customer: body.customer,
      }));
      const used = grants.map(({ challenge }) =>
        recorded(grantUsedRow, { challenge, sale: body.sale }),
      );
      // issued together: a sale costs two round trips, the second only for sums
      return Promise.all([
        db.sales.add(sale),
        moveAccounts(db, sealed, body.accounts, confirmationRows(sealed, confirmed, grants)),
        moveStock(db, body.stock),
        used.length > 0 ? db.grantsUsed.bulkAdd(used) : null,
        db.drafts.where('id').equals(body.sale).delete(),
      ]);
    },
  );
  return { kind: 'saved', sale: sale ?? rowOf(entry, body, operator), entry };
}

function rowOf(entry: Entry, body: SaleBody, operator: string): SaleRow {
  const { till, at, seq, hash } = entry;
  const { sale: id, number, customer, total, onAccount } = body;
  return recorded(saleRow, {
    id,
    till,
    number,
    at,
    operator,
    customer,
    seq,
    hash,
    total,
    onAccount,
  });
}

async function moveStock(db: TillDb, steps: SaleBody['stock']): Promise<void> {
  const held = await db.stock.bulkGet(steps.map((step) => step.product));
  await db.stock.bulkPut(
    steps.map(({ product, delta }, i) => ({ product, delta: (held[i]?.delta ?? 0) + delta })),
  );
}
