// Whether one more message may go to a number, asked before anything is paid: its country, a stop of sending, and the limits.
import type { Policy } from '$lib/contract/policy';
import { roomForMessage, type Limited, type Room } from './limits';
import { isDemoPhone } from '../providers/demo';
import { judgeBurst } from './fraud-guard';
import type { Relay } from '../relay';

export type NotAdmitted =
  | Limited
  | {
      readonly kind: 'refused';
      readonly because: 'not-configured' | 'country-not-allowed' | 'pumping';
    };

/** Admits a code to this number by this till, over whichever channel, and counts it; or says why not. */
export function admitCode(
  relay: Relay,
  message: { readonly phone: string; readonly till: string },
): Room | NotAdmitted {
  const policy = relay.policy()?.policy;
  if (policy === undefined) return { kind: 'refused', because: 'not-configured' };
  if (!mayWriteTo(relay, policy, message.phone))
    return { kind: 'refused', because: 'country-not-allowed' };
  if (judgeBurst(relay, message.till) !== null) return { kind: 'refused', because: 'pumping' };
  return roomForMessage(relay, message);
}

/** Whether the shop writes to numbers that begin so; demo numbers cost nobody anything. */
export function mayWriteTo(
  { provider }: Pick<Relay, 'provider'>,
  { allowedPrefixes }: Policy,
  phone: string,
): boolean {
  if (provider.isDemo() && isDemoPhone(phone)) return true;
  return allowedPrefixes.length === 0 || allowedPrefixes.some((prefix) => phone.startsWith(prefix));
}
