// Reads the consents that an entry states: its movements, and what the relay signed for each.
import type { AccountEntry, Confirmation } from '$lib/contract/acts/account';
import type { AuthorisedPerson, Reminders } from '$lib/contract/acts/customer';
import { actBodies, type Act, type BodyOf, type KnownEntry } from '$lib/contract/journal';
import type { ImportApproval, ImportPurpose, OpeningSums } from '$lib/contract/grant';
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import type { PublicKey, SaleAction } from '$lib/contract/values';
import { rulesOf } from '$lib/domain/acts';
import { againRulesOf } from '$lib/domain/acts-again';
import type { ForgetConsent } from '$lib/domain/consent/forgetting';
import { openingSums } from '$lib/domain/acts/customers/customers-imported';
import type { VerifiedGrant } from '$lib/domain/consent/confirmation';
import { forgetHash, hashOfAsked, mergeHash, personHash, phoneHash } from '$lib/proof/deal';
import {
  accountsHash,
  verifyForgetApproval,
  verifyGrant,
  verifyImportApproval,
} from '$lib/proof/grant';
import { checkReserveCode, openVerifier } from '$lib/proof/reserve-code';
import type { ReserveHash } from '$lib/proof/reserve-hash';
import type { Understood } from '../context';

/** One movement that needs the customer's consent, as the entry states it. */
export type Movement = {
  readonly customer: string;
  readonly action: SaleAction;
  /** Minor units of debt, or points. */
  readonly moved: number;
  /** The confirmation at the same place among those of its action; null: none that can be read. */
  readonly confirmation: Confirmation | null;
  /** The grant it carries, where the relay signed it. */
  readonly grant: VerifiedGrant | null;
  /** The reserve code's verifier, where the relay signed it. */
  readonly verifier: ReserveVerifier | null;
  /** Whether the code is the verifier's. Only where the relay has no record of the code: it takes a slow hash. */
  readonly isItsCode: boolean;
  /** The number whose hash is in the grant; null: no known one. */
  readonly confirmedNumber: NumberOfCard | null;
  /** Whether the grant's deal hash is that of the entry; null where the number is no longer known. */
  readonly sameDeal: boolean | null;
};

/** The consent of one of two customers whose cards an entry merges. */
export type MergeConsent = {
  readonly customer: string;
  readonly jws: string;
  /** Null unless the relay signed it for this challenge and sent the code to one of the customer's numbers. */
  readonly grant: VerifiedGrant | null;
  /** Hash of what they were asked, computed again; null: their number is not known. */
  readonly dealHash: string | null;
};

/** Both consents of a merge of cards. */
export type MergeConsents = { readonly from: MergeConsent; readonly into: MergeConsent };

/** A customer's consent to a new authorised person. */
export type PersonConsent = {
  readonly customer: string;
  /** Name and number as tills will show them; null: the relay lacks the record that the entry names, or it is of another person. */
  readonly person: AuthorisedPerson | null;
  readonly jws: string;
  /** Null unless the relay signed it for this challenge. */
  readonly grant: VerifiedGrant | null;
  /** The customer's number to which the code was sent; null: not known. */
  readonly phone: string | null;
  /** Hash of what they were asked, computed again; null: not known. */
  readonly dealHash: string | null;
};

/** The balances that an import sets, or that undoing it takes back, as an owner approves them. */
export type Opening = {
  readonly purpose: ImportPurpose;
  /** Hash of the account steps. */
  readonly accounts: string;
  readonly sums: OpeningSums;
  /** The approval it carries, where the relay signed it. */
  readonly approval: ImportApproval | null;
};

