// Saving a sale, past every screen: nothing the caller says is believed. Policy, grants, sums and caps are verified here, then all of it is stored in one transaction or none is.
import type { Entry, SaleBody } from '$lib/contract/journal';
import type { SaleAction } from '$lib/contract/values';
import { NOTHING_OWED, NOTHING_UNCONFIRMED } from '$lib/domain/account';
import type { SaveRefusal } from '$lib/domain/checkout-state';
import type { GivenConfirmation, ProvenConfirmation } from '$lib/domain/confirmation';
import type { Customer } from '$lib/domain/customer';
import { dealsOf } from '$lib/domain/deal';
import { invariant } from '$lib/domain/invariant';
import type { VerifiedPolicy } from '$lib/domain/policy';
import type { Receipt } from '$lib/domain/receipt';
import { closeSale } from '$lib/domain/sale';
import { dealHash, phoneHash } from '$lib/proof/deal';
import { verifyGrant } from '$lib/proof/grant';
import { Dexie } from 'dexie';
import { balancesBefore, standing, writeProofs, writeSteps } from './accounts';
import { customerById } from './customers';
import type { TillDb } from './db';
import { currentPolicy, notePolicyRefused } from './policies';
import {
  recorded,
  saleAttempt,
  saleRow,
  stockRow,
  type SaleAttempt,
  type SaleRow,
} from './records';
import { saleById } from './sales';
import { atDisk } from './storage-error';
import { isEnrolled } from './till-record';
import { unconfirmed, usage } from './usage';
import { asWriter, type Writer } from './writer';

export type SaleOutcome =
  | { readonly kind: 'saved'; readonly sale: SaleRow; readonly entry: Entry }
  | { readonly kind: 'refused'; readonly because: SaveRefusal };

/**
 * Stores the sale of a receipt; resolves only when it is on the disk. A receipt sold before gives back its sale.
 * `at`: ms, corrected by the relay's clock. Throws StorageError where nothing was stored.
 */
export function saveSale(
  db: TillDb,
  attempt: {
    readonly receipt: Receipt;
    readonly operator: string;
    readonly at: number;
    readonly confirmations: readonly GivenConfirmation[];
  },
): Promise<SaleOutcome> {
  const asked = recorded(saleAttempt, attempt);
  return asWriter(db, async (writer): Promise<SaleOutcome> => {
    const { operator, at } = asked;
    const stored = await saleById(db, asked.receipt.id);
    if (stored !== null) return { kind: 'saved', sale: stored.sale, entry: stored.entry };
    const current = await currentPolicy(db);
    if (current.kind === 'policy-refused') {
      await notePolicyRefused(db, writer, current, { operator, at });
      return { kind: 'refused', because: current };
    }
    const { policy } = current;
    const known = await factsOf(db, writer, asked);
    const proven = await prove(writer, policy, asked, known.customer);
    if (proven.kind === 'refused') return proven;
    const closed = closeSale({
      ...known,
      policy,
      operator,
      at,
      receipt: asked.receipt,
      till: writer.till.tillId,
      confirmations: proven.confirmations,
      dealHashes: proven.dealHashes,
    });
    if (closed.kind === 'refused') return closed;
    return store(db, writer, asked, policy, closed.body, proven.confirmations);
  });
}

/** Everything the disk knows that the decision needs. */
async function factsOf(db: TillDb, writer: Writer, { receipt, at }: SaleAttempt) {
  const id = receipt.customer;
  const [customer, held, used, open, number, grants] = await Promise.all([
    id === null ? null : customerById(db, id),
    id === null ? NOTHING_OWED : standing(db, id),
    usage(db, at, id),
    id === null ? NOTHING_UNCONFIRMED : unconfirmed(db, id, at),
    nextNumber(db, writer.till.tillId),
    atDisk(() => db.grantsUsed.toCollection().primaryKeys()),
  ]);
  return {
    customer,
    standing: held,
    usage: used,
    unconfirmed30d: open,
    number,
    grantsUsed: new Set(grants),
  };
}

