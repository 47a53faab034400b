// Tells customers of what moved their accounts without a code, and operators of what was done by their right: queued with the journal entry, tried until it is final, at most once per number. No till can word or stop it.
import type { Policy } from '$lib/contract/policy';
import {
  wordNotice,
  wordOperatorNotice,
  type Moment,
  type NewsOfAct,
} from '$lib/domain/notice-message';
import { operatorOf } from '$lib/domain/policy';
import { queueAccountNotices } from './account-notices';
import { mayWriteTo } from '../messaging/admission';
import { newsOf, type Judged, type JudgedMovement } from '../journal/audit';
import type { Original } from '../journal/entry-reading';
import { phoneTag, registeredPhone } from './phones';
import type { Sent } from '../messaging/gateway';
import { MAYBE_SENT } from '../messaging/refusals';
import type { Relay } from '../relay';
import { contactsOf } from '../store/contacts';
import {
  addNotice,
  dueNumber,
  giveNumbers,
  leftSince,
  moveNumber,
  nowReachable,
  settleInterruptedNumbers,
  type DueNumber,
  type NumberRow,
  type Recipient,
} from '../store/notices';
import { sweepNotices } from '../store/notice-ends';
import { sweepPhoneChanges } from '../store/phone-changes';
import { phonesOf } from '../store/phone-history';
import { policyOfVersion } from '../store/policies';
import { FINAL, freeChannelOf, pauseAfter } from '../messaging/retry-policy';

const ROUND_MS = 5_000;
const DAY_MS = 24 * 3_600_000;
/** So long a notice waits for a service that works, or for a number to turn up. */
const GIVE_UP_MS = 30 * DAY_MS;
/**
 * The notices' own budget, apart from the limits of codes: no till can use it up by asking for codes, and whoever holds
 * a stolen till cannot make the shop pay for more.
 */
const PER_PHONE_DAY = 10;
const PER_SHOP_DAY = 500;
/**
 * What any till can make up by the hundred, numbers it names and imports, has a small share of that: or one till could use
 * up the day, and a customer would hear of a real act tomorrow. Imports and named numbers at their most leave an act its fifth.
 */
const RANKED_PER_TILL_DAY = 100;
const RANKED_PER_SHOP_DAY = 200;
/** In one round; the next one begins within seconds. */
const PER_ROUND = 50;
const BUDGET_PAUSE_MS = 3_600_000;

export type Notices = {
  /** Queues what is news of an entry; to be called in the transaction that keeps it. */
  readonly queue: (original: Original, judged: Judged) => void;
  /** Sends what is due as soon as the transaction at hand is over. */
  readonly wake: () => void;
  /** Sends what is due; resolves when all of it has been tried. */
  readonly round: () => Promise<void>;
  /** Starts the rounds. What an earlier process left half-way counts as maybe sent. */
  readonly start: () => void;
  readonly close: () => void;
};

type Parts = Pick<Relay, 'db' | 'now' | 'seal' | 'log' | 'provider' | 'policy'>;

/** Opens the queue; nothing is sent before `start` or `round`. */
export function openNotices(parts: Parts): Notices {
  const { db, now, log } = parts;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  async function sendDue(): Promise<void> {
    sweepNotices(db, now());
    sweepPhoneChanges(db, now());
    findNumbers(parts);
    queueAccountNotices(parts, (customer, at) => customersNumbers(parts, customer, at));
    for (let i = 0; i < PER_ROUND; i += 1) {
      // asked for anew each time: what came meanwhile may go first
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
        // the next round comes anyway
        log({ event: 'notices-failed', error: error instanceof Error ? error.name : 'unknown' });
      })
      .finally(() => (running = null)));

  const wake = (): void => void setImmediate(() => void (db.open && round()));

  return {
    queue: (original, judged) => {
      const newest = parts.policy()?.policy;
      const news = newsOf(judged);
      // before first run there is no shop that could write to anybody
      if (newest === undefined || news.size === 0) return;
      for (const [customer, moved] of news) queueOne(parts, original, customer, moved, newest);
      wake();
    },
    wake,
    round,
    start: () => {
      settleInterruptedNumbers(db, now());
      timer ??= setInterval(() => void round(), ROUND_MS).unref();
      void round();
    },
    close: () => clearInterval(timer),
  };
}

