// Customers' cards: reads, saves and imports them; the journal holds only their salted hashes.
import { MOST_IMPORTED } from '$lib/contract/acts/customer';
import {
  decideCustomerSaved,
  isSameCard,
  onNewest,
} from '$lib/domain/acts/customers/customer-saved';
import { decideImport, type ImportMessages } from '$lib/domain/acts/customers/customers-imported';
import { isSameBirthday } from '$lib/domain/values/birthday';
import type { CustomerFacts } from '$lib/domain/receipt/discount-rules';
import {
  enteredOn,
  type CardEntered,
  type Customer,
  type Standing,
} from '$lib/domain/customers/customer';
import type { OwnPersons } from '$lib/domain/shop-cards';
import { DEMO_IDS } from '$lib/domain/demo/demo-id';
import { money } from '$lib/domain/values/money';
import type { NoRight } from '$lib/domain/policy/rights';
import { sha256Hex } from '$lib/proof/canonical';
import { makeCardSalt, makeSalt, sealCard } from '$lib/proof/record';
import { sumsIn } from './accounts';
import { keysOf } from '$lib/storage/schema/customer-keys';
import { inBoth, type TillDb } from '$lib/storage/database/db';
import { areForgotten } from '$lib/storage/remote/forgotten-customers';
import { hasPackedBeside } from '$lib/storage/remote/packed-cards';
import {
  customersIn,
  NO_PERSONS,
  ownPersonsOf,
  showRenewed,
} from '$lib/storage/remote/remote-cards';
import type { PolicyRefused } from '$lib/storage/policy/policies';
import {
  customerAsked,
  customerRow,
  recorded,
  type CustomerAsked,
  type CustomerRow,
} from '$lib/storage/schema/records';
import type { Change } from '$lib/storage/schema/change';
import { saveNow, UNCHANGED, type Actor } from '$lib/storage/policy/save-act';

/** The customer without the fields that only the index needs. */
export function asCustomer(row: CustomerRow): Customer {
  const { phoneSince, birthdaySince, cardSalt, salt, savedAt } = row;
  const persons = row.persons.map(({ id, name, phone }) => ({ id, name, phone }));
  return { ...enteredOn(row), phoneSince, birthdaySince, persons, cardSalt, salt, savedAt };
}

export async function customerById(db: TillDb, id: string): Promise<Customer | null> {
  const [row] = await customersIn(db, [id]);
  return row === undefined ? null : asCustomer(row);
}

export async function customersByIds(db: TillDb, ids: readonly string[]): Promise<Customer[]> {
  const rows = await customersIn(db, ids);
  return rows.flatMap((row) => (row === undefined ? [] : [asCustomer(row)]));
}

/** What automatic discounts need to know of a customer, over all tills. Null: there is no such card. Awaits Dexie only. */
export async function customerFacts(db: TillDb, id: string): Promise<CustomerFacts | null> {
  const [[card], sum] = await Promise.all([customersIn(db, [id]), sumsIn(db, [id])]);
  if (card === undefined) return null;
  const { group, birthday, birthdaySince } = card;
  return { group, birthday, birthdaySince, purchases: sum(id, 'purchases') };
}

/** Debt and points of each of these customers, in the given order. */
export async function standings(db: TillDb, customers: readonly string[]): Promise<Standing[]> {
  const sum = await sumsIn(db, customers);
  return customers.map((id) => ({ owed: money(sum(id, 'debt')), points: sum(id, 'points') }));
}

/** Whether any customer other than the demo's has a card. */
export async function hasRealCustomers(db: TillDb): Promise<boolean> {
  const others = await Promise.all([
    inBoth(db, 'customers', (table) => table.where('id').below(DEMO_IDS).limit(1).primaryKeys()),
    inBoth(db, 'customers', (table) =>
      table.where('id').above(`${DEMO_IDS}\uffff`).limit(1).primaryKeys(),
    ),
  ]);
  return others.flat().length > 0 || hasPackedBeside(db, DEMO_IDS);
}

/** The customer was forgotten, so their card is not saved again. */
export type WasForgotten = { readonly kind: 'customer-forgotten' };

