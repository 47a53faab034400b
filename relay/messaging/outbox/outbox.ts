// The queue of all messages that are not codes: each to a number at most once, within its own limits.
// Small acts without a code are merged into one message an hour.
import { DAY_MS } from '$lib/domain/values/durations';
import type { Refusal } from '$lib/contract/challenge';
import type { NoticeState } from '$lib/contract/journal-upload';
import type { Channel } from '$lib/contract/values';
import {
  wordNoticeOfSeveral,
  wordOperatorNoticeOfSeveral,
  type ActNews,
} from '$lib/domain/messages/notice-message';
import { isReminderHour } from '$lib/domain/messages/reminder';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import type { Outbox, Relay } from '../../context';
import { errorName } from '../../error-name';
import { providerOf } from '../../providers/registry';
import { sweepForgotten } from '../../store/forgotten';
import {
  addMessage,
  deferMerged,
  dueRecipient,
  isNamedByTill,
  keptServices,
  leftSince,
  mergedLeftAt,
  mergeLarge,
  moveRecipient,
  moveRecipients,
  settleInterrupted,
  sweepOutbox,
  waitingToMerge,
  type DueRecipient,
  type Message,
  type Next,
  type Recipient,
  type RecipientRow,
  type RecipientState,
} from '../../store/outbox';
import { phoneTag } from '../../store/phones';
import { whyNoMessage } from '../limits/admission';
import type { Chosen, Sent } from '../gateway/gateway-types';
import { freeChannelOf, stateAfter, TRIES_BY_FORMER } from './retry-policy';

const ROUND_MS = 5_000;
/** Messages in one round; the next one begins within seconds. */
const PER_ROUND = 50;
const HOUR_MS = 3_600_000;
const LIMIT_PAUSE_MS = HOUR_MS;
/** How long a reminder waits outside of its hours before it is checked again, ms. */
const REMINDER_PAUSE_MS = HOUR_MS / 4;
/** Most messages to a number in 24 hours, counted separately for each room that is not merged. */
const PER_PHONE_DAY = 3;
/** Shortest time between two merged messages to a number. */
const MERGED_EVERY_MS = HOUR_MS;
/**
 * The outbox's own limits: codes do not count, and a stolen till cannot make the shop pay for more messages. For a message, only
 * messages of its own rank and of earlier ranks count, so that less important ones never delay it.
 */
const PER_SHOP_DAY = 500;
/**
 * Limits of imports and of numbers that only a till named: a till can invent hundreds of them. They are lower than the
 * limit of the shop, so messages about real acts can still be sent on the same day.
 */
const RANKED_PER_TILL_DAY = 100;
const RANKED_PER_SHOP_DAY = 200;

type Parts = Pick<Relay, 'db' | 'now' | 'cipher' | 'log' | 'provider' | 'policy'>;

/** A message as its producer makes it. `service`: the one before a change of service; otherwise null. */
export type NewMessage = Omit<Message, 'service'> & { readonly service: Chosen | null };

/** Queues a message, within the caller's transaction; the caller wakes the outbox after the commit. */
export async function enqueue(
  { db, now, cipher }: Pick<Relay, 'db' | 'now' | 'cipher'>,
  message: NewMessage,
  to: readonly Recipient[],
): Promise<void> {
  // without recipients the former service is not needed, so its secrets are not stored
  const service = to.length === 0 ? null : message.service;
  await addMessage(
    db,
    { ...message, service: service && encryptService(cipher, service) },
    to,
    now(),
  );
}

/** An operator's number by the policy, as a recipient. */
export function toOperator(
  parts: Pick<Relay, 'cipher'>,
  operator: string,
  phone: string,
  { text, news }: Pick<Recipient, 'text' | 'news'>,
): Recipient {
  const tag = phoneTag(parts, phone);
  return { operator, phone: parts.cipher.encrypt(phone), phoneTag: tag, text, news, named: false };
}

/** IANA name of the time zone of the relay's machine, in which messages name times. */
export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The state of a recipient as tills are shown it. */
export const shownAs = (state: RecipientState): NoticeState =>
  state === 'leaving' ? 'waiting' : state;

