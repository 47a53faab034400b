// Saves a card: parses the form, and reports a changed number to the relay first.
import { NOTE_LENGTH, type Credit, type Reminders } from '$lib/contract/acts/customer';
import { onNewest } from '$lib/domain/acts/customers/customer-saved';
import { enteredOn, type CardEntered, type Customer } from '$lib/domain/customers/customer';
import { parseBirthday } from '$lib/domain/values/birthday';
import { businessDay } from '$lib/domain/values/business-day';
import { parseMoney } from '$lib/domain/values/money';
import type { Phone } from '$lib/domain/values/phone';
import type { CardOutcome } from '$lib/state/customers';
import { customerById } from '$lib/storage/customers/customers';
import { customers } from '$lib/state/customers';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';
import { cleanLine } from '../shared/form/typed-name';
import { typedPhone } from '../shared/form/typed-phone';

/** The input of the form. */
export type CardText = {
  readonly name: string;
  /** As typed; null: unchanged. */
  readonly phone: string | null;
  readonly credit: Credit['kind'];
  readonly limit: string;
  /** As typed; empty: none. */
  readonly birthday: string;
  readonly note: string;
  /** Id of a group; empty: none. */
  readonly group: string;
  readonly reminders: Reminders;
};

export type CardErrors = {
  readonly [field in 'name' | 'phone' | 'limit' | 'birthday' | 'note']: string | null;
};
export const NO_ERRORS: CardErrors = {
  name: null,
  phone: null,
  limit: null,
  birthday: null,
  note: null,
};

export type CardValues = Omit<CardEntered, 'id'>;

/** Parses the form, or returns which field is wrong and how. */
export async function readCard(
  text: CardText,
  held: Customer | null,
): Promise<{ kind: 'card'; card: CardValues } | { kind: 'wrong'; errors: CardErrors }> {
  const words = t().errors;
  const policy = till.policy.current;
  const name = cleanLine(text.name);
  const limit =
    text.credit === 'own-limit' && policy ? parseMoney(text.limit, policy.shop.currency) : null;
  let phone = held?.phone ?? null;
  let phoneError: string | null = null;
  if (text.phone !== null) {
    phone = null;
    if (text.phone.trim() !== '') {
      const typed = await typedPhone(text.phone);
      if (typed.kind === 'wrong') phoneError = typed.why;
      else ({ phone } = typed);
    }
  }
  const today = businessDay(till.now(), policy?.shop.timeZone ?? 'UTC');
  const typed = text.birthday.trim() === '' ? null : parseBirthday(text.birthday, today);
  const birthday = typed?.kind === 'birthday' ? typed.birthday : null;
  const note = cleanLine(text.note);
  const errors: CardErrors = {
    name: name === '' ? words.fieldEmpty : name.length > 300 ? words.nameTooLong(300) : null,
    phone: phoneError,
    limit: text.credit === 'own-limit' && limit === null ? words.amountWrong : null,
    birthday:
      typed === null || typed.kind === 'birthday' ? null : t().customers.birthdayWrong[typed.kind],
    note: note.length > NOTE_LENGTH ? t().customers.noteTooLong(NOTE_LENGTH) : null,
  };
  if (Object.values(errors).some((error) => error !== null)) return { kind: 'wrong', errors };
  const credit: Credit =
    text.credit === 'own-limit' ? { kind: 'own-limit', limit: limit ?? 0 } : { kind: text.credit };
  const { reminders } = text;
  const details = {
    birthday,
    note: note === '' ? null : note,
    group: text.group || null,
    reminders,
  };
  return { kind: 'card', card: { name, phone, credit, ...details } };
}

/** The relay's answer to a changed number. */
export type PhoneWord =
  | { readonly kind: 'changed' | 'not-registered' | 'removed' }
  /** `old`: the number that the relay uses until `until`. */
  | { readonly kind: 'waiting'; readonly until: number; readonly old: Phone };

export type Saved =
  | { readonly kind: 'saved'; readonly customer: Customer; readonly word: PhoneWord | null }
  /** Nothing was saved; `why` is a sentence. */
  | { readonly kind: 'not-saved'; readonly why: string };

/**
 * Saves what the form has changed on the card as it was opened. A field that another till has changed meanwhile is not
 * overwritten. If the number changes, asks the relay first: without its answer nothing is saved.
 */
export async function saveCard(opened: Customer | null, typed: CardValues): Promise<Saved> {
  let word: PhoneWord | null = null;
  const now = opened === null ? null : await customerById(till.db, opened.id);
  const held = now ?? opened;
  // decided again with the lock; before it so that the relay is not asked about a number in vain
  const card = opened === null || now === null ? typed : onNewest(opened, typed, enteredOn(now));
  if (card === null) return { kind: 'not-saved', why: t().errors.cardChanged };
  if (held !== null && held.phone !== null && card.phone !== held.phone) {
    if (!till.signIn.may('change-customer-phone')) {
      return { kind: 'not-saved', why: t().rights.need(t().rights.names['change-customer-phone']) };
    }
    const answer = await askRelay(held.id, held.phone, card.phone);
    if (answer.kind === 'not-saved') return answer;
    word = answer;
  }
  const outcome = await customers.save(typed, opened);
  if (outcome.kind === 'saved') return { kind: 'saved', customer: outcome.customer, word };
  return { kind: 'not-saved', why: refusalText(outcome) };
}

async function askRelay(
  customer: string,
  old: Phone,
  phone: Phone | null,
): Promise<PhoneWord | Extract<Saved, { kind: 'not-saved' }>> {
  // a removed number is not reported, so the relay keeps it
  if (phone === null) return { kind: 'removed' };
  const reply = await till.elevation.run('change-number', () =>
    till.client.changePhone(customer, phone, null),
  );
  switch (reply.kind) {
    case 'changed':
    case 'not-registered':
      return { kind: reply.kind };
    case 'waiting':
      return { kind: 'waiting', until: reply.until, old };
    case 'owner-decides':
    case 'challenge-not-verified':
    case 'challenge-differs':
    case 'unreachable':
      return { kind: 'not-saved', why: t().customers.change[reply.kind] };
    default:
      return { kind: 'not-saved', why: t().errors.gate[reply.kind] };
  }
}

function refusalText(outcome: Exclude<CardOutcome, { kind: 'saved' }>): string {
  const words = t().errors;
  if (outcome.kind === 'not-saved') return words.storage[outcome.because];
  const { because } = outcome;
  if (because.kind === 'customer-forgotten') return words.customerForgotten;
  if (because.kind === 'changed-meanwhile') return words.cardChanged;
  if (because.kind === 'no-right') return t().rights.need(t().rights.names[because.right]);
  return `${words.policyRefused} (${words.policyBecause[because.because]})`;
}
