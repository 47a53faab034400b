// An authorised person taken off a customer's card: needs no code. It leaves no rows.
import { LEAVES_NO_ROWS, type ActRules } from '$lib/domain/act-rules';
import type { AgainRules } from '$lib/domain/decide-again';
import type { BodyOf } from '$lib/contract/journal';
import { refusedRight, type Decided, type Deciding } from '$lib/domain/policy/rights';

/** `recordHash`: salted hash of the card, which does not change. */
export function decidePersonRemoved(
  input: Deciding & BodyOf<'authorised-person-removed'>,
): Decided<BodyOf<'authorised-person-removed'>> {
  const { customer, credit, recordHash, person } = input;
  const noRight = refusedRight(personRemovedRules, input);
  return noRight === null
    ? { kind: 'decided', body: { customer, credit, recordHash, person } }
    : { kind: 'refused', because: noRight };
}

export const personRemovedRules = {
  rights: ['manage-customers'],
  ...LEAVES_NO_ROWS,
  cards: (body) => [body],
  person: ({ person }) => ({ person, personRecordHash: null }),
} as const satisfies ActRules<'authorised-person-removed'>;

export const personRemovedAgain = {
  again: ({ body }, known) => decidePersonRemoved({ ...known, ...body }),
} as const satisfies AgainRules<'authorised-person-removed'>;
