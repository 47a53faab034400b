// Words for what is wrong with a field of the settings.
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
