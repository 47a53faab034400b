// Reminders: once a month the relay writes to customers what they owe by all journals.
// A customer who has paid can see from it that the payment was never entered.
import type { EntryOf } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
import { DAY_MS } from '$lib/domain/values/durations';
import {
  isReminderHour,
  monthOfReminders,
  wordReminder,
  wordRemindersDeclined,
} from '$lib/domain/messages/reminder';
import { rightsOf } from '$lib/domain/policy/policy';
import type { Relay } from '../context';
import { enqueue } from '../messaging/outbox/outbox';
import { disputedSince } from '../store/disputes';
import { isWaitingFor } from '../store/former-journals';
import { standingOf } from '../store/account-steps';
import type { AuthorView } from '../store/originals';
import { cardsOf, isMergedAway } from '../store/merges';
import { changeWaiting, lastRemindedAt, waitingReminders } from '../store/messages-by-purpose';
import {
  customersAfter,
  LEAST_GAP_MS,
  keepReminderChoice,
  reminderChoiceOf,
  reminderPass,
  saveReminderPass,
  type ReminderChoice,
  type ReminderPass,
} from '../store/reminders';
import { inTransaction } from '../store/transaction';
import { customersNumbers, tellCustomer } from './notices';

/** Most reminders in the queue at once: the text of each is computed again before every round. */
const WAITING_AT_MOST = 20;
/** Customers looked at in one round. */
const PER_ROUND = 200;
/** A reminder that could not be sent for this long is dropped. */
const GIVEN_UP_AFTER_MS = 3 * DAY_MS;

type Parts = Pick<Relay, 'db' | 'now' | 'cipher' | 'provider' | 'policy'>;

/** Before each round of the outbox: words the reminders that wait again, and queues further ones of the month. */
export async function prepareReminders(parts: Parts): Promise<void> {
  const { db, now, provider } = parts;
  const policy = parts.policy()?.policy;
  if (policy === undefined) return;
  const waiting = await waitingReminders(db);
  if (policy.notices.reminders === null && waiting.length === 0) return;
  for (const { id, customer, text, queuedAt } of waiting) {
    const isLate = now() - queuedAt > GIVEN_UP_AFTER_MS;
    const words = isLate ? null : await wordsFor(parts, policy, customer);
    if (words !== text) await changeWaiting(db, id, words);
  }
  // the demo has no customers to write to
  if (!provider.isDemo() && isReminderHour(policy, now()) && waiting.length < WAITING_AT_MOST)
    await inTransaction(parts, (parts) => queueReminders(parts, policy, waiting.length));
}

async function queueReminders(parts: Parts, policy: Policy, waiting: number): Promise<void> {
  const { db, now } = parts;
  const pass = await currentPass(parts, policy);
  if (pass === null || pass.reached === null) return;
  const { month } = pass;
  const customers = await customersAfter(db, pass.reached, PER_ROUND);
  let [room, reached] = [
    WAITING_AT_MOST - waiting,
    customers.length < PER_ROUND ? null : pass.reached,
  ];
  for (const [place, card] of customers.entries()) {
    if (room === 0) {
      reached = customers[place - 1] ?? pass.reached;
      break;
    }
    if (place === PER_ROUND - 1) reached = card;
    const customer = await shownUnder(db, card);
    const text = await wordsFor(parts, policy, customer);
    const last = text === null ? null : await lastRemindedAt(db, customer);
    if (text === null || (last !== null && now() - last < LEAST_GAP_MS)) continue;
    const at = now();
    const to = await customersNumbers(parts, { customer, at, text, news: null });
    if (to.length === 0) continue;
    await enqueue(
      parts,
      {
        purpose: 'reminder',
        about: `reminder ${month}`,
        customer,
        till: null,
        seq: 0,
        at,
        room: 'reminder',
        text,
        news: null,
        details: null,
        service: null,
      },
      to,
    );
    room -= 1;
  }
  await saveReminderPass(db, { ...pass, reached });
}

/** The month whose reminders are being queued, and the last customer reached; null: none. */
async function currentPass({ db, now }: Parts, policy: Policy): Promise<ReminderPass | null> {
  const due = monthOfReminders(policy, now());
  const pass = await reminderPass(db);
  if (due === null || due.month === pass?.month) return pass;
  const { notBefore } = pass ?? { notBefore: 0 };
  return due.mayBegin && now() >= notBefore ? { month: due.month, reached: '', notBefore } : null;
}

/** The card of the same account that is not merged into another one. */
async function shownUnder(db: Relay['db'], card: string): Promise<string> {
  for (const one of await cardsOf(db, card)) if (!(await isMergedAway(db, one))) return one;
  return card;
}

/** The text of a customer's reminder; null: they owe too little, or get no reminder. */
async function wordsFor(
  { db, now }: Parts,
  policy: Policy,
  customer: string,
): Promise<string | null> {
  const { reminders } = policy.notices;
  if (reminders === null) return null;
  const { owed } = await standingOf(db, customer);
  if (owed < reminders.from) return null;
  if ((await reminderChoiceOf(db, customer))?.choice === 'declined') return null;
  // no reminder about a disputed debt, or a debt that the relay does not know in full
  if ((await disputedSince(db, customer)) !== null || (await isWaitingFor(db, customer)))
    return null;
  return wordReminder(owed, policy, now());
}

/**
 * Stores the reminder setting of a customer's card, unless another till changed it later without the author knowing.
 * Returns `declined` if the entry turns reminders off, and `no-right` if its operator may not change them: then nothing is
 * stored. Runs in the caller's transaction.
 */
export async function takeReminderChoice(
  db: Relay['db'],
  { operator, body: { customer } }: EntryOf<'customer-saved'>,
  policy: Policy | null,
  { device, seen, till, order, choice }: AuthorView & ReminderChoice,
): Promise<'declined' | 'no-right' | 'unchanged'> {
  const held = await reminderChoiceOf(db, customer);
  if (held !== null && held.order > (device.includes(held.till) ? order : seen)) return 'unchanged';
  const isDeclined = choice === 'declined' && held?.choice !== 'declined';
  const rights = policy === null || operator === null ? [] : rightsOf(policy, operator);
  if (isDeclined && !rights.includes('manage-customers')) return 'no-right';
  await keepReminderChoice(db, customer, { choice, till, order });
  return isDeclined ? 'declined' : 'unchanged';
}

/**
 * Queues a message to the customer that their reminders are off. Queues nothing if the shop sends no reminders. Runs in
 * the caller's transaction.
 */
export async function queueReminderOptOutNotice(
  parts: Parts,
  entry: EntryOf<'customer-saved'>,
): Promise<void> {
  const policy = parts.policy()?.policy;
  if (policy === undefined || policy.notices.reminders === null) return;
  const { customer } = entry.body;
  const text = wordRemindersDeclined(policy);
  await tellCustomer(parts, entry, { purpose: 'act', room: 'other', customer, text });
}
