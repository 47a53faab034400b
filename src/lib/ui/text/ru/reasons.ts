// Reasons for continuing without a code, in Russian.
import type { OverrideReason } from '$lib/contract/journal';

export const reasons = {
  override: {
    'no-internet': 'Нет интернета',
    'provider-failed': 'Сервис не отправил',
    'code-did-not-arrive': 'Код не пришёл',
    'phone-not-at-hand': 'Нет телефона с собой',
    other: 'Другое…',
  } satisfies Record<OverrideReason, string>,
};