/** A recipient as tills are shown them. */
export function onWire(
  cipher: Relay['cipher'],
  { phone, state, because }: Pick<RecipientRow, 'phone' | 'state' | 'because'>,
): { phoneMasked: string | null; state: NoticeState; because: Refusal | null } {
  const phoneMasked = phone && maskPhone(cipher.decrypt(phone) as Phone);
  return { phoneMasked, state: shownAs(state), because };
}

/**
 * Opens the queue. Nothing is sent before `start`, `wake` or `round` is called. Each round first calls `prepare`, which
 * adds the missing texts and numbers to queued messages. Messages queued before the time it returns, ms, are held back;
 * null: none.
 */
export function openOutbox(parts: Parts, prepare: () => Promise<number | null>): Outbox {
  const { db, now, log } = parts;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  async function sendDue(): Promise<void> {
    await sweepOutbox(db, now());
    await sweepForgotten(db, now());
    const queuedSince = (await prepare()) ?? 0;
    for (let i = 0; i < PER_ROUND; i += 1) {
      // read again for each message, because a more important one may have been queued meanwhile
      const due = await dueRecipient(db, { now: now(), queuedSince });
      if (due === null) return;
      if (await isDeferred(parts, due)) continue;
      const told = isMerged(due) ? await waitingToMerge(db, due, queuedSince) : [due];
      const text = told.length > 1 ? mergedText(parts, told, due.operator) : due.text;
      const tries = Math.max(...told.map((one) => one.tries)) + 1;
      const leaving = { state: 'leaving', because: null, tries, nextAt: now() } as const;
      // the due one first: its message is the one that is sent
      const all = [due, ...told.filter(({ id }) => id !== due.id)];
      if ((await moveRecipients(db, all, 'waiting', leaving, now())) === 0) continue;
      const carrier = await carrierOf(parts, due);
      const sent = await sendOne(parts, { ...due, text }, carrier);
      if (!db.open) return;
      const next = stateAfter({ ...due, tries }, sent, carrier?.former ?? null, now());
      await moveRecipients(db, all, 'leaving', next, now());
      const { purpose, operator } = due;
      log({
        event: 'notice-sent',
        purpose,
        operator,
        tries,
        acts: all.length,
        outcome: next.state,
      });
    }
  }

  const round = (): Promise<void> =>
    (running ??= sendDue()
      .catch((error: unknown) => {
        // the next round tries again; if the relay is closed meanwhile, the first one after its start
        if (db.open) log({ event: 'notices-failed', error: errorName(error) });
      })
      .finally(() => (running = null)));

  return {
    wake: () => void setImmediate(() => void (db.open && round())),
    round,
    start: async () => {
      await settleInterrupted(db, now());
      timer ??= setInterval(() => void round(), ROUND_MS).unref();
      void round();
    },
    close: () => clearInterval(timer),
  };
}

const isMerged = ({ room, news }: Pick<RecipientRow, 'room' | 'news'>): boolean =>
  (room === 'small' || room === 'import') && news !== null;

/** One text about all these messages. Each has `news`, as `isMerged` has checked. */
function mergedText(
  { policy }: Parts,
  told: readonly RecipientRow[],
  operator: string | null,
): string {
  const kept = policy()?.policy;
  if (kept === undefined) throw new Error('without a policy nothing is queued');
  const news = told.flatMap(({ news }) => (news === null ? [] : [JSON.parse(news) as ActNews]));
  return operator === null
    ? wordNoticeOfSeveral(news, kept, localZone())
    : wordOperatorNoticeOfSeveral(news, kept, localZone());
}

/** Whether a recipient gets no message now. If so, stores until when they wait, or why they never get it. */
async function isDeferred(parts: Parts, due: DueRecipient): Promise<boolean> {
  const { db, now } = parts;
  // no limits for owners: a person who weakens the policy could otherwise first change the limits to block this message
  if (due.room === 'owners') return false;
  if (due.room === 'reminder' && !(await isReminded(parts, due))) return true;
  const barred = await barredFrom(parts, due);
  if (barred !== null) {
    await moveRecipient(db, due, 'waiting', barred, now());
    return true;
  }
  if (!isMerged(due)) return false;
  const until = ((await mergedLeftAt(db, due.phoneTag)) ?? -Infinity) + MERGED_EVERY_MS;
  if (until <= now()) return false;
  await deferMerged(db, due.phoneTag, until);
  return true;
}

