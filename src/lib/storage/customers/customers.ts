// Customers' cards: reads, saves and imports them; the journal holds only their salted hashes.
import type { AccountEntry, BodyOf, Confirmation } from '$lib/contract/journal';
import type { Right } from '$lib/contract/policy';
import type { Customer, Standing } from '$lib/domain/customer';
import { DEMO_IDS } from '$lib/domain/demo/demo-id';
import { money } from '$lib/domain/money';
import { may, type VerifiedPolicy } from '$lib/domain/policy';
import { canonical, sha256Hex } from '$lib/proof/canonical';
import { makeCardSalt, makeSalt, sealRecord } from '$lib/proof/record';
import { sumsIn } from './accounts';
import { keysOf } from './customer-keys';
import type { TillDb } from '$lib/storage/database/db';
import {
  allowed,
  currentPolicy,
  type NoRight,
  type PolicyRefused,
} from '$lib/storage/policy/policies';
import {
  customerAsked,
  customerRow,
  recorded,
  type CustomerAsked,
  type CustomerRow,
} from '$lib/storage/schema/records';
import { asWriter } from '$lib/storage/journal/writer';

/** The customer without the fields that only the index needs. */
export function asCustomer(row: CustomerRow): Customer {
  const { id, name, phone, phoneSince, credit, cardSalt, salt, savedAt } = row;
  return { id, name, phone, phoneSince, credit, cardSalt, salt, savedAt };
}

export async function customerById(db: TillDb, id: string): Promise<Customer | null> {
  const row = await db.customers.get(id);
  return row === undefined ? null : asCustomer(row);
}

export async function customersByIds(db: TillDb, ids: readonly string[]): Promise<Customer[]> {
  const rows = await db.customers.bulkGet([...ids]);
  return rows.flatMap((row) => (row === undefined ? [] : [asCustomer(row)]));
}

/** Debt and points of each of these customers, in the given order. */
export async function standings(db: TillDb, customers: readonly string[]): Promise<Standing[]> {
  const sum = await sumsIn(db, customers);
  return customers.map((id) => ({ owed: money(sum(id, 'debt')), points: sum(id, 'points') }));
}

/** Whether any customer other than the demo's has a card here. */
export async function hasRealCustomers(db: TillDb): Promise<boolean> {
  const ids = db.customers.where('id');
  const others = await Promise.all([
    ids.below(DEMO_IDS).limit(1).count(),
    ids.above(`${DEMO_IDS}\uffff`).limit(1).count(),
  ]);
  return others.some((count) => count > 0);
}

export type CustomerOutcome =
  | { readonly kind: 'saved'; readonly customer: Customer }
  | { readonly kind: 'refused'; readonly because: PolicyRefused | NoRight };

function sameCard(held: CustomerRow, asked: CustomerAsked): boolean {
  const { name, phone, credit } = held;
  const now = { name: asked.name, phone: asked.phone, credit: asked.credit };
  return canonical({ name, phone, credit }) === canonical(now);
}

/** The right a change needs. `sell` is enough for a new customer without an own limit, and for a first phone. */
function rightFor(held: CustomerRow | undefined, asked: CustomerAsked): Right {
  const isPlain = asked.credit.kind === 'shop-limit' || asked.credit.kind === 'no-credit';
  if (held === undefined) return isPlain ? 'sell' : 'manage-customers';
  if (held.phone !== null && held.phone !== asked.phone) return 'change-customer-phone';
  const sameRest = sameCard({ ...held, phone: asked.phone }, asked);
  return sameRest ? 'sell' : 'manage-customers';
}

function mayChange(
  policy: VerifiedPolicy,
  operator: string,
  held: CustomerRow | undefined,
  asked: CustomerAsked,
): NoRight | null {
  const right = rightFor(held, asked);
  if (!may(policy, operator, right)) return { kind: 'no-right', right };
  // changing both number and name needs both rights
  const rest = held === undefined ? asked : { ...asked, phone: held.phone };
  const other = rightFor(held, rest);
  return may(policy, operator, other) ? null : { kind: 'no-right', right: other };
}

async function sealed(
  asked: CustomerAsked,
  kept: Pick<Customer, 'phoneSince' | 'cardSalt' | 'savedAt'>,
) {
  const salt = makeSalt();
  const { name, phone } = asked;
  const fields = { ...asked, ...kept, salt };
  const row = recorded(customerRow, { ...fields, ...keysOf(name, phone) });
  return { row: row as CustomerRow, recordHash: await sealRecord(salt, { name, phone }) };
}

