// Rate-limit pauses per messaging account and recipient; in memory.
import type { Chosen } from './gateway-types';
import {
  failed,
  type ProviderError,
  type Result,
  type SendRequest,
} from '../../providers/provider';

const FIRST_MS = 60_000;
/** Longest pause if the service names none: it doubles with each refusal in a row, ms. */
const LONGEST_MS = 30 * 60_000;
const RECIPIENT_MS = 60_000;
/** Upper bound for Retry-After. Saving the settings clears all pauses. */
const MOST_STATED_MS = 15 * 60_000;
/** Upper bound if the service is only out of order, because that may end at any moment. */
const MOST_STATED_TEMPORARY_MS = 60_000;

export type Pauses = {
  /** The refusal during a pause; null: no pause. `message`: null for a question that sends nothing. */
  readonly refusal: (by: Chosen, message: SendRequest | null) => ProviderError | null;
  /** Until when no message is sent by this service, ms; null: no pause. */
  readonly until: (by: Chosen) => number | null;
  /** Takes the result of a message (`message`), or of any other question (null). */
  readonly noteResult: (by: Chosen, message: SendRequest | null, result: Result<object>) => void;
  /** Clears all pauses, for changed settings. */
  readonly clear: () => void;
};

type Pause = { readonly until: number; readonly inARow: number };

export function openPauses(now: () => number): Pauses {
  const pauses = new Map<string, Pause>();

  const running = (key: string): number | null => {
    const until = pauses.get(key)?.until ?? 0;
    return until > now() ? until : null;
  };

  function begin(key: string, pause: Pause): void {
    for (const [old, { until }] of pauses) if (until + LONGEST_MS < now()) pauses.delete(old);
    pauses.set(key, pause);
  }

  function pauseWhole(keys: readonly string[], statedMs: number | null): void {
    for (const key of keys) {
      const before = pauses.get(key) ?? { until: 0, inARow: 0 };
      // a request from before the pause does not count as one more refusal in a row
      const inARow = running(key) === null ? before.inARow + 1 : before.inARow;
      const ms = statedMs ?? Math.min(LONGEST_MS, FIRST_MS * 2 ** (inARow - 1));
      begin(key, { until: Math.max(before.until, now() + ms), inARow });
    }
  }

  return {
    refusal: (by, message) => {
      const whole = running(message === null ? questions(by) : sending(by));
      if (whole !== null) return failed('rate_limit_account', { retryAfterSec: left(whole) });
      const one = message === null ? null : running(recipient(by, message));
      return one === null ? null : failed('rate_limit_recipient', { retryAfterSec: left(one) });
    },
    until: (by) => running(sending(by)),
    noteResult: (by, message, result) => {
      // a limit on questions pauses questions alone; a limit on messages pauses both
      const keys = message === null ? [questions(by)] : [questions(by), sending(by)];
      if (result.ok) {
        // a reply to a request from before the pause does not end the pause
        for (const key of keys) if (running(key) === null) pauses.delete(key);
        return;
      }
      const { kind, retryAfterSec } = result;
      const most = kind === 'temporary' ? MOST_STATED_TEMPORARY_MS : MOST_STATED_MS;
      const statedMs = retryAfterSec === undefined ? null : Math.min(retryAfterSec * 1000, most);
      if (kind === 'rate_limit_account' || (kind === 'temporary' && statedMs !== null))
        pauseWhole(keys, statedMs);
      if (kind === 'rate_limit_recipient' && message !== null)
        begin(recipient(by, message), { until: now() + (statedMs ?? RECIPIENT_MS), inARow: 1 });
    },
    clear: () => pauses.clear(),
  };

  function left(until: number): number {
    return Math.ceil((until - now()) / 1000);
  }
}

/** By account, not by service: another key is another account. */
const account = ({ provider, config }: Chosen): string => JSON.stringify([provider.id, config]);
const sending = (by: Chosen): string => `sending ${account(by)}`;
const questions = (by: Chosen): string => `questions ${account(by)}`;
const recipient = (by: Chosen, { channel, phone }: SendRequest): string =>
  `${channel} ${phone} ${account(by)}`;
