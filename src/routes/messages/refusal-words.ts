// Words for refusals: what is wrong with a field, and what the service itself answered.
import type { ProviderDescription, ProviderReply } from '$lib/contract/provider';
import { t } from '$lib/ui/text/current.svelte';

export type WrongField = Extract<ProviderReply, { kind: 'field-missing' | 'field-wrong' }>;

export function wordsOfWrong(reply: WrongField, description: ProviderDescription | null): string {
  const words = t().settings.messages;
  if (reply.kind === 'field-missing') return words.fieldMissing;
  if (reply.detail !== undefined) {
    const { at, because } = reply.detail;
    const problem = words.description[because];
    if (at === '') return problem;
    const [, line, letter] = /^(\d+):(\d+)$/.exec(at) ?? [];
    const place =
      line !== undefined && letter !== undefined
        ? words.descriptionLine(line, letter)
        : words.descriptionAt(at);
    return `${place} ${problem}`;
  }
  const field = description?.fields.find(({ key }) => key === reply.key);
  return words.fieldWrong[field?.kind ?? 'text'];
}

/** The service's own code and text of a refusal, for a call to its support; empty if there is neither. */
export function rawAnswer(refused: {
  readonly providerCode?: string | null | undefined;
  readonly providerText?: string | null | undefined;
}): string {
  return [refused.providerCode, refused.providerText].filter(Boolean).join(' · ');
}
