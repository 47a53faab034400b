// Codes to operators' own phones: sent within the limits, checked at most five times, valid once.
import { v7 as uuidv7 } from 'uuid';
import type { OperatorCodeReply } from '$lib/contract/till';
import { maskPhone, type Phone } from '$lib/domain/phone';
import { openChannels, type OpenChannel } from '../messaging/channel-chain';
import { fits, hashCode, makeCode, matching } from '../messaging/codes';
import { resendPauseMs, roomForMessage, type Room } from '../messaging/admission';
import { wordOperatorCode } from '../messaging/messages';
import { phoneTag } from '../store/phones';
import type { SendRequest } from '../providers/provider';
import type { Relay } from '../context';
import {
  countOperatorCheck,
  dropOperatorCode,
  giveBackSend,
  keepOperatorCode,
  operatorCode,
  type OperatorCodeKey,
  type OperatorCodeRow,
} from '../store/operator-codes';
import { inTransaction } from '../store/transaction';

const CHECKS = 5;

export type OperatorCodes = {
  /** Sends a code; while one is live, returns its state instead. `resend`: sends the same one once more. */
  readonly send: (
    key: OperatorCodeKey,
    phone: Phone,
    again: 'resend' | null,
  ) => Promise<OperatorCodeReply>;
};

/** The operators' codes of one relay; in memory it keeps only the messages being sent. */
export function openOperatorCodes(relay: Relay): OperatorCodes {
  const leaving = new Map<string, Promise<OperatorCodeReply>>();
  return {
    send: (key, phone, again) => {
      // a double tap sends one message
      const name = `${key.purpose} ${key.till} ${key.operator}`;
      const mine =
        leaving.get(name) ?? send(relay, key, phone, again).finally(() => leaving.delete(name));
      leaving.set(name, mine);
      return mine;
    },
  };
}

async function send(
  relay: Relay,
  key: OperatorCodeKey,
  phone: Phone,
  again: 'resend' | null,
): Promise<OperatorCodeReply> {
  const counted = await inTransaction(relay, (relay) => count(relay, key, phone, again));
  if ('kind' in counted) return counted;
  const { live, row, by, message, room } = counted;
  const { db } = relay;
  const sent = await relay.provider.send(message);
  const because = sent.kind === 'refused' ? sent.because : null;
  relay.log({
    event: 'operator-code-sent',
    purpose: key.purpose,
    till: key.till,
    by: key.operator,
    channel: by.channel,
    outcome: because ?? 'sent',
  });
  // without a reply the message may still arrive
  if (because === null || because === 'timeout-unknown') return codeSentOf(row, phone);
  if (!db.open) return { kind: 'provider-unreachable' };
  if (live === null) await dropOperatorCode(db, row);
  if (because !== 'not-sent') return { kind: 'refused', because };
  if (live !== null) await giveBackSend(db, live);
  await room.giveBack(db);
  return { kind: 'provider-unreachable' };
}

type Counted = {
  /** The code as it was before a resend; null: a new one. */
  readonly live: OperatorCodeRow | null;
  readonly row: OperatorCodeRow;
  readonly by: OpenChannel;
  readonly message: SendRequest;
  readonly room: Room;
};