function queueOne(
  parts: Parts,
  { hash: entry, till, seq, at, policy, act }: Original,
  customer: string,
  moved: readonly JudgedMovement[],
  newest: Policy,
): void {
  const { db, now } = parts;
  const news = moved.map(({ movement }): NewsOfAct => movement);
  const byReserve = moved.every(({ act }) => act.proof === 'reserve-code');
  const text = wordNotice(news, byReserve ? 'reserve-code' : 'no-code', newest, momentOf(at));
  const imported = act === 'customers-imported';
  const from = { about: 'act', entry, customer, till, seq, imported } as const;
  const row = { ...from, actedAt: at, queuedAt: now(), text };
  const staff = policyOfVersion(db, policy) ?? newest;
  addNotice(db, row, [
    ...customersNumbers(parts, customer, at).map((to) => ({ ...to, text })),
    ...operatorsNumbers(parts, moved, [staff, newest], at),
  ]);
}

/** When it was, by the clock of the relay's machine. */
export const momentOf = (at: number): Moment => ({
  at,
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

/** The numbers at which a customer is told of what happened `at`. */
export type Recipients = (customer: string, at: number) => readonly Omit<Recipient, 'text'>[];

/** The number registered before the act and any newer one; where none was, also what tills have named. */
export function customersNumbers(
  parts: Pick<Parts, 'db' | 'now' | 'seal' | 'provider'>,
  customer: string,
  at: number,
): readonly Omit<Recipient, 'text'>[] {
  const { db } = parts;
  registeredPhone(parts, customer); // a change that has waited long enough takes effect here
  const registered = phonesOf(db, customer);
  const before = registered.findLast(({ since }) => since <= at);
  const newer = registered.filter(({ since }) => since > at);
  const named = before === undefined ? contactsOf(db, customer) : [];
  const to =
    (proven: boolean) =>
    ({ phone, tag }: { phone: Buffer; tag: string }) =>
      ({ recipient: 'customer', phone, phoneTag: tag, proven }) as const;
  const known = before === undefined ? newer : [before, ...newer];
  return [...known.map(to(true)), ...named.map(to(false))];
}

/** Whoever's right an override names, at the number he had by the policy it was made under and the one he has now: no till chooses. */
function operatorsNumbers(
  parts: Parts,
  moved: readonly JudgedMovement[],
  [staff, newest]: readonly [Policy, Policy],
  at: number,
): readonly Recipient[] {
  const overrides = moved.flatMap(({ movement }) =>
    movement.confirmation?.kind === 'override' ? [{ movement, by: movement.confirmation.by }] : [],
  );
  return [...new Set(overrides.map(({ by }) => by))].flatMap((by): Recipient[] => {
    const news = overrides.filter((one) => one.by === by).map(({ movement }) => movement);
    const text = wordOperatorNotice(news, newest, momentOf(at));
    const phones = [staff, newest].flatMap((policy) => operatorOf(policy, by)?.phone ?? []);
    return [...new Set(phones)].map((phone) => ({
      ...{ recipient: 'operator', proven: true, text },
      phone: parts.seal.seal(phone),
      phoneTag: phoneTag(parts, phone),
    }));
  });
}

/** Notices that knew no number are sent once there is one. */
function findNumbers(parts: Parts): void {
  const { db, now } = parts;
  for (const { id, customer, actedAt, text } of nowReachable(db, now() - GIVE_UP_MS)) {
    const to = customersNumbers(parts, customer, actedAt).map((one) => ({ ...one, text }));
    giveNumbers(db, id, to, now());
  }
}

type Next = Pick<NumberRow, 'state' | 'because' | 'tries' | 'nextAt'>;

/** Why this number is not written to now; null: it is. */
function barredFrom(parts: Parts, number: DueNumber): Next | null {
  const { db, now, seal } = parts;
  const policy = parts.policy()?.policy;
  const { proven, tries } = number;
  // a till alone named it: the shop's own prefixes hold, as for a code
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
