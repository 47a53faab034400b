// Forgets a customer on their request: decides by what this till knows, and hides the card.
// The card is erased once the relay, which knows more, has accepted the act (`remote/forgotten-customers.ts`).
import {
  decideForgotten,
  lastWithoutCode,
  type ForgottenInput,
  type ForgottenRefusal,
} from '$lib/domain/acts/customer-forgotten';
import type { TillDb } from '$lib/storage/database/db';
import { NOTHING_READ, saveAct, UNCHANGED, type Actor } from '$lib/storage/policy/save-act';
import { currentPolicy, type PolicyRefused } from '$lib/storage/policy/policies';
import type { Change } from '$lib/storage/schema/change';
import { accountCardsIn } from '$lib/storage/remote/merged-cards';
import { areForgotten } from '$lib/storage/remote/forgotten-customers';
import { standingIn } from './accounts';
import { disputeIn } from './disputes';

export type ForgetAttempt = Actor & { readonly customer: string };

export type ForgetOutcome =
  | { readonly kind: 'forgotten' }
  | { readonly kind: 'refused'; readonly because: PolicyRefused | ForgottenRefusal };

/** What forgetting would do: the points that lapse, or the reason for a refusal. Changes nothing. */
export async function whatForgetting(
  db: TillDb,
  attempt: ForgetAttempt,
): Promise<
  | { readonly kind: 'allowed'; readonly lapsed: number }
  | Extract<ForgetOutcome, { kind: 'refused' }>
> {
  const current = await currentPolicy(db);
  if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
  const { policy } = current;
  const decided = decideForgotten({ policy, ...attempt, ...(await knownOf(db, attempt)) });
  return decided.kind === 'refused' ? decided : { kind: 'allowed', lapsed: decided.body.lapsed };
}

/** Forgets a customer. Writes nothing if they are forgotten already. Throws StorageError: nothing is stored. */
export async function forgetCustomer(db: TillDb, attempt: ForgetAttempt): Promise<ForgetOutcome> {
  const { customer } = attempt;
  const by = { ...attempt, id: null };
  const outcome = await saveAct(db, 'customer-forgotten', by, NOTHING_READ, async (who) => {
    const [isForgotten] = await areForgotten(db, [customer]);
    if (isForgotten === true) return UNCHANGED;
    const decided = decideForgotten({ ...who, customer, ...(await knownOf(db, attempt)) });
    if (decided.kind === 'refused') return decided;
    const attached: readonly Change[] = [
      { table: 'forgotten', op: 'put', rows: [{ customer, state: 'asked' }] },
    ];
    return { ...decided, attached };
  });
  return outcome.kind === 'refused' ? outcome : { kind: 'forgotten' };
}

type Known = Pick<
  ForgottenInput,
  'merged' | 'standing' | 'disputed' | 'hasUnsent' | 'isConfirming' | 'withoutCodeAt'
>;

async function knownOf(db: TillDb, { customer }: ForgetAttempt): Promise<Known> {
  const cards = await accountCardsIn(db, customer);
  const [standing, dispute, unsent, confirming, ...given] = await Promise.all([
    standingIn(db, customer),
    disputeIn(db, customer),
    db.notices.filter((row) => cards.includes(row.customer) && row.state === 'waiting').first(),
    db.drafts
      .filter(
        ({ receipt, checkout }) =>
          cards.includes(receipt.customer ?? '') && checkout.kind === 'confirming',
      )
      .first(),
    ...[db.confirmations, db.remoteConfirmations].flatMap((table) =>
      cards.map((card) =>
        table.where('[customer+at]').between([card, 0], [card, Infinity]).toArray(),
      ),
    ),
  ]);
  return {
    merged: cards.filter((card) => card !== customer).sort(),
    standing,
    disputed: dispute !== undefined,
    hasUnsent: unsent !== undefined,
    isConfirming: confirming !== undefined,
    withoutCodeAt: lastWithoutCode(given.flat()),
  };
}
