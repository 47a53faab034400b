// An import of customers: decides opening balances, each with its confirmation, and projects them.
import type { ActRules } from '$lib/domain/act-rules';
import type { AgainRules } from '$lib/domain/decide-again';
import type { OpeningSums } from '$lib/contract/grant';
import type { AccountEntry } from '$lib/contract/acts/account';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { Before, ProjectedChange, Reads } from '$lib/domain/rows';
import { accountChanges, accountReads, NO_TERMS } from '$lib/domain/customers/account-rows';
import { refusedRight, type Decided, type Deciding } from '$lib/domain/policy/rights';

type Body = BodyOf<'customers-imported'>;

/** A card to import, with its debt (minor units) and points. */
export type OpeningCard = Body['customers'][number] & {
  readonly owed: number;
  readonly points: number;
};

/** When debtors read of their imported debt: in a message of its own, or with the first code sent to them. */
export type ImportMessages = 'now' | 'first-code';

export function decideImport(
  input: Deciding &
    Pick<Body, 'source' | 'approval'> & {
      readonly cards: readonly OpeningCard[];
      readonly messages: ImportMessages;
    },
): Decided<Body> {
  const noRight = refusedRight(importRules, input);
  if (noRight !== null) return { kind: 'refused', because: noRight };
  const { source, approval, cards, messages } = input;
  const fromFile = messages === 'now' ? 'import' : 'import-untold';
  const because = source === 'demo' ? 'demo' : fromFile;
  const body: Body = {
    source,
    customers: cards.map(({ customer, recordHash, credit }) => ({ customer, recordHash, credit })),
    accounts: openingSteps(cards),
    confirmations: cards.flatMap(({ owed }) =>
      owed > 0 ? [{ kind: 'none', action: 'sell-on-account', amount: owed, because }] : [],
    ),
    approval,
  };
  return { kind: 'decided', body };
}

/** The account steps of an import: the debts first, in the order of their confirmations, then the points. */
export function openingSteps(
  cards: readonly Pick<OpeningCard, 'customer' | 'owed' | 'points'>[],
): AccountEntry[] {
  const debts = cards.map(
    ({ customer, owed }) => ({ customer, account: 'debt', delta: owed }) as const,
  );
  const points = cards.map(
    ({ customer, points }) => ({ customer, account: 'points', delta: points }) as const,
  );
  return [...debts, ...points].filter((step) => step.delta !== 0);
}

const readsOfImport = ({ hash, body }: EntryOf<'customers-imported'>): Reads =>
  accountReads(hash, body.accounts, []);

function projectImport(entry: EntryOf<'customers-imported'>, before: Before): ProjectedChange[] {
  const { accounts: steps, confirmations } = entry.body;
  // debts are in the order of their confirmations; a sum paid in advance has no confirmation
  const debts = steps.filter(({ account, delta }) => account === 'debt' && delta > 0);
  const confirmed = confirmations.map((confirmation, place) => ({
    confirmation,
    customer: debts[place]?.customer ?? null,
  }));
  return accountChanges(
    entry,
    { steps, settles: [], earned: [], terms: NO_TERMS, confirmed, real: new Set() },
    before,
  );
}

/** Which messages an import states: `first-code` if it left them out. */
export const messagesOfImport = ({ confirmations }: Pick<Body, 'confirmations'>): ImportMessages =>
  confirmations.some(({ because }) => because === 'import-untold') ? 'first-code' : 'now';

/** The sums of an import's account steps: an owner approves them, and the relay's message to owners states them. */
export function openingSums(accounts: readonly AccountEntry[]): OpeningSums {
  const sum = (part: (step: AccountEntry) => number): number =>
    accounts.reduce((total, step) => total + part(step), 0);
  return {
    customers: new Set(accounts.map(({ customer }) => customer)).size,
    debt: sum(({ account, delta }) => (account === 'debt' ? Math.max(0, delta) : 0)),
    prepaid: sum(({ account, delta }) => (account === 'debt' ? Math.max(0, -delta) : 0)),
    points: sum(({ account, delta }) => (account === 'points' ? Math.abs(delta) : 0)),
  };
}

/** The cards of an import with the balances that it states for them. */
function cardsOf({ customers, accounts }: Body): OpeningCard[] {
  const sums = new Map<string, number>();
  for (const { customer, account, delta } of accounts) {
    const key = `${account} ${customer}`;
    sums.set(key, (sums.get(key) ?? 0) + delta);
  }
  const sum = (account: AccountEntry['account'], customer: string) =>
    sums.get(`${account} ${customer}`) ?? 0;
  return customers.map((card) => ({
    ...card,
    owed: sum('debt', card.customer),
    points: sum('points', card.customer),
  }));
}

export const importRules = {
  rights: ['manage-customers', 'data'],
  reads: readsOfImport,
  project: projectImport,
  cards: ({ customers }) => customers,
  imports: true,
} as const satisfies ActRules<'customers-imported'>;

export const importAgain = {
  purpose: (body) =>
    body !== null && messagesOfImport(body) === 'first-code' ? 'import-untold' : 'import',
  again: ({ body }, known) =>
    decideImport({
      ...known,
      ...body,
      cards: cardsOf(body),
      messages: messagesOfImport(body),
    }),
} as const satisfies AgainRules<'customers-imported'>;