/** What reading an entry needs to know of the shop. */
export type Known = {
  readonly understood: Understood;
  readonly relayKey: PublicKey;
  readonly reserveHash: ReserveHash;
  /** Every number that may be this customer's, in plain, each with the secret of their card. */
  readonly numbers: (customer: string) => Promise<readonly NumberOfCard[]>;
  /** Whether the relay has a record of this reserve code, in any state. */
  readonly isCodeKnown: (of: {
    readonly customer: string;
    readonly code: string;
  }) => Promise<boolean>;
  /** The authorised person of this hash, from this upload or an earlier one; null: the relay lacks them. */
  readonly person: (hash: string) => Promise<AuthorisedPerson | null>;
  /** The choice about reminders on the card of this hash; null: the relay lacks the card. */
  readonly reminders: (hash: string) => Promise<Reminders | null>;
};

/** A customer's number, E.164, and the secret of their card, hex. */
type NumberOfCard = { readonly phone: string; readonly cardSalt: string };

/** The customer's consent to an authorised person, with what they were asked. */
export async function authorisingOf(
  body: BodyOf<'authorised-person-added'>,
  known: Known,
): Promise<PersonConsent> {
  const { customer, challenge, grant: jws } = body;
  const signed = await verifyGrant(jws, known.relayKey);
  const grant = signed?.challenge === challenge ? signed : null;
  const number = grant === null ? null : await numberIn(grant, known);
  const named = await known.person(body.personRecordHash);
  const person = named?.id === body.person ? named : null;
  const consent = { customer, person, jws, grant, phone: number?.phone ?? null };
  if (number === null || person === null) return { ...consent, dealHash: null };
  return { ...consent, dealHash: await personHash({ customerId: customer, ...number, person }) };
}

/** The consents of both customers to a merge, with what they were asked. */
export async function mergingOf(
  { merge, from, into }: BodyOf<'customers-merged'>,
  known: Known,
): Promise<MergeConsents> {
  const consentOf = async ({
    customer,
    challenge,
    grant: jws,
  }: typeof from): Promise<MergeConsent> => {
    const grant = await verifyGrant(jws, known.relayKey);
    const number = grant?.challenge === challenge ? await numberIn(grant, known) : null;
    if (grant === null || number === null) return { customer, jws, grant: null, dealHash: null };
    const deal = { merge, customerId: customer, from: from.customer, into: into.customer };
    return { customer, jws, grant, dealHash: await mergeHash({ ...deal, ...number }) };
  };
  return { from: await consentOf(from), into: await consentOf(into) };
}

/** Who agreed that a customer is forgotten, with what the relay signed. */
export async function forgetConsentOf(
  { consent }: BodyOf<'customer-forgotten'>,
  known: Known,
): Promise<ForgetConsent> {
  switch (consent.kind) {
    case 'by-right':
      return consent;
    case 'owner': {
      const { kind, approval: jws } = consent;
      return { kind, jws, approval: await verifyForgetApproval(jws, known.relayKey) };
    }
    case 'code': {
      const { kind, challenge, grant: jws } = consent;
      const signed = await verifyGrant(jws, known.relayKey);
      const grant = signed?.challenge === challenge ? signed : null;
      const number = grant === null ? null : await numberIn(grant, known);
      if (grant === null || number === null) return { kind, jws, grant, dealHash: null };
      const { customer: customerId } = grant;
      return { kind, jws, grant, dealHash: await forgetHash({ customerId, ...number }) };
    }
  }
}

/** The movements of a return that need the customer's consent: one for each confirmation that it states. */
export const returnedIn = (fitting: KnownEntry | null): Bare[] => {
  if (fitting?.act !== 'return' || fitting.body.customer === null) return [];
  const { customer, confirmations } = fitting.body;
  return confirmations.map((confirmation) => ({
    customer,
    action: 'sell-on-account',
    moved: confirmation.amount,
    confirmation,
  }));
};

/** Whether the act gives back by rules alone, without the customer's consent. */
export const isGivingBack = (act: string): boolean => rulesOf(act)?.givesBack === true;

/** Whether a step follows from rules: every step of acts that give back, and the points of a cancelled repayment. */
export const isByRules = (fitting: KnownEntry | null, { account }: AccountEntry): boolean =>
  fitting !== null &&
  (isGivingBack(fitting.act) || (fitting.act === 'repayment-cancelled' && account === 'points'));

