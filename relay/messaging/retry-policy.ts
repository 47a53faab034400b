// Retries of notices: over which channel, after what pause, and which refusals are final.
import type { Refusal } from '$lib/contract/challenge';
import type { Channel } from '$lib/contract/values';
import type { Chosen } from './gateway-types';

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** A retry would end the same. */
export const FINAL: ReadonlySet<Refusal> = new Set<Refusal>([
  'bad-phone',
  'recipient-blocked',
  'region-forbidden',
  'text-forbidden',
  'text-not-approved',
  'text-too-long',
  'channel-not-available',
]);

/** Pause after this many tries, ms. A fraud guard gets more time: it looks for fast retries. */
export function pauseAfter(tries: number, because: Refusal): number {
  if (because === 'fraud-guard') return LONGEST_PAUSE_MS;
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 20));
}

/** The channel over which this service carries any text, SMS if possible; null: it carries codes alone. */
export function freeChannelOf({ provider, config }: Chosen): Channel | null {
  const free = provider.capabilities(config).filter(({ text }) => text === 'free');
  return (free.find(({ channel }) => channel === 'sms') ?? free[0])?.channel ?? null;
}
