// What the author of an entry knew of the customer whose consent its act needs. Pure.
import type { Confirmation } from '$lib/contract/acts/account';
import type { Credit } from '$lib/contract/acts/customer';
import type { Policy } from '$lib/contract/policy';
import type { SaleAction } from '$lib/contract/values';
import type { ProvenConfirmation } from '$lib/domain/consent/confirmation';
import { usageOf } from '$lib/domain/consent/override';
import type { CheckedReserveCode } from '$lib/domain/consent/reserve-code';
import { unconfirmedOf, type Unconfirmed } from '$lib/domain/customers/account';
import { NO_SEALED_DETAILS, type Customer, type Standing } from '$lib/domain/customers/customer';
import type { ConsentKnown } from '$lib/domain/decide-again';
import { money } from '$lib/domain/values/money';
import type { Phone } from '$lib/domain/values/phone';
import type { ActRow, ProofKind } from '../store/journal-acts';
import type { Movement } from './consents';
import type { Original } from './entry-reading';

/** What the till's own chain held before the act. */
export type Held = {
  /**
   * Whether the relay has every entry that the author knew. It may lack some, for example those of the till's former id; then
   * balance and credit are taken as sufficient.
   */
  readonly isWhole: boolean;
  readonly credit: Credit;
  /** The cards of the customer's account, as far as it knew of merges. */
  readonly cards: readonly string[];
  /** Whether it recorded an open dispute of the customer. */
  readonly disputed: boolean;
  readonly standing: Standing;
  /** The operator's own number if the card has it; otherwise null. */
  readonly ownPhone: Phone | null;
  /** Overrides of the device under all of its names, without those of this act. */
  readonly overrides: readonly ActRow[];
  readonly ofCustomer: readonly ActRow[];
  /** Challenges whose grants another entry has used. */
  readonly grantsUsed: ReadonlySet<string>;
};

/** `customer`: whose consent the act needs. */
export function consentKnown(
  { at, movements }: Original,
  customer: string,
  policy: Policy,
  held: Held,
): ConsentKnown {
  const { disputed, grantsUsed, overrides } = held;
  const { credit, standing } = held.isWhole ? held : inFavour(held, movements);
  const card = cardOf(customer, credit, held.ownPhone);
  const dealHashes = dealHashesOf(movements);
  return {
    customer: { ...card, persons: personsIn(movements) },
    standing,
    disputed,
    grantsUsed,
    dealHashes,
    dealHash: Object.values(dealHashes)[0] ?? null,
    confirmations: movements.flatMap(provenOf),
    // over the customer's own cards: the audit counts other cards with the same number
    usage: usageOf(
      overrides.map((act) => ({ ...act, amount: money(act.amount) })),
      at,
      new Set(held.cards),
    ),
    unconfirmed30d: unconfirmedAt(at, movements, policy, held),
  };
}

/** The authorised persons whose codes the movements carry. The relay sends codes only to persons on the card. */
const personsIn = (movements: readonly Movement[]): Customer['persons'] =>
  movements.flatMap(({ grant }) =>
    grant === null || grant.person === null ? [] : [{ id: grant.person, name: '', phone: '' }],
  );

/** Assumes enough credit and points, for a till whose earlier journal is missing. A card's `no-credit` still applies. */
function inFavour(
  { credit, standing }: Held,
  movements: readonly Movement[],
): Pick<Held, 'credit' | 'standing'> {
  const redeemed = movements.filter(({ action }) => action === 'redeem-points');
  const points = redeemed.reduce((sum, { moved }) => sum + moved, 0);
  return {
    credit: credit.kind === 'no-credit' ? credit : { kind: 'unlimited' },
    standing: { ...standing, points: Math.max(standing.points, points) },
  };
}

/** A till that doubts its clock counts a longer window, so it may require an override that the entry's date alone does not. */
function unconfirmedAt(
  at: number,
  movements: readonly Movement[],
  policy: Policy,
  { ofCustomer }: Pick<Held, 'ofCustomer'>,
): Unconfirmed {
  const acts = ofCustomer.map(({ proof, action, amount, at }) => ({
    at,
    confirmation: { kind: SAID[proof], action, amount },
  }));
  const unconfirmed = { ...unconfirmedOf(acts, at) };
  for (const { action, confirmation } of movements)
    if (confirmation?.kind === 'override')
      unconfirmed[action] = money(policy.methods[action].threshold);
  return unconfirmed;
}

/** The confirmation kind that the till counts for each kind of proof. */
export const SAID = {
  code: 'code',
  'reserve-code': 'reserve-code',
  former: 'code',
  override: 'override',
  'not-required': 'not-required',
  none: 'none',
  nothing: 'none',
  'by-right': 'by-right',
} as const satisfies Record<ProofKind, Confirmation['kind']>;

/** Deal hashes of the entry's grants, without grants for another deal than the entry states. */
function dealHashesOf(movements: readonly Movement[]): Partial<Record<SaleAction, string>> {
  const hashes: Partial<Record<SaleAction, string>> = {};
  for (const { action, grant, sameDeal } of movements)
    if (grant !== null && sameDeal !== false) hashes[action] = grant.dealHash;
  return hashes;
}

/** A card with a placeholder phone: the relay cannot check that the customer has one, so it believes the till. */
export const cardOf = (id: string, credit: Credit, ownPhone: Phone | null): Customer => ({
  id,
  name: '',
  phone: ownPhone ?? ('+70000000000' as Phone),
  phoneSince: null,
  ...NO_SEALED_DETAILS,
  persons: [],
  credit,
  cardSalt: '',
  salt: '',
  savedAt: 0,
});

function provenOf({ confirmation, grant, verifier }: Movement): ProvenConfirmation[] {
  switch (confirmation?.kind) {
    case 'code': {
      const { action, grant: jws } = confirmation;
      return grant === null ? [] : [{ kind: 'code', action, jws, grant }];
    }
    case 'reserve-code': {
      const { kind, action, code, signed } = confirmation;
      // the audit compares the code itself with the relay's own
      return verifier === null
        ? []
        : [{ kind, action, code, signed, verifier: verifier as CheckedReserveCode }];
    }
    case 'override': {
      const { kind, action, askedBy, by, because, note, connectivity } = confirmation;
      return [{ kind, action, askedBy, by, because, note, connectivity }];
    }
    default:
      return [];
  }
}
