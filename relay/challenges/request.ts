// Prepares a challenge: every refusal that needs no message, and the row to store before sending.
import { v7 as uuidv7 } from 'uuid';
import type { ChallengeReply, ChallengeRequest } from '$lib/contract/challenge';
import type { Policy } from '$lib/contract/policy';
import type { Action } from '$lib/contract/values';
import { canonical } from '$lib/proof/canonical';
import { operatorOf } from '$lib/domain/policy/policy';
import { carriesWeakCodes, SURE_DIGITS } from '$lib/domain/consent/weak-code';
import {
  balanceAfter,
  balanceAfterTaking,
  movedByMerge,
  receiptOf,
  takenOutsideSale,
} from './deal';
import {
  carriersOf,
  channelsFor,
  openChannels,
  type Asking,
  type Channels,
  type UsableChannel,
  worthOf,
  worthOfAmount,
} from '../messaging/codes/channel-chain';
import { malformed } from '../http/json-body';
import { makeCode, type OwnCode } from '../messaging/codes/codes';
import {
  chanceOf,
  stoppedByGuesses,
  usedUpBy,
  WEAK_CHECKS,
} from '../messaging/limits/guess-limits';
import { judgeDispute } from '../customers/disputes';
import { judgeHead } from '../journal/ingest';
import { admitCode, resendPauseMs, type Room } from '../messaging/limits/admission';
import { withCode, wordChallenge } from '../messaging/codes/code-texts';
import { judgeNewPerson, noteAskedPerson } from '../customers/authorised-persons';
import { judgePhone } from '../customers/phone-checks';
import { takeCardSalt } from '../store/card-salts';
import { phoneBlock, phoneTag } from '../store/phones';
import type { Relay } from '../context';
import type { ChallengeRow } from '../store/challenges';
import { untoldDebtOf } from '../store/untold-debts';
import { tillById } from '../store/tills';
import { awaitedTills, type AwaitedTill } from '../tills/restored';
import { isQuarantinedHead, quarantinedFrom } from '../store/quarantine';
import { stoppedSince } from '../store/withheld';

export type Asked = {
  till: string;
  id: string;
  tag: string;
  request: ChallengeRequest;
  /** `hashOfDeal`, computed before the transaction. */
  dealHash: string;
  /** The other action that the same code confirms, as a request of its own; null: none. */
  also: Pick<Asked, 'request' | 'dealHash'> | null;
};
export type Prepared = {
  row: ChallengeRow;
  /** The challenge that `row` leads; null: none. */
  led: ChallengeRow | null;
  by: UsableChannel;
  code: OwnCode | null;
  room: Room;
};

/**
 * Makes all checks that refuse without sending, cheapest first, then counts the message. Runs inside the caller's
 * transaction.
 */
