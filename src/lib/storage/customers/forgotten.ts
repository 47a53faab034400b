// Forgets a customer on their request: decides by what this till knows, and hides the card.
// The card is erased a day after the relay, which knows more, has accepted it (`remote/forgotten-customers.ts`).
import {
  BY_RIGHT_MS,
  decideForgotten,
  lastWithoutCode,
  MOST_BY_RIGHT,
  type ForgottenInput,
  type ForgottenRefusal,
} from '$lib/domain/acts/customers/customer-forgotten';
import type { ForgetConsent } from '$lib/domain/consent/forgetting';
import type { PublicKey } from '$lib/contract/values';
import { forgetHash, phoneHash } from '$lib/proof/deal';
import { verifyForgetApproval, verifyGrant } from '$lib/proof/grant';
import type { TillDb } from '$lib/storage/database/db';
import { confirmationsOf } from '$lib/storage/journal/reader';
import { saveNow, UNCHANGED, type Actor } from '$lib/storage/policy/save-act';
import { currentPolicy, type PolicyRefused } from '$lib/storage/policy/policies';
import type { Change } from '$lib/storage/schema/change';
import { accountCardsIn } from '$lib/storage/remote/merged-cards';
import {
  areForgotten,
  delayedIn,
  forgottenByRightIn,
} from '$lib/storage/remote/forgotten-customers';
import { customersIn, heldCardsIn } from '$lib/storage/remote/remote-cards';
import { windowsEndIn } from '$lib/storage/database/meta';
import { standingIn } from './accounts';
import { disputeOf } from './disputes';

/** Who agreed, as the screen has it: a code of the customer or an owner's approval, each signed by the relay, or nobody. */
export type GivenForgetConsent =
  { readonly kind: 'code' | 'owner'; readonly jws: string } | { readonly kind: 'by-right' };

export type ForgetAttempt = Actor & { readonly customer: string };

export type ForgetOutcome =
  | { readonly kind: 'forgotten' }
  | { readonly kind: 'refused'; readonly because: PolicyRefused | ForgottenRefusal };

/**
 * What forgetting would do, or the reason for a refusal, regardless of who agrees. `lapsed`: points; `leftByRight`: how many
 * customers may be forgotten today without anybody's code. Changes nothing.
 */
export async function whatForgetting(
  db: TillDb,
  attempt: ForgetAttempt,
): Promise<
  | { readonly kind: 'allowed'; readonly lapsed: number; readonly leftByRight: number }
  | Extract<ForgetOutcome, { kind: 'refused' }>
> {
  const current = await currentPolicy(db);
  if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
  const { policy } = current;
  const known = await knownOf(db, attempt);
  const asked = { till: '', consent: { kind: 'by-right' } as const, byRightToday: 0 };
  const decided = decideForgotten({ policy, ...attempt, ...known, ...asked });
  if (decided.kind === 'refused') return decided;
  const leftByRight = Math.max(0, MOST_BY_RIGHT - known.byRightToday);
  return { kind: 'allowed', lapsed: decided.body.lapsed, leftByRight };
}

/** A card that is erased at `until`, ms. `name` null: it is not here. */
export type CardToErase = {
  readonly customer: string;
  readonly name: string | null;
  readonly until: number;
};

/** The cards that will be erased unless an owner stops it, the next one first. Throws StorageError. */
export async function cardsToErase(db: TillDb): Promise<readonly CardToErase[]> {
  const rows = await delayedIn(db);
  const cards = await heldCardsIn(
    db,
    rows.map(({ customer }) => customer),
  );
  return rows.map(({ customer, until }, place) => ({
    customer,
    until: until ?? 0,
    name: cards[place]?.name ?? null,
  }));
}

/** Forgets a customer. Writes nothing if they are forgotten already. Throws StorageError: nothing is stored. */
export async function forgetCustomer(
  db: TillDb,
  attempt: ForgetAttempt & { readonly consent: GivenForgetConsent },
): Promise<ForgetOutcome> {
  const { customer, consent: given } = attempt;
  const outcome = await saveNow(db, 'customer-forgotten', attempt, async (who) => {
    const [isForgotten] = await areForgotten(db, [customer]);
    if (isForgotten === true) return UNCHANGED;
    const consent = await verified(db, customer, given, who.till.relayKey);
    const decided = decideForgotten({
      ...who,
      customer,
      consent,
      till: who.till.id,
      ...(await knownOf(db, { ...attempt, at: who.at })),
    });
    if (decided.kind === 'refused') return decided;
    const byRightAt = consent.kind === 'by-right' ? who.at : null;
    const attached: readonly Change[] = [
      {
        table: 'forgotten',
        op: 'put',
        rows: [{ customer, state: 'asked', byRightAt, until: null }],
      },
    ];
    return { ...decided, attached };
  });
  return outcome.kind === 'refused' ? outcome : { kind: 'forgotten' };
}

/** The consent with what the relay signed of it; a code counts only if it went to the number of the card. */
async function verified(
  db: TillDb,
  customer: string,
  given: GivenForgetConsent,
  relayKey: PublicKey,
): Promise<ForgetConsent> {
  if (given.kind === 'by-right') return given;
  const { jws } = given;
  if (given.kind === 'owner')
    return { kind: 'owner', jws, approval: await verifyForgetApproval(jws, relayKey) };
  const grant = await verifyGrant(jws, relayKey);
  const [card] = await customersIn(db, [customer]);
  const phone = card?.phone ?? null;
  if (card === undefined || phone === null || grant === null)
    return { kind: 'code', jws, grant: null, dealHash: null };
  const { cardSalt } = card;
  const isTheirs = grant.phoneHash === (await phoneHash(cardSalt, phone));
  const dealHash = await forgetHash({ customerId: customer, cardSalt, phone });
  return { kind: 'code', jws, grant: isTheirs ? grant : null, dealHash };
}

type Known = Omit<ForgottenInput, 'policy' | 'operator' | 'till' | 'customer' | 'consent' | 'at'>;

async function knownOf(db: TillDb, { customer, at }: ForgetAttempt): Promise<Known> {
  const cards = await accountCardsIn(db, customer);
  const windowsEnd = await windowsEndIn(db, at);
  const [standing, dispute, byRightToday, unsent, confirming, ...given] = await Promise.all([
    standingIn(db, customer),
    disputeOf(db, customer),
    forgottenByRightIn(db, windowsEnd - BY_RIGHT_MS),
    db.notices.filter((row) => cards.includes(row.customer) && row.state === 'waiting').first(),
    db.drafts
      .filter(
        ({ receipt, checkout }) =>
          cards.includes(receipt.customer ?? '') && checkout.kind === 'confirming',
      )
      .first(),
    ...cards.map((card) => confirmationsOf(db, card, -1)),
  ]);
  return {
    merged: cards.filter((card) => card !== customer).sort(),
    standing,
    disputed: dispute !== null,
    hasUnsent: unsent !== undefined,
    isConfirming: confirming !== undefined,
    withoutCodeAt: lastWithoutCode(given.flat()),
    byRightToday,
    // the card is hidden from the first use of a proof on, and the relay accepts each once
    proofsUsed: new Set(),
  };
}
