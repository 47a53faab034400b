// Words for how a code to an operator's own phone ended.
import type { OperatorCodeReply } from '$lib/contract/till';
import { formatTime } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';

/** The text below the boxes; null: none. */
export function operatorCodeWords(reply: OperatorCodeReply): string | null {
  const words = t().secondFactor;
  switch (reply.kind) {
    case 'code-sent':
    case 'too-early':
      return null;
    case 'wrong-code':
      return t().code.wrong(reply.checksLeft);
    case 'spent':
      return words.spent[reply.because];
    case 'no-sends-left':
      return t().code.noSendsLeft;
    case 'limited':
      return words.limited(formatTime(reply.retryAt, language.current));
    case 'provider-unreachable':
      return words.notSent(words.providerUnreachable);
    case 'refused':
      return words.notSent(refusalOf(reply.because));
  }
}

/** The usual sentences are about the customer's phone; this one is the operator's. */
function refusalOf(because: Extract<OperatorCodeReply, { kind: 'refused' }>['because']): string {
  const own: Partial<Record<typeof because, string>> = t().secondFactor.ownPhone;
  return own[because] ?? t().errors.refusals[because];
}