export type CustomerOutcome =
  | { readonly kind: 'saved'; readonly customer: Customer }
  | { readonly kind: 'refused'; readonly because: PolicyRefused | NoRight | WasForgotten };

const WAS_FORGOTTEN = { kind: 'refused', because: { kind: 'customer-forgotten' } } as const;

/** Another till has changed a field of the card that this till wants to change, too. */
export type ChangedMeanwhile = {
  readonly kind: 'refused';
  readonly because: { readonly kind: 'changed-meanwhile' };
};
const CHANGED_MEANWHILE: ChangedMeanwhile = {
  kind: 'refused',
  because: { kind: 'changed-meanwhile' },
};

/** A card with a new salt and its hash. `kept`: the fields that nobody types in. */
async function sealed(
  asked: CustomerAsked,
  kept: Pick<Customer, 'phoneSince' | 'birthdaySince' | 'cardSalt' | 'savedAt'> & OwnPersons,
) {
  const fields = { ...asked, ...kept, salt: makeSalt() };
  const row = recorded(customerRow, { ...fields, ...keysOf(asked.name, asked.phone) });
  return { row: row as CustomerRow, recordHash: await sealCard(fields) };
}

/** The time since which the customer has this number, ms. Changing other fields does not change it. */
function phoneSinceOf(
  held: CustomerRow | undefined,
  { phone }: CustomerAsked,
  at: number,
): number | null {
  if (phone === null) return null;
  return held?.phone === phone ? held.phoneSince : at;
}

/** The time since which this birthday is known, ms. Changing other fields does not change it. */
function birthdaySinceOf(
  held: CustomerRow | undefined,
  { birthday }: CustomerAsked,
  at: number,
): number | null {
  if (birthday === null) return null;
  return held !== undefined && isSameBirthday(held.birthday, birthday) ? held.birthdaySince : at;
}

type CardAttempt = Actor & { readonly customer: CustomerAsked };

/** Creates a card, or replaces all that is entered on it. Writes nothing if the card is unchanged. */
export function saveCustomer(db: TillDb, attempt: CardAttempt): Promise<CustomerOutcome> {
  return write<never>(db, attempt, (asked) => asked);
}

/**
 * Saves the fields in which the form's card differs from `opened`, the card when the form was opened. Refused if another till
 * has changed one of these fields since, even if its edit arrives while this act waits for the writer's lock.
 */
export async function changeCustomer(
  db: TillDb,
  { opened, ...attempt }: CardAttempt & { readonly opened: CardEntered },
): Promise<CustomerOutcome | ChangedMeanwhile> {
  return await write<ChangedMeanwhile>(db, attempt, (typed, held) => {
    if (held === undefined) return typed;
    const card = onNewest(opened, typed, enteredOn(held));
    return card === null ? CHANGED_MEANWHILE : { ...card, id: typed.id };
  });
}

/** `askedOn`: what the card is to be, given the newest card that this till has; or why it is not saved. */
async function write<Refused extends ChangedMeanwhile>(
  db: TillDb,
  attempt: CardAttempt,
  askedOn: (typed: CustomerAsked, held: CustomerRow | undefined) => CustomerAsked | Refused,
): Promise<CustomerOutcome | Refused> {
  const { at } = attempt;
  const typed = recorded(customerAsked, attempt.customer);
  let saved: CustomerRow | null = null;
  const outcome = await saveNow(db, 'customer-saved', attempt, async (who) => {
    const [[held], own, [isForgotten]] = await Promise.all([
      customersIn(db, [typed.id]),
      db.customers.get(typed.id),
      areForgotten(db, [typed.id]),
    ]);
    if (isForgotten === true) return WAS_FORGOTTEN;
    const asked = askedOn(typed, held);
    if ('because' in asked) return asked;
    if (held !== undefined && isSameCard(held, asked)) {
      saved = held;
      return UNCHANGED;
    }
    const { row, recordHash } = await sealed(asked, {
      phoneSince: phoneSinceOf(held, asked, at),
      birthdaySince: birthdaySinceOf(held, asked, at),
      ...ownPersonsOf(own),
      cardSalt: held?.cardSalt ?? makeCardSalt(),
      savedAt: at,
    });
    saved = row;
    const decided = decideCustomerSaved({ ...who, held: held ?? null, asked, recordHash });
    if (decided.kind === 'refused') return decided;
    const attached: readonly Change[] = [{ table: 'customers', op: 'put', rows: [row] }];
    return { ...decided, attached, afterwards: () => showOwn(db, row.id) };
  });
  if (outcome.kind === 'refused') return outcome;
  if (saved === null) throw new Error('a card without a row');
  return { kind: 'saved', customer: asCustomer(saved) };
}

