// Reasons for continuing without a code, in English.
import type { OverrideReason } from '$lib/contract/journal';
import type { reasons as ru } from '$lib/ui/text/ru/reasons';

export const reasons = {
  override: {
    'no-internet': 'No internet',
    'provider-failed': 'Service failed',
    'code-did-not-arrive': 'Code did not arrive',
    'phone-not-at-hand': 'Phone not at hand',
    other: 'Other…',
  } satisfies Record<OverrideReason, string>,
} satisfies typeof ru;
