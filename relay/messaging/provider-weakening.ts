// In what other messaging settings guard the customer's consent less: codes go another way, or no longer say what they confirm.
import type { Loosening } from '$lib/contract/owner-notice';
import { fieldsOf, isAddress } from './provider-draft';
import type { Chosen } from './gateway-types';
import { DEMO } from '../providers/demo';

/** Empty where nothing is loosened; whatever follows the demo is better than the demo. */
export function providerWeakenings(before: Chosen, after: Chosen): readonly Loosening[] {
  if (before.provider.id === DEMO) return [];
  return [...ofService(before, after), ...ofTexts(before, after)];
}

function ofService(before: Chosen, after: Chosen): readonly Loosening[] {
  const { id, name } = after.provider;
  if (before.provider.id !== id) return [{ kind: 'provider', what: 'service', name }];
  const changed = fieldsOf(after.provider).filter(
    ({ key }) => (before.config[key] ?? '') !== (after.config[key] ?? ''),
  );
  if (changed.length === 0) return [];
  const what = changed.some(isAddress) ? 'address' : 'account';
  return [{ kind: 'provider', what, name }];
}

/** A text that named shop and sum and no longer does. */
function ofTexts(before: Chosen, after: Chosen): readonly Loosening[] {
  return (['sell-on-account', 'redeem-points'] as const).flatMap((action) => {
    const [was, is] = [before.texts?.[action], after.texts?.[action]];
    if (was === undefined || is === undefined) return [];
    const lost = ['{amount}', '{shop}'].some((name) => was.includes(name) && !is.includes(name));
    return lost ? [{ kind: 'text', action } as const] : [];
  });
}