/** Counts the message and stores its code, or says why nothing is sent. Runs inside the caller's transaction. */
async function count(
  relay: Relay,
  key: OperatorCodeKey,
  phone: Phone,
  again: 'resend' | null,
): Promise<Counted | OperatorCodeReply> {
  const { db, now, seal } = relay;
  const live = await liveCode(relay, key, phone);
  if (live !== null) {
    if (again === null) return codeSentOf(live, phone);
    if (live.sendsLeft === 0) return { kind: 'no-sends-left' };
    if (now() < live.resendAt) return { kind: 'too-early', resendAt: live.resendAt };
  }
  const policy = relay.policy()?.policy;
  const by = channelFor(relay, live);
  if (policy === undefined || relay.provider.isDemo())
    return { kind: 'refused', because: 'not-configured' };
  if (by === null) return { kind: 'refused', because: 'channel-not-available' };
  // allowed prefixes do not apply: these are numbers of the shop's own staff
  const room = await roomForMessage(relay, { phone, till: key.till });
  if (room.kind === 'limited') return room;

  const code = live === null ? makeCode(by.can).code : seal.open(live.code);
  const id = live?.id ?? uuidv7();
  const tag = phoneTag(relay, phone);
  const row: OperatorCodeRow = {
    ...key,
    id,
    phoneTag: tag,
    channel: by.channel,
    code: live?.code ?? seal.seal(code),
    hash: hashCode(seal, bound(key, id, tag), code),
    codeLength: code.length,
    checksLeft: live?.checksLeft ?? CHECKS,
    sendsLeft: (live?.sendsLeft ?? policy.challenge.sends) - 1,
    sentAt: now(),
    resendAt: now() + resendPauseMs(relay),
    expiresAt: live?.expiresAt ?? now() + policy.challenge.lifetimeMs,
  };
  // stored before the message leaves: it may arrive even if the service never replies
  await keepOperatorCode(db, row, now());
  const text = by.can.text === 'free' ? wordOperatorCode(key.purpose, policy, code) : null;
  const message = { channel: by.channel, phone, code, ...(text === null ? {} : { text }) };
  return { live, row, by, message, room };
}

/** Checks a code; `right` spends it. Runs inside the caller's transaction, together with what the code is for. */
export async function checkOperatorCode(
  relay: Relay,
  key: OperatorCodeKey,
  phone: Phone,
  code: string,
): Promise<{ readonly kind: 'right' } | OperatorCodeReply> {
  const { db, now, seal } = relay;
  if ((await liveCode(relay, key, phone)) === null) return { kind: 'spent', because: 'expired' };
  const row = await countOperatorCheck(db, { ...key, now: now() });
  if (row === null) return { kind: 'spent', because: 'too-many-checks' };
  const hash = hashCode(seal, bound(key, row.id, row.phoneTag), code);
  if (matching([row], hash) !== null) {
    await dropOperatorCode(db, row);
    return { kind: 'right' };
  }
  const { checksLeft } = row;
  if (checksLeft > 0) return { kind: 'wrong-code', checksLeft };
  await dropOperatorCode(db, row);
  return { kind: 'spent', because: 'too-many-checks' };
}

/** The live code under this key, if it was sent to the operator's present number. */
async function liveCode(
  relay: Relay,
  key: OperatorCodeKey,
  phone: Phone,
): Promise<OperatorCodeRow | null> {
  const row = await operatorCode(relay.db, key);
  const lives = row !== null && row.expiresAt > relay.now();
  return lives && row.phoneTag === phoneTag(relay, phone) ? row : null;
}

/**
 * The first channel that carries a code of ours: of the shop's chains, then of the service. A resend keeps its channel where
 * possible. Null: none.
 */
function channelFor(relay: Relay, live: OperatorCodeRow | null): OpenChannel | null {
  const code = live === null ? null : relay.seal.open(live.code);
  const { provider, config } = relay.provider.current();
  // a service without any channel of the customers' chains must not lock the owner out
  const others = provider.capabilities(config).map((can) => ({ channel: can.channel, can }));
  const open = [...openChannels(relay, 'change-phone'), ...others].filter(
    ({ channel, can }) =>
      channel !== 'call' && can.codeOrigin === 'ours' && (code === null || fits(code, can)),
  );
  return open.find(({ channel }) => channel === live?.channel) ?? open[0] ?? null;
}

/** What the hash of a code is bound to: purpose, till, operator and number. */
function bound(
  { purpose, till, operator }: OperatorCodeKey,
  id: string,
  tag: string,
): Parameters<typeof hashCode>[1] {
  return { id, dealHash: `${purpose}:${till}:${operator}:${tag}` };
}

function codeSentOf(row: OperatorCodeRow, phone: Phone): OperatorCodeReply {
  const { channel, codeLength, sentAt, expiresAt, resendAt, checksLeft, sendsLeft } = row;
  return {
    kind: 'code-sent',
    channel,
    phoneMasked: maskPhone(phone),
    codeLength,
    sentAt,
    expiresAt,
    resendAt,
    checksLeft,
    sendsLeft,
  };
}