/** Whether a step takes from the customer: debt up, points down. */
export const needsConsent = ({ account, delta }: AccountEntry): boolean =>
  account === 'debt' ? delta > 0 : delta < 0;

/** The balances that this act sets or takes back, with the owner's approval; null: another act, or no balances. */
export async function openingOf(
  act: string,
  steps: readonly AccountEntry[],
  fitting: KnownEntry | null,
  { relayKey }: Known,
): Promise<Opening | null> {
  const purpose = againRulesOf(act).purpose?.(fitting?.body ?? null);
  if (steps.length === 0 || purpose === undefined) return null;
  const approval = fitting !== null && 'approval' in fitting.body ? fitting.body.approval : null;
  const moved =
    purpose === 'undo-import' ? steps.map((step) => ({ ...step, delta: -step.delta })) : steps;
  return {
    purpose,
    accounts: await accountsHash(steps),
    sums: openingSums(moved),
    approval: typeof approval === 'string' ? await verifyImportApproval(approval, relayKey) : null,
  };
}

/** An act as it was uploaded. */
type Readable = { readonly act: string; readonly body: unknown };

type Bare = Omit<Movement, 'grant' | 'verifier' | 'isItsCode' | 'confirmedNumber' | 'sameDeal'>;

/** Joins movements of one action with their confirmations, which are in the same order. */
export function pair(
  action: SaleAction,
  steps: readonly AccountEntry[],
  given: readonly (Confirmation | null)[],
): Bare[] {
  const moving = steps.filter(({ account, delta }) =>
    action === 'sell-on-account'
      ? account === 'debt' && delta > 0
      : account === 'points' && delta < 0,
  );
  const ofAction = given.filter((each) => each === null || each.action === action);
  return moving.map(({ customer, delta }, i) => ({
    customer,
    action,
    moved: Math.abs(delta),
    confirmation: ofAction[i] ?? null,
  }));
}

/** The movement with its proofs: what the relay signed of its confirmation. */
export async function withGrant(movement: Bare, entry: Readable, known: Known): Promise<Movement> {
  const { confirmation } = movement;
  const grant =
    confirmation?.kind === 'code' ? await verifyGrant(confirmation.grant, known.relayKey) : null;
  const confirmedNumber = grant && (await numberIn(grant, known));
  const sameDeal = grant && (await isSameDeal(grant, entry, confirmedNumber));
  const verifier =
    confirmation?.kind === 'reserve-code'
      ? await openVerifier(confirmation.signed, known.relayKey)
      : null;
  const isItsCode =
    confirmation?.kind === 'reserve-code' &&
    verifier !== null &&
    !(await known.isCodeKnown({ customer: movement.customer, code: confirmation.code })) &&
    (await checkReserveCode(
      confirmation.code,
      confirmation.signed,
      known.relayKey,
      known.reserveHash,
    )) !== null;
  return { ...movement, grant, verifier, isItsCode, confirmedNumber, sameDeal };
}

/** The number that the grant was sent to; null: it is not known. */
async function numberIn(
  { customer, phoneHash: confirmed }: VerifiedGrant,
  { numbers }: Known,
): Promise<NumberOfCard | null> {
  for (const one of await numbers(customer))
    if ((await phoneHash(one.cardSalt, one.phone)) === confirmed) return one;
  return null;
}

/** Hashes the deal from the entry again, with the number that the grant was sent to. */
async function isSameDeal(
  grant: VerifiedGrant,
  { act, body }: Readable,
  number: NumberOfCard | null,
): Promise<boolean | null> {
  const { deal } = againRulesOf(act);
  const read = deal && actBodies[act as Act].safeParse(body);
  if (deal === undefined || read?.success !== true) return false;
  if (number === null) return null;
  const { action, customer: customerId } = grant;
  const hash = await hashOfAsked(action, { customerId, ...number }, deal(read.data, grant));
  return hash === grant.dealHash;
}
