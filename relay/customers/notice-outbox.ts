// Sends the queued notices in rounds: each number at most once, within the notices' own limits.
import type { Outbox, Relay } from '../context';
import { mayWriteTo } from '../messaging/admission';
import type { Sent } from '../messaging/gateway-types';
import { MAYBE_SENT } from '../messaging/refusals';
import { FINAL, freeChannelOf, pauseAfter } from '../messaging/retry-policy';
import {
  dueNumber,
  giveNumbers,
  leftSince,
  moveNumber,
  nowReachable,
  settleInterruptedNumbers,
  sweepNotices,
  type DueNumber,
  type NumberRow,
} from '../store/notices';
import { sweepPhoneChanges } from '../store/phone-changes';
import { queueAccountNotices } from './account-notices';
import { customersNumbers } from './notices';

const ROUND_MS = 5_000;
const DAY_MS = 24 * 3_600_000;
/** How long a notice waits for a working service, or for a number. */
const GIVE_UP_MS = 30 * DAY_MS;
/** The notices' own limits: codes do not use them up, and a stolen till cannot make the shop pay for more. */
const PER_PHONE_DAY = 10;
const PER_SHOP_DAY = 500;
/**
 * The share of imports and of numbers that only a till named, which a till can invent by the hundred: at their most they
 * leave room for notices of real acts on the same day.
 */
const RANKED_PER_TILL_DAY = 100;
const RANKED_PER_SHOP_DAY = 200;
/** Messages in one round; the next one begins within seconds. */
const PER_ROUND = 50;
const BUDGET_PAUSE_MS = 3_600_000;

type Parts = Pick<Relay, 'db' | 'now' | 'seal' | 'log' | 'provider' | 'policy'>;

/** Opens the queue; nothing is sent before `start`, `wake` or `round`. */
export function openNotices(parts: Parts): Outbox {
  const { db, now, log } = parts;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  async function sendDue(): Promise<void> {
    sweepNotices(db, now());
    sweepPhoneChanges(db, now());
    findNumbers(parts);
    queueAccountNotices(parts);
    for (let i = 0; i < PER_ROUND; i += 1) {
      // read for each message: one that was queued meanwhile may come first
      const number = dueNumber(db, now());
      if (number === null) return;
      const barred = barredFrom(parts, number);
      if (barred !== null) {
        moveNumber(db, number.id, 'waiting', barred, now());
        continue;
      }
      const tries = number.tries + 1;
      const leaving = { state: 'leaving', because: null, tries, nextAt: now() } as const;
      if (!moveNumber(db, number.id, 'waiting', leaving, now())) continue;
      const sent = await sendOne(parts, number);
      if (!db.open) return;
      const next = settled({ ...number, tries }, sent, now());
      moveNumber(db, number.id, 'leaving', next, now());
      log({ event: 'notice-sent', to: number.recipient, tries, outcome: next.state });
    }
  }

  const round = (): Promise<void> =>
    (running ??= sendDue()
      .catch((error: unknown) => {
        // the next round tries again
        log({ event: 'notices-failed', error: error instanceof Error ? error.name : 'unknown' });
      })
      .finally(() => (running = null)));

  return {
    wake: () => void setImmediate(() => void (db.open && round())),
    round,
    start: () => {
      settleInterruptedNumbers(db, now());
      timer ??= setInterval(() => void round(), ROUND_MS).unref();
      void round();
    },
    close: () => clearInterval(timer),
  };
}

/** Adds numbers to notices that were queued without one. */
function findNumbers(parts: Parts): void {
  const { db, now } = parts;
  for (const { id, customer, actedAt, text } of nowReachable(db, now() - GIVE_UP_MS)) {
    const to = customersNumbers(parts, customer, actedAt).map((one) => ({ ...one, text }));
    giveNumbers(db, id, to, now());
  }
}

type Next = Pick<NumberRow, 'state' | 'because' | 'tries' | 'nextAt'>;

/** The state of a number that is not written to now; null: it is. */
function barredFrom(parts: Parts, number: DueNumber): Next | null {
  const { db, now, seal } = parts;
  const policy = parts.policy()?.policy;
  const { proven, tries } = number;
  // only a till named it: the shop's allowed prefixes apply, as for a code
  if (!proven && policy !== undefined && !mayWriteTo(parts, policy, seal.open(number.phone)))
    return { state: 'failed', because: 'country-not-allowed', tries, nextAt: 0 };
  const left = leftSince(db, now() - DAY_MS, number);
  const nextAt = now() + BUDGET_PAUSE_MS;
  if (left.toPhone >= PER_PHONE_DAY)
    return { state: 'waiting', because: 'rate-limit-recipient', tries, nextAt };
  const isOver =
    left.inAll >= PER_SHOP_DAY ||
    left.ranked >= RANKED_PER_SHOP_DAY ||
    left.rankedOfTill >= RANKED_PER_TILL_DAY;
  return isOver ? { state: 'waiting', because: 'rate-limit-account', tries, nextAt } : null;
}

async function sendOne({ provider, seal }: Parts, { phone, text }: DueNumber): Promise<Sent> {
  const channel = freeChannelOf(provider.current());
  if (channel === null) return { kind: 'refused', because: 'channel-not-available' };
  const message = { channel, phone: seal.open(phone), text };
  return provider.send(message, { kind: 'notice', former: null });
}

function settled({ tries, queuedAt }: DueNumber, sent: Sent, now: number): Next {
  if (sent.kind === 'sent') return { state: 'sent', because: null, tries, nextAt: 0 };
  const { because } = sent;
  if (MAYBE_SENT.has(because)) return { state: 'maybe-sent', because, tries, nextAt: 0 };
  const nextAt = now + pauseAfter(tries, because);
  const isOver = FINAL.has(because) || nextAt - queuedAt > GIVE_UP_MS;
  return { state: isOver ? 'failed' : 'waiting', because, tries, nextAt };
}
