// What each act states about itself, once for till and relay. `acts.ts` is the list of all acts.
import type { Act, BodyOf, EntryOf } from '$lib/contract/journal';
import type { FlagKind } from '$lib/contract/journal-upload';
import type { AgainRules } from './decide-again';
import type { CashReason, DrawerReason } from '$lib/contract/acts/shift';
import type { Credit } from '$lib/contract/acts/customer';
import type { Action } from '$lib/contract/values';
import type { Decided, RightsForAct } from './policy/rights';
import { NO_READS, type Before, type ProjectedChange, type Reads } from './rows';

export type ActRules<A extends Act = Act> = {
  /** The rights that allow the act; one of them is enough. If all are missing, the refusal names the first. Null: it needs none. */
  readonly rights: RightsForAct;
  /** Keys of the rows that `project` reads, bounded by the entry itself. */
  readonly reads: (entry: EntryOf<A>) => Reads;
  /** The rows that an entry leaves; `project` of `acts.ts` says more. */
  readonly project: (
    entry: EntryOf<A>,
    before: Before,
    real: ReadonlySet<string>,
  ) => ProjectedChange[];
  /** `when-accepted`: it leaves no rows before the relay has accepted it, also at the till that wrote it. */
  readonly takesEffect?: 'when-accepted';
  /**
   * Money or debt may have changed hands, and the person at the till knows whether it did. If saving was interrupted, the next
   * start asks them. Other acts count without asking.
   */
  readonly asksAfterFailure?: true;
  /**
   * It may take points or raise the debt without the customer's consent, because rules alone decide it: a return takes back what
   * its sale earned, a payout returns what the shop owes, a corrected tender moves neither. The relay computes all again.
   */
  readonly givesBack?: true;
  /** The act is decided once more, from what all tills together knew. This flag says that the rules refuse it then. */
  readonly refusedInShop?: FlagKind;
  /** The customers' cards that it makes or changes. */
  readonly cards?: (body: BodyOf<A>) => readonly NamedCard[];
  /** It adds cards with opening balances, by right; a card that exists stays as it is. */
  readonly imports?: true;
  /** Whom it adds to the card or removes from it, if it is about an authorised person; nothing else on the card changes. */
  readonly person?: (body: BodyOf<A>) => NamedPerson;
  /** The cards that it forgets or merges once it is accepted. */
  readonly endsCards?: (body: BodyOf<A>) => readonly EndedCard[];
} & ConsentRules<A> &
  (ShiftActRules<A> | { readonly decide?: never; readonly forms?: never });

/** Of a small act of the shift, which states in one place what the relay asks, too. */
type ShiftActRules<A extends Act> = AgainRules<A> & {
  /**
   * Decides an act that needs nothing but the open shift, and opens one. Storage saves it by this alone, and the journal shows the
   * fields that such acts share: sum, way to pay, reason, note, agreement.
   */
  readonly decide: (input: never) => Decided<BodyOf<A>, { readonly kind: string }>;
  /** The dialogues of the shift screen that ask for it, in the order of their buttons. */
  readonly forms: readonly ActForm[];
};

/** A small dialogue of an act in the shift. */
export type ActForm = {
  /** Its icon and words are found by it; without words of its own it has those of the act. */
  readonly name: string;
  /** Fields of the input that nobody types. */
  readonly given?: object;
  readonly asksAmount?: true;
  /** It asks whether the money came in cash, by card or by transfer. */
  readonly asksTender?: true;
  /** To choose from; then a note can be written, which `needNote` names the reasons for. */
  readonly reasons: readonly (CashReason | DrawerReason)[];
  readonly needNote: readonly (CashReason | DrawerReason)[];
};

/** `consentId`: the body's field with the id under which the customer's code is requested. An owner approves an import instead. */
type ConsentRules<A extends Act> = A extends 'customers-imported'
  ? NoConsent
  : 'confirmations' extends keyof BodyOf<A>
    ? {
        readonly consentId: keyof BodyOf<A>;
        /** The action that the customer's code is for; missing: that of each confirmation. */
        readonly codeAction?: Action;
      }
    : NoConsent;

type NoConsent = { readonly consentId?: never; readonly codeAction?: never };

/** A customer's card as an entry names it: the salted hash of its content, and its credit. */
export type NamedCard = {
  readonly customer: string;
  readonly recordHash: string;
  readonly credit: Credit;
};

/** `personRecordHash`: the record of a person who is added; null: they are removed. */
type NamedPerson = { readonly person: string; readonly personRecordHash: string | null };

/** A card that ends; with a credit: one of two that are merged. `mergedInto` null: the one that stays. */
type EndedCard = {
  readonly customer: string;
  readonly merge?: { readonly credit: Credit; readonly mergedInto: string | null };
};

/** Of acts that only the journal knows, or whose rows are those of other entries. */
export const LEAVES_NO_ROWS = { reads: () => NO_READS, project: () => [] };