/** A new number starts a new age; the same number keeps its age when other fields change. */
function phoneSinceOf(
  held: CustomerRow | undefined,
  { phone }: CustomerAsked,
  at: number,
): number | null {
  if (phone === null) return null;
  return held?.phone === phone ? held.phoneSince : at;
}

/** Creates or changes a card. Writes nothing if the card is unchanged. */
export async function saveCustomer(
  db: TillDb,
  attempt: { customer: CustomerAsked; operator: string; at: number },
): Promise<CustomerOutcome> {
  const { operator, at } = attempt;
  const asked = recorded(customerAsked, attempt.customer);
  return await asWriter(db, async (writer) => {
    const held = await db.customers.get(asked.id);
    if (held !== undefined && sameCard(held, asked)) {
      return { kind: 'saved', customer: asCustomer(held) };
    }
    const current = await currentPolicy(db);
    if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
    const noRight = mayChange(current.policy, operator, held, asked);
    if (noRight !== null) return { kind: 'refused', because: noRight };
    const { row, recordHash } = await sealed(asked, {
      phoneSince: phoneSinceOf(held, asked, at),
      cardSalt: held?.cardSalt ?? makeCardSalt(),
      savedAt: at,
    });
    const body = { customer: asked.id, recordHash, credit: asked.credit };
    const policy = current.policy.version;
    await writer.write({ act: 'customer-saved', body, operator, at, policy }, [
      { table: 'customers', op: 'put', rows: [row] },
    ]);
    return { kind: 'saved', customer: asCustomer(row) };
  });
}

/** A customer from demo data or a file, with debt (minor units) and points. */
export type ImportedCustomer = CustomerAsked & { readonly owed: number; readonly points: number };

export type ImportOutcome =
  | { readonly kind: 'saved'; readonly added: number; readonly known: number }
  | { readonly kind: 'refused'; readonly because: PolicyRefused | NoRight };

/** Adds customers with opening balances. Skips existing ids with their balances, so it can be repeated. */
export function importCustomers(
  db: TillDb,
  attempt: {
    source: 'demo' | 'file';
    customers: readonly ImportedCustomer[];
    /** The relay's, of exactly these balances; null: it asks for none. */
    approval: string | null;
    operator: string;
    at: number;
  },
): Promise<ImportOutcome> {
  const { source, approval, operator, at } = attempt;
  return asWriter(db, async (writer) => {
    const current = await allowed(db, operator, ['manage-customers', 'data']);
    if (current.kind !== 'policy') return { kind: 'refused', because: current };
    const ids = attempt.customers.map((customer) => customer.id);
    const held = await db.customers.bulkGet(ids);
    const fresh = attempt.customers.filter((_, i) => held[i] === undefined);
    const known = attempt.customers.length - fresh.length;
    if (fresh.length === 0) return { kind: 'saved', added: 0, known };
    const cards = await Promise.all(
      fresh.map(async ({ id, name, phone, credit }) =>
        sealed(recorded(customerAsked, { id, name, phone, credit }), {
          phoneSince: null,
          // the demo's cards are the same ones at every till of the shop
          cardSalt: source === 'demo' ? await sha256Hex(id) : makeCardSalt(),
          savedAt: at,
        }),
      ),
    );
    const debts = fresh.filter(({ owed }) => owed > 0);
    const accounts = openingSteps(fresh);
    const confirmations: Confirmation[] = debts.map(({ owed }) => ({
      kind: 'none',
      action: 'sell-on-account',
      amount: owed,
      because: source === 'demo' ? 'demo' : 'import',
    }));
    const body: BodyOf<'customers-imported'> = {
      source,
      customers: cards.map(({ row, recordHash }) => ({
        customer: row.id,
        recordHash,
        credit: row.credit,
      })),
      accounts,
      confirmations,
      approval,
    };
    const policy = current.policy.version;
    await writer.write({ act: 'customers-imported', body, operator, at, policy }, [
      { table: 'customers', op: 'add', rows: cards.map(({ row }) => row) },
    ]);
    return { kind: 'saved', added: fresh.length, known };
  });
}

/** Debts first, in the order of their confirmations. */
function openingSteps(customers: readonly ImportedCustomer[]): AccountEntry[] {
  const steps = [
    ...customers.map(({ id, owed }) => ({ customer: id, account: 'debt' as const, delta: owed })),
    ...customers.map(({ id, points }) => ({
      customer: id,
      account: 'points' as const,
      delta: points,
    })),
  ];
  return steps.filter((step) => step.delta !== 0);
}