/** The till's next number: gapless, because only a stored sale takes one. */
async function nextNumber(db: TillDb, till: string): Promise<number> {
  const last = await atDisk(() =>
    db.sales.where('[till+number]').between([till, Dexie.minKey], [till, Dexie.maxKey]).last(),
  );
  return (last?.number ?? 0) + 1;
}

type Proven = {
  readonly kind: 'proven';
  readonly confirmations: ProvenConfirmation[];
  readonly dealHashes: Partial<Record<SaleAction, string>>;
};

/** Verifies every grant by the pinned key and hashes the deals anew. A grant for another number is for another deal. */
async function prove(
  writer: Writer,
  policy: VerifiedPolicy,
  { receipt, confirmations }: SaleAttempt,
  customer: Customer | null,
): Promise<Proven | Extract<SaleOutcome, { kind: 'refused' }>> {
  invariant(isEnrolled(writer.till), 'a policy is verified only on an enrolled till');
  const { shop } = policy;
  const phone = customer?.phone ?? null;
  const hash = phone === null ? null : await phoneHash(shop.id, phone);
  const proven: ProvenConfirmation[] = [];
  for (const given of confirmations) {
    if (given.kind === 'override') {
      proven.push(given);
      continue;
    }
    const { action } = given;
    const grant = await verifyGrant(given.jws, writer.till.relayKey);
    if (grant === null) return { kind: 'refused', because: { kind: 'grant-forged', action } };
    if (grant.phoneHash !== hash) {
      return { kind: 'refused', because: { kind: 'grant-not-for-this-deal', action } };
    }
    proven.push({ ...given, grant });
  }
  const dealHashes: Partial<Record<SaleAction, string>> = {};
  const deals = customer === null ? {} : dealsOf(receipt, customer, shop.currency);
  for (const deal of Object.values(deals)) dealHashes[deal.action] = await dealHash(deal);
  return { kind: 'proven', confirmations: proven, dealHashes };
}

/** The one transaction: journal, sale, account steps, balances, stock, used grants, proofs; the draft goes. */
async function store(
  db: TillDb,
  writer: Writer,
  { operator, at }: SaleAttempt,
  policy: VerifiedPolicy,
  body: SaleBody,
  proven: readonly ProvenConfirmation[],
): Promise<SaleOutcome> {
  const [balances, stock] = await Promise.all([
    balancesBefore(db, body.accounts),
    atDisk(() => db.stock.bulkGet(body.stock.map((step) => step.product))),
  ]);
  const stockAfter = body.stock.map(({ product, delta }, i) =>
    recorded(stockRow, { product, delta: (stock[i]?.delta ?? 0) + delta }),
  );
  const demo = new Set(
    proven.flatMap((each) => (each.kind === 'code' && each.grant.demo ? [each.action] : [])),
  );
  const proofs = body.confirmations.map((confirmation) => ({
    confirmation,
    customer: body.customer,
    demo: demo.has(confirmation.action),
  }));
  const grants = body.confirmations.flatMap((each) =>
    each.kind === 'code' ? [{ challenge: each.challenge, sale: body.sale }] : [],
  );
  const entry = await writer.write(
    { act: 'sale', body, operator, at, policy: policy.version },
    [
      ...[db.sales, db.accountEntries, db.balances, db.stock],
      ...[db.grantsUsed, db.confirmations, db.drafts],
    ],
    (sealed) =>
      Promise.all([
        db.sales.add(saleOf(sealed, body)),
        writeSteps(db, sealed, body.accounts, balances),
        db.stock.bulkPut(stockAfter),
        db.grantsUsed.bulkAdd(grants),
        writeProofs(db, sealed, proofs),
        db.drafts.delete(body.sale),
      ]),
  );
  return { kind: 'saved', sale: saleOf(entry, body), entry };
}

function saleOf({ till, seq, hash, at, operator }: Entry, body: SaleBody): SaleRow {
  const { sale: id, number, customer, total, onAccount } = body;
  return recorded(saleRow, {
    ...{ id, till, number, at, operator, customer, seq, hash, total, onAccount },
  });
}