/**
 * Shows this device's card, which is newer than another till's edit of it. A failure is ignored, because the card is already
 * stored. The caller holds the writer's lock.
 */
export async function showOwn(db: TillDb, customer: string): Promise<void> {
  const renewed = showRenewed(db, customer);
  await renewed.catch(() => undefined);
}

/** A customer from demo data or a file, with debt (minor units) and points. */
export type ImportedCustomer = CustomerAsked & { readonly owed: number; readonly points: number };

export type ImportOutcome =
  | { readonly kind: 'saved'; readonly added: number; readonly known: number }
  | { readonly kind: 'refused'; readonly because: PolicyRefused | NoRight };

type Import = Actor & {
  readonly source: 'demo' | 'file';
  readonly customers: readonly ImportedCustomer[];
};

/**
 * Adds customers with opening balances, `MOST_IMPORTED` in each act. Existing and forgotten ids are skipped with their
 * balances, so it is idempotent. Acts saved before a refusal stay.
 */
export async function importCustomers(
  db: TillDb,
  attempt: Import & {
    /** The relay's approvals, one for the exact balances of each `MOST_IMPORTED` customers, in order; empty: none required. */
    readonly approvals: readonly string[];
  },
  messages: ImportMessages = 'now',
): Promise<ImportOutcome> {
  let [added, known] = [0, 0];
  for (let from = 0; from < attempt.customers.length; from += MOST_IMPORTED) {
    const customers = attempt.customers.slice(from, from + MOST_IMPORTED);
    const approval = attempt.approvals[from / MOST_IMPORTED] ?? null;
    const part = await importPart(db, { ...attempt, customers, approval, messages });
    if (part.kind === 'refused') return part;
    added += part.added;
    known += part.known;
  }
  return { kind: 'saved', added, known };
}

async function importPart(
  db: TillDb,
  attempt: Import & { readonly approval: string | null; readonly messages: ImportMessages },
): Promise<ImportOutcome> {
  const { source, approval, messages, at } = attempt;
  const outcome = await saveNow(db, 'customers-imported', attempt, async (who) => {
    const ids = attempt.customers.map((customer) => customer.id);
    const [held, forgotten] = await Promise.all([customersIn(db, ids), areForgotten(db, ids)]);
    const fresh = attempt.customers.filter(
      (_, i) => held[i] === undefined && forgotten[i] !== true,
    );
    if (fresh.length === 0) return UNCHANGED;
    const cards = await Promise.all(
      fresh.map(async ({ owed, points, ...asked }) => {
        const { id } = asked;
        const card = await sealed(recorded(customerAsked, asked), {
          phoneSince: null,
          birthdaySince: birthdaySinceOf(undefined, asked, at),
          ...NO_PERSONS,
          // every till of the shop must create identical demo cards
          cardSalt: source === 'demo' ? await sha256Hex(id) : makeCardSalt(),
          savedAt: at,
        });
        return { ...card, owed, points };
      }),
    );
    const decided = decideImport({
      ...who,
      source,
      approval,
      messages,
      cards: cards.map(({ row: { id: customer, credit }, recordHash, owed, points }) => ({
        customer,
        recordHash,
        credit,
        owed,
        points,
      })),
    });
    if (decided.kind === 'refused') return decided;
    const rows = cards.map(({ row }) => row);
    const attached: readonly Change[] = [{ table: 'customers', op: 'add', rows }];
    return { ...decided, attached };
  });
  if (outcome.kind === 'refused') return outcome;
  const added = outcome.kind === 'saved' ? outcome.entry.body.customers.length : 0;
  return { kind: 'saved', added, known: attempt.customers.length - added };
}