export async function prepare(relay: Relay, asked: Asked): Promise<Prepared | ChallengeReply> {
  const { request } = asked;
  const { customer, action } = request;
  const policy = relay.policy()?.policy;
  if (policy === undefined) return { kind: 'refused', because: 'not-configured' };
  const till = await tillById(relay.db, asked.till);
  const { hash } = request.journalHead;
  if ((await quarantinedFrom(relay.db, asked.till)) !== null) return { kind: 'quarantined' };
  if (await isQuarantinedHead(relay.db, asked.till, hash)) return { kind: 'quarantined' };
  const wrongHead = till && (await judgeHead(relay, till, request.journalHead, request.headSigned));
  if (wrongHead !== null) return wrongHead;
  const awaited = NEEDING_BALANCES.has(action) ? await awaitedTills(relay) : [];
  if (awaited.some(({ id }) => id === asked.till)) return { kind: 'journal-behind' };
  if (awaited.length > 0) return waitingFor(awaited);
  if ((await stoppedSince(relay.db)).has(asked.till)) return { kind: 'codes-stopped' };
  if ((await stoppedByGuesses(relay)).has(asked.till)) return { kind: 'codes-stopped' };
  if (operatorOf(policy, request.operator)?.active !== true) return { kind: 'operator-unknown' };
  const receipt = receiptOf(request, policy);
  const taken = takenOutsideSale(request, policy);
  const { id, cardSalt } = customer;
  if (!(await takeCardSalt(relay, { customer: id, cardSalt }))) return { kind: 'card-differs' };
  const disputed = await judgeDispute(relay, request);
  if (disputed !== null) return disputed;
  const open = openChannels(relay, action);
  const wanted = open.filter(({ channel }) => channel === (request.channel ?? channel));
  if (wanted.length === 0) return { kind: 'refused', because: 'channel-not-available' };
  const judged = await judgePhone(relay, { ...request, till: asked.till }, policy);
  if (judged !== null) return judged;
  const noPerson = await judgeNewPerson(relay, request, policy);
  if (noPerson !== null) return noPerson;
  const after =
    receipt !== null
      ? await balanceAfter(relay, asked, receipt, policy)
      : taken !== null
        ? await balanceAfterTaking(relay, asked, taken, policy)
        : ({ kind: 'balance', balance: null } as const);
  if (after.kind !== 'balance') return after;
  const notAlso = await judgeAlso(relay, asked, policy);
  if (notAlso !== null) return notAlso;
  const merging = await movedByMerge(relay, asked);
  if (merging?.kind === 'journal-behind') return merging;
  const asking = askingIn(relay, asked, policy);
  const channels = await channelsFor(relay, asking, wanted);
  const [by] = channels.usable;
  if (by === undefined) return closed(relay, asking, policy, channels);
  // a message refused by the service would count towards the limits and prolong the pause
  if (relay.provider.pausedUntil() !== null)
    return { kind: 'refused', because: 'rate-limit-account' };
  const code = by.can.codeOrigin === 'ours' ? makeCode(by.can, carriersOf(open), by.digits) : null;
  // an authorised person does not get the shop's own text: it may say what the customer owes
  const texts = request.person === undefined ? relay.provider.current().texts : null;
  const person = request.deal.kind === 'person' ? request.deal : null;
  const isNaming = NAMING_BROUGHT_IN.has(action) && request.person === undefined;
  const broughtIn = isNaming ? await untoldDebtOf(relay.db, customer.id) : null;
  const text = wordChallenge(
    { ...request, balance: after.balance, merging, person, broughtIn },
    policy,
    texts,
  );
  const { maxTextChars } = by.can;
  if (code !== null && by.can.text === 'free' && maxTextChars !== undefined)
    if (withCode(text, code.code, 9).length > maxTextChars)
      return { kind: 'refused', because: 'text-too-long' };
  const room = await admitCode(relay, { phone: customer.phone, till: asked.till });
  if (room.kind !== 'room') return room;
  await noteAskedPerson(relay, request);
  const row = rowOf(relay, asked, policy, { by, code, text });
  return { row, led: ledRowOf(row, asked), by, code, room };
}

/** Why the same code may not confirm the request's other action; null: it may, or there is none. */
async function judgeAlso(
  relay: Relay,
  { till, also }: Asked,
  policy: Policy,
): Promise<ChallengeReply | null> {
  if (also === null) return null;
  const { request } = also;
  const receipt = receiptOf(request, policy);
  if (receipt === null) throw malformed('also');
  const [one, other] = Object.values(policy.methods).map(({ chain }) => chain.join());
  // the till asks for one code where both actions are asked for the same way
  if (one !== other) return { kind: 'policy-changed' };
  const refused =
    (await judgeDispute(relay, request)) ?? (await judgePhone(relay, { ...request, till }, policy));
  if (refused !== null) return refused;
  const after = await balanceAfter(relay, { till, request }, receipt, policy);
  return after.kind === 'balance' ? null : after;
}

/** The request's other action, as a request of its own; null: it has none. Throws `malformed` where it is no other action of a sale. */
export function alsoOf(request: ChallengeRequest): ChallengeRequest | null {
  const { also, ...rest } = request;
  if (also === undefined) return null;
  if (request.deal.kind !== 'sale' || also.action === request.action) throw malformed('also');
  return { ...rest, action: also.action, amount: also.amount };
}

/** Actions that depend on debts and points over all tills, or on what was repaid and returned. */
const NEEDING_BALANCES: ReadonlySet<Action> = new Set<Action>([
  ...(['sell-on-account', 'redeem-points', 'correct-balance'] as const),
  ...(['cancel-repayment', 'return-goods', 'merge-customers'] as const),
]);

