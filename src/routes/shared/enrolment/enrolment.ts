// Parses an enrolment token, and words the reasons for which the relay refuses one.
import type { EnrolmentReply } from '$lib/contract/till';
import { parseCrockford } from '$lib/domain/values/code-alphabet';
import type { Outcome } from '$lib/relay-client/exchange';
import { formatTime } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';

const TOKEN_LENGTH = 10;

/** Null: not a token. */
export function parseToken(typed: string): string | null {
  return parseCrockford(typed, TOKEN_LENGTH);
}

export type NotEnrolled = Exclude<Outcome<EnrolmentReply>, { kind: 'enrolled' }>;

export function enrolmentWords(outcome: NotEnrolled | { readonly kind: 'other-relay' }): string {
  switch (outcome.kind) {
    case 'locked':
      return t().enrol.locked(formatTime(outcome.until, language.current));
    case 'token-needed':
    case 'token-unknown':
    case 'token-spent':
    case 'token-expired':
    case 'till-differs':
    case 'other-relay':
    case 'unreachable':
      return t().enrol[outcome.kind];
    default:
      return t().errors.gate[outcome.kind];
  }
}
