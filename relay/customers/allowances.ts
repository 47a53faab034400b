// Decides what a customer's number may confirm: in advance, and for each challenge.
import { allowanceReply, allowanceRequest, type AllowanceReply } from '$lib/contract/customer';
import type { Policy } from '$lib/contract/policy';
import { DAY_MS } from '$lib/domain/values/durations';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import { minuteLimit } from '../http/minute-limit';
import { replies, route, SESSION, type Route } from '../http/route';
import { hasHistory, inForceAt, NEW_FOR_MS, registeredPhone, youngUntil } from './phones';
import { phoneTag, type PhoneRow } from '../store/phones';
import type { Relay } from '../context';
import { debtSince } from '../store/challenges';
import { disputedSince } from '../store/disputes';
import { changesOf } from '../store/phone-changes';
import { phonesOf } from '../store/phone-history';

type Parts = Pick<Relay, 'db' | 'now' | 'cipher' | 'provider'>;

/**
 * Whose allowance is asked for. `receipt`: this till's open requests for the receipt are left out, because the new request
 * replaces them; null: every open request counts.
 */
type AskedAbout = {
  readonly till: string;
  readonly customer: string;
  /** E.164. */
  readonly phone: string;
  readonly receipt: string | null;
};

/** The customer's number, registered or waiting, if it is not the one asked about. `since`: ms. */
type Held = { readonly phoneMasked: string; readonly since: number };

/** What a number may confirm. Times in ms. */
type NumberStanding =
  | { readonly kind: 'free' }
  | { readonly kind: 'held'; readonly held: Held }
  /** It comes into force at `until`; `held`: their number until then; null: only lost ones, which get a message. */
  | { readonly kind: 'waiting'; readonly held: Held | null; readonly until: number }
  /**
   * The card has a history, and no earlier number could object. Until an owner accepts this number it confirms no points, and
   * at most `onAccount` minor units of debt.
   */
  | { readonly kind: 'unaccepted'; readonly onAccount: number }
  /** In its first day: no points, and `onAccount` minor units of debt, over all cards of the number. */
  | { readonly kind: 'young'; readonly onAccount: number; readonly until: number };

/** What a number may confirm, by the number alone; disputes are not considered. */
export async function numberStanding(
  relay: Parts,
  { till, customer, phone, receipt }: AskedAbout,
  policy: Policy,
): Promise<NumberStanding> {
  const { db, cipher } = relay;
  const registered = await registeredPhone(relay, customer);
  const tag = phoneTag(relay, phone);
  const changes = await changesOf(db, customer);
  const heldBy = ({ phone, since }: { phone: Buffer; since: number }): Held => ({
    phoneMasked: maskPhone(cipher.decrypt(phone) as Phone),
    since,
  });
  if (registered?.tag !== tag) {
    const waiting = changes.find((change) => change.tag === tag) ?? null;
    const until = waiting && (await inForceAt(relay, waiting));
    if (registered !== null)
      return until === null
        ? { kind: 'held', held: heldBy(registered) }
        : { kind: 'waiting', held: heldBy(registered), until };
    // a number that already waits for this card comes first
    const [first] = changes;
    if (first !== undefined && waiting === null)
      return { kind: 'held', held: heldBy({ phone: first.phone, since: first.askedAt }) };
    if (waiting !== null || (await hasHistory(relay, customer))) {
      const isAnswerable = (await phonesOf(db, customer)).some((former) => former.tag !== tag);
      if (isAnswerable && waiting === null)
        return { kind: 'waiting', held: null, until: relay.now() + NEW_FOR_MS };
      if (until !== null) return { kind: 'waiting', held: null, until };
      const isAlone = !isAnswerable && changes.length < 2;
      const young = isAlone ? await youngOnAccount(relay, { tag, till, receipt }, policy) : 0;
      return { kind: 'unaccepted', onAccount: young };
    }
  }
  const named = registered ?? { since: relay.now(), trusted: false };
  return standingByAge(relay, { ...named, tag, till, receipt }, policy);
}

/** What a number may confirm, by how long the relay has known it. */
export async function standingByAge(
  relay: Pick<Relay, 'db' | 'now'>,
  {
    tag: phoneTag,
    till,
    receipt,
    ...named
  }: Pick<PhoneRow, 'tag' | 'since' | 'trusted'> & Pick<AskedAbout, 'till' | 'receipt'>,
  policy: Policy,
): Promise<Extract<NumberStanding, { kind: 'free' | 'young' }>> {
  const until = youngUntil(relay, named);
  if (until === null) return { kind: 'free' };
  const onAccount = await youngOnAccount(relay, { tag: phoneTag, till, receipt }, policy);
  return { kind: 'young', onAccount, until };
}

