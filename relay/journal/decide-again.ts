// Decides an entry again by the till's own rules: from what its author knew, and all tills knew.
import type { FlagKind } from '$lib/contract/journal-upload';
import type { Policy } from '$lib/contract/policy';
import { rulesOf } from '$lib/domain/acts';
import { asksOf, decideAgain } from '$lib/domain/acts-again';
import type { AuthorKnew, Redecided, SaleKnown } from '$lib/domain/decide-again';
import { operatorOf, type VerifiedPolicy } from '$lib/domain/policy/policy';
import { money } from '$lib/domain/values/money';
import type { Phone } from '$lib/domain/values/phone';
import type { Relay } from '../context';
import { hasOwnNumber } from '../customers/own-number';
import { lookedUp, type View } from './author-knew';
import { consentKnown, type Held } from './consent-known';
import type { Original } from './entry-reading';
import { forgettingOf } from './forgetting';
import { mergeKnown } from './merges';
import { personKnown } from './persons';
import { importKnown } from './undone-imports';

export type DecidedAgain = {
  /** What is wrong with the act by what its author knew; null: nothing, or it cannot be known here. */
  readonly wrong: Redecided | null;
  /** Why the rules refuse the act by what all tills knew; null: they do not, or it is not decided by that. */
  readonly refusedInShop: { readonly kind: FlagKind; readonly detail: string } | null;
  /** Debt that the customer took on since the repayment that is cancelled, minor units; 0 for other acts. */
  readonly owedSince: number;
  readonly sale: SaleKnown['kind'];
  /** Whether the relay has every entry about the asked sale, repayment or debts that the author had. */
  readonly isGivingBackKnown: boolean;
  /** Whether a new authorised person is refused without a flag: the relay lost the code, or another entry came first. */
  readonly isNobodyAdded: boolean;
};

/** What the relay has read of the author's view before. */
type Read = Omit<Held, 'ownPhone'> &
  Pick<AuthorKnew, 'earnedToday'> & {
    readonly view: View;
    /** What corrections in customers' favour moved in the 24 hours before, minor units. */
    readonly movedByRight: number;
    /** Whether the author knew a number to which the customer's code could be sent. */
    readonly isAskable: boolean;
  };

const UNDECIDED: DecidedAgain = {
  wrong: null,
  refusedInShop: null,
  owedSince: 0,
  sale: 'not-asked',
  isGivingBackKnown: false,
  isNobodyAdded: false,
};

/** `policy`: of the version that the entry names, or the newest; null: there is none yet. */
export async function decidedAgain(
  relay: Relay,
  original: Original,
  policy: Policy | null,
  { view, isAskable, ...read }: Read,
): Promise<DecidedAgain> {
  const { known: entry, till, at: datedAt } = original;
  if (entry === null) return UNDECIDED;
  const asks = asksOf(entry);
  const operator = entry.operator ?? '';
  let isOwnNumber = false;
  for (const customer of asks.serves ?? [])
    isOwnNumber ||= await hasOwnNumber(relay, operator, { customer }, policy, view);
  const own = isOwnNumber && policy !== null ? operatorOf(policy, operator) : null;
  const ownPhone = (own?.phone ?? null) as Phone | null;
  const looked = await lookedUp(relay.db, entry, asks, view);
  const merging = await mergeKnown(relay, original, { ...view, ownPhone });
  const adding = await personKnown(relay, original, { ...view, ownPhone });
  const undoing = await importKnown(relay, entry, view);
  const forgetting = await forgettingOf(relay, original, view, view.countedAt);
  const { sale, repayment, debts } = looked;
  const found = {
    owedSince: repayment.kind === 'found' ? repayment.owedSince : 0,
    sale: sale.kind,
    isGivingBackKnown:
      (sale.kind === 'found' ? sale.isWhole : sale.kind === 'not-asked') &&
      (repayment.kind === 'found' ? repayment.debts !== null : repayment.kind === 'not-asked') &&
      (asks.needsDownload !== true || debts !== null),
    isNobodyAdded: adding.isNobodyAdded,
  };
  if (policy === null) return { ...UNDECIDED, ...found };
  const { consentOf } = asks;
  const again = (by: AuthorKnew['view']): Redecided | null => {
    const side = by === 'author' ? 'here' : 'inShop';
    // what the author knew of many customers is unknown while the relay lacks a part of the device's journal
    const isKnown = by === 'shop' || view.isWhole;
    return decideAgain(entry, {
      ...looked,
      view: by,
      policy: policy as VerifiedPolicy,
      operator,
      till,
      at: entry.at,
      datedAt,
      card: { phone: ownPhone, persons: [] },
      consent:
        consentOf === undefined || !isAskable
          ? null
          : consentKnown(original, consentOf ?? '', policy, { ...read, ownPhone }),
      earnedToday: read.earnedToday,
      movedByRight: money(read.movedByRight),
      merging: merging[side],
      adding: adding.here,
      forgetting: isKnown ? forgetting[side] : null,
      undoing: isKnown ? undoing[side] : null,
    });
  };
  const kind = rulesOf(entry.act)?.refusedInShop;
  const detail = kind === undefined ? null : (again('shop')?.detail ?? null);
  return {
    ...found,
    wrong: again('author'),
    refusedInShop: kind === undefined || detail === null ? null : { kind, detail },
  };
}