/** Actions whose grant an entry stores: it proves to the tills that the customer's message named an imported debt. */
const NAMING_BROUGHT_IN: ReadonlySet<Action> = new Set<Action>([
  ...(['sell-on-account', 'redeem-points', 'correct-balance'] as const),
  ...(['cancel-repayment', 'return-goods'] as const),
]);

const waitingFor = (awaited: readonly AwaitedTill[]): ChallengeReply => ({
  kind: 'tills-awaited',
  tills: awaited.map(({ name }) => name),
  until: Math.max(...awaited.map(({ until }) => until)),
});

function askingIn(relay: Relay, { till, id, request }: Asked, { challenge }: Policy): Asking {
  const { action, receiptId: receipt, amount, customer } = request;
  const tag = phoneTag(relay, customer.phone);
  const alsoWorth = worthOfAmount(relay, request.also?.amount ?? null);
  return { id, till, receipt, action, amount, alsoWorth, phoneTag: tag, checks: challenge.checks };
}

/** Every wanted channel is closed: for the sum, or because too many codes were guessed wrong. */
export async function closed(
  relay: Relay,
  asking: Asking,
  { shop }: Policy,
  { weakAllowed, guessedAt }: Channels,
): Promise<Extract<ChallengeReply, { kind: 'channel-not-available' | 'limited' }>> {
  if (weakAllowed === null && guessedAt !== null) {
    const chance = chanceOf(SURE_DIGITS, guessedAt.can.leadingZero);
    const guess = { ...asking, strength: 'sure', chance } as const;
    return { kind: 'limited', ...(await usedUpBy(relay, guess, asking.checks)) };
  }
  const { code: currency } = shop.currency;
  return { kind: 'channel-not-available', allowed: { minor: weakAllowed ?? 0, currency } };
}

function rowOf(
  relay: Relay,
  { till, id, tag, request, dealHash }: Asked,
  policy: Policy,
  { by, code, text }: { by: UsableChannel; code: OwnCode | null; text: string },
): ChallengeRow {
  const { cipher, provider } = relay;
  const at = relay.now();
  const alsoWorth = worthOfAmount(relay, request.also?.amount ?? null);
  const worth = worthOf(relay, { amount: request.amount, alsoWorth });
  const { lifetimeMs, checks, sends } = policy.challenge;
  return {
    id,
    till,
    request: tag,
    action: request.action,
    operator: request.operator,
    receipt: request.receiptId,
    customer: request.customer.id,
    person: request.person ?? null,
    phone: cipher.encrypt(request.customer.phone),
    phoneTag: phoneTag(relay, request.customer.phone),
    phoneBlock: phoneBlock(relay, request.customer.phone),
    amount: request.amount,
    dealHash,
    text: cipher.encrypt(text),
    state: 'sending',
    refusal: null,
    provider: provider.current().provider.id,
    demo: provider.isDemo(),
    channel: by.channel,
    code: code === null ? null : cipher.encrypt(code.code),
    checksLeft: carriesWeakCodes(by.can) ? Math.min(checks, WEAK_CHECKS) : checks,
    sendsLeft: sends - 1,
    sends: 1,
    madeAt: at,
    resendAt: at + resendPauseMs(relay),
    expiresAt: at + lifetimeMs,
    endedAt: null,
    claim: null,
    grantJws: null,
    usedFor: null,
    weakWorth: carriesWeakCodes(by.can) ? worth : null,
    ledBy: null,
    alsoWorth,
  };
}

/** The row of the other action: it has no message and no code, and waits for that of `row`. */
function ledRowOf(row: ChallengeRow, { also }: Asked): ChallengeRow | null {
  if (also === null) return null;
  const { action, amount } = also.request;
  const { dealHash } = also;
  const of = { id: uuidv7(), action, amount, dealHash, ledBy: row.id, alsoWorth: 0 };
  const unsent = { state: 'awaiting', text: null, code: null, weakWorth: null } as const;
  return { ...row, ...of, ...unsent, checksLeft: 0, sendsLeft: 0, sends: 0 };
}

/** Keyed hash by which a repeated request is recognized; without the journal's head, which moves on. */
export const tagOf = ({ cipher }: Relay, request: ChallengeRequest): string =>
  cipher.keyedHash(
    'challenge-request',
    canonical({ ...request, journalHead: null, headSigned: null }),
  );