/** Whether reminders may be sent at this hour. If not, this one waits. */
async function isReminded({ db, now, policy }: Parts, due: DueRecipient): Promise<boolean> {
  const rules = policy()?.policy;
  if (rules !== undefined && isReminderHour(rules, now())) return true;
  const { because, tries } = due;
  const nextAt = now() + REMINDER_PAUSE_MS;
  await moveRecipient(db, due, 'waiting', { state: 'waiting', because, tries, nextAt }, now());
  return false;
}

/** The new state of a recipient who has to wait or is excluded because of limits; null: neither. */
async function barredFrom(parts: Parts, due: DueRecipient): Promise<Next | null> {
  const { db, now, cipher } = parts;
  const { tries } = due;
  const policy = parts.policy()?.policy;
  // the shop's allowed prefixes apply, as for a code, to numbers that only a till named
  const isNamed = isNamedByTill(due);
  const because =
    isNamed && policy !== undefined ? whyNoMessage(parts, policy, cipher.decrypt(due.phone)) : null;
  if (because !== null) return { state: 'failed', because, tries, nextAt: 0 };
  const left = await leftSince(db, now() - DAY_MS, due);
  const nextAt = now() + LIMIT_PAUSE_MS;
  if (!isMerged(due) && left.toPhone >= PER_PHONE_DAY) {
    if (due.room !== 'large')
      return { state: 'waiting', because: 'rate-limit-recipient', tries, nextAt };
    await mergeLarge(db, due);
    return { state: 'waiting', because: null, tries, nextAt: now() };
  }
  const isOver =
    left.upTo >= PER_SHOP_DAY ||
    left.ranked >= RANKED_PER_SHOP_DAY ||
    left.rankedOfTill >= RANKED_PER_TILL_DAY;
  return isOver ? { state: 'waiting', because: 'rate-limit-account', tries, nextAt } : null;
}

/** A service for free text, and its channel. `former`: null where it is the service in use. */
type Carrier = { readonly channel: Channel; readonly former: Chosen | null };

/**
 * The service and channel for a message; null: no service carries free text. Customers: the service in use. Owners: the
 * service before the change, then the one in use, then any other former service that is still stored.
 */
async function carrierOf(
  { db, provider, cipher }: Parts,
  due: DueRecipient,
): Promise<Carrier | null> {
  const inUse = provider.current();
  const toOwners = due.purpose === 'policy-weakened';
  const before = due.tries < TRIES_BY_FORMER ? due.service : null;
  const kept = toOwners ? await keptServices(db) : [];
  const former = [before, ...kept].map((service) => service && decryptService(cipher, service));
  for (const by of [former[0], inUse, ...former.slice(1)]) {
    const channel = by ? freeChannelOf(by) : null;
    if (by && channel !== null) return { channel, former: by === inUse ? null : by };
  }
  return null;
}

async function sendOne(
  { provider, cipher }: Parts,
  { phone, text }: DueRecipient,
  by: Carrier | null,
): Promise<Sent> {
  if (by === null) return { kind: 'refused', because: 'channel-not-available' };
  const message = { channel: by.channel, phone: cipher.decrypt(phone), text };
  return provider.send(message, { kind: 'notice', former: by.former });
}

const encryptService = (cipher: Relay['cipher'], { provider, config, texts }: Chosen): Buffer =>
  cipher.encrypt(JSON.stringify({ id: provider.id, config, texts }));

function decryptService(cipher: Relay['cipher'], encrypted: Buffer): Chosen | null {
  const kept = JSON.parse(cipher.decrypt(encrypted)) as Pick<Chosen, 'config' | 'texts'> & {
    id: string;
  };
  const provider = providerOf(kept.id);
  return provider && { provider, config: kept.config, texts: kept.texts, lowBalance: null };
}