/**
 * What a young number may still take on account, minor units: the cap counts all debts of a day on all its cards, so that small
 * debts cannot exceed it together.
 */
async function youngOnAccount(
  { db, now }: Pick<Relay, 'db' | 'now'>,
  { tag: phoneTag, till, receipt }: Pick<PhoneRow, 'tag'> & Pick<AskedAbout, 'till' | 'receipt'>,
  policy: Policy,
): Promise<number> {
  const since = now() - NEW_FOR_MS;
  const taken = await debtSince(db, { phoneTag, since, now: now(), till, receipt });
  return Math.max(0, policy.credit.newNumberCap - taken);
}

type Allowance = Extract<AllowanceReply, { kind: 'allowance' }>;

/** Null amounts: no limit by the relay's rules. */
export async function allowanceOf(
  relay: Parts,
  about: AskedAbout,
  policy: Policy,
): Promise<Allowance> {
  const kind = 'allowance';
  const nothing = { kind, onAccount: 0, points: 0 } as const;
  const disputed = await disputedSince(relay.db, about.customer);
  if (disputed !== null)
    return { ...nothing, because: { kind: 'disputed', since: disputed }, until: null };
  const standing = await numberStanding(relay, about, policy);
  switch (standing.kind) {
    case 'free':
      return { kind, onAccount: null, points: null, because: null, until: null };
    case 'held':
      return { ...nothing, because: { kind: 'phone-held', ...standing.held }, until: null };
    case 'waiting': {
      const { held, until } = standing;
      const because =
        held === null
          ? ({ kind: 'young-number' } as const)
          : { kind: 'change-waiting' as const, held };
      return { ...nothing, because, until };
    }
    case 'young': {
      const { onAccount, until } = standing;
      return { kind, onAccount, points: 0, because: { kind: 'young-number' }, until };
    }
    case 'unaccepted': {
      const { onAccount } = standing;
      return { kind, onAccount, points: 0, because: { kind: 'unaccepted' }, until: null };
    }
  }
}

/** Questions a till may ask per minute. A till asks once per chosen customer; the limit slows down guessing. */
const MOST_A_MINUTE = 60;
/** Different wrong numbers per card, till and rolling day; more are answered `limited`, so that numbers cannot be guessed. */
const MOST_WRONG_A_DAY = 5;

/** What a number may confirm, for a till that asks in advance. */
export function allowanceRoutes(relay: Relay): Route[] {
  const limitedUntil = minuteLimit(relay, MOST_A_MINUTE);

  /** Wrong numbers, by tag, that a till has tried on a card, each with the time. Lost with a restart. */
  const wrong = new Map<string, Map<string, number>>();

  /** Answers as `allowanceOf`, unless the till has tried too many numbers on this card. */
  async function guarded(about: AskedAbout, policy: Policy): Promise<AllowanceReply> {
    const now = relay.now();
    for (const [key, tried] of wrong) {
      for (const [tag, at] of tried) if (at + DAY_MS <= now) tried.delete(tag);
      if (tried.size === 0) wrong.delete(key);
    }
    const key = `${about.till} ${about.customer}`;
    const tried = wrong.get(key) ?? new Map<string, number>();
    const tag = phoneTag(relay, about.phone);
    // the right number gets the same reply: another one would confirm the guess
    if (tried.size >= MOST_WRONG_A_DAY && !tried.has(tag))
      return { kind: 'limited', scope: 'till', retryAt: Math.min(...tried.values()) + DAY_MS };
    const isNew = !tried.has(tag);
    // counted before it is judged: parallel guesses share the five
    if (isNew) wrong.set(key, tried.set(tag, now));
    const reply = await allowanceOf(relay, about, policy);
    if (isNew && reply.because?.kind !== 'phone-held') tried.delete(tag);
    return reply;
  }

  return [
    route('POST /customers/:id/allowance', {
      id: 'getAllowance',
      summary: 'What the relay would let this customer confirm now',
      description:
        'Sends no message and registers no number. `null`: no limit by the relay’s rules.',
      access: SESSION,
      body: allowanceRequest,
      limits: [
        `${MOST_A_MINUTE} per minute and till (\`limited\`).`,
        `${MOST_WRONG_A_DAY} different wrong numbers per customer, till and day (\`limited\`).`,
      ],
      replies: replies(allowanceReply, { allowance: 200, 'no-policy': 409, limited: 429 }),
    }).handle(({ till: { id: till }, id: customer, body: { phone, receiptId: receipt } }) => {
      const policy = relay.policy()?.policy;
      const retryAt = limitedUntil(till);
      if (retryAt !== null) return { kind: 'limited', scope: 'till', retryAt };
      if (policy === undefined) return { kind: 'no-policy' };
      return guarded({ till, customer, phone, receipt }, policy);
    }),
  ];
}
