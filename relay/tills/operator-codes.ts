// Codes to operators' own phones: sent within the limits, checked at most five times, valid once.
import { v7 as uuidv7 } from 'uuid';
import type { OperatorCodeReply } from '$lib/contract/till';
import { maskPhone, type Phone } from '$lib/domain/phone';
import { openChannels, type OpenChannel } from '../messaging/channel-chain';
import { fits, hashCode, makeCode, matching } from '../messaging/codes';
import { resendPauseMs, roomForMessage } from '../messaging/admission';
import { wordOperatorCode } from '../messaging/messages';
import { phoneTag } from '../store/phones';
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

const CHECKS = 5;

export type OperatorCodes = {
  /** Sends a code; while one lives, says so again instead. `resend`: sends the same one once more. */
  readonly send: (
    key: OperatorCodeKey,
    phone: Phone,
    again: 'resend' | null,
  ) => Promise<OperatorCodeReply>;
  /** `right` spends the code. */
  readonly check: (
    key: OperatorCodeKey,
    phone: Phone,
    code: string,
  ) => { readonly kind: 'right' } | OperatorCodeReply;
};

/** The operators' codes of one relay; holds nothing but which messages are on their way out of this process. */
export function openOperatorCodes(relay: Relay): OperatorCodes {
  const leaving = new Map<string, Promise<OperatorCodeReply>>();
  return {
    send: (key, phone, again) => {
      // a double tap pays for one message
      const name = `${key.purpose} ${key.till} ${key.operator}`;
      const mine =
        leaving.get(name) ?? send(relay, key, phone, again).finally(() => leaving.delete(name));
      leaving.set(name, mine);
      return mine;
    },
    check: (key, phone, code) => check(relay, key, phone, code),
  };
}

async function send(
  relay: Relay,
  key: OperatorCodeKey,
  phone: Phone,
  again: 'resend' | null,
): Promise<OperatorCodeReply> {
  const { db, now, seal } = relay;
  const living = livingCode(relay, key, phone);
  if (living !== null) {
    if (again === null) return codeSentOf(living, phone);
    if (living.sendsLeft === 0) return { kind: 'no-sends-left' };
    if (now() < living.resendAt) return { kind: 'too-early', resendAt: living.resendAt };
  }
  const policy = relay.policy()?.policy;
  const by = channelFor(relay, living);
  if (policy === undefined || relay.provider.isDemo())
    return { kind: 'refused', because: 'not-configured' };
  if (by === null) return { kind: 'refused', because: 'channel-not-available' };
  // no question of allowed prefixes: these few numbers are the shop's own staff
  const room = roomForMessage(relay, { phone, till: key.till });
  if (room.kind === 'limited') return room;

  const code = living === null ? makeCode(by.can) : seal.open(living.code);
  const id = living?.id ?? uuidv7();
  const tag = phoneTag(relay, phone);
  const row: OperatorCodeRow = {
    ...key,
    id,
    phoneTag: tag,
    channel: by.channel,
    code: living?.code ?? seal.seal(code),
    hash: hashCode(seal, bound(key, id, tag), code),
    codeLength: code.length,
    checksLeft: living?.checksLeft ?? CHECKS,
    sendsLeft: (living?.sendsLeft ?? policy.challenge.sends) - 1,
    sentAt: now(),
    resendAt: now() + resendPauseMs(relay),
    expiresAt: living?.expiresAt ?? now() + policy.challenge.lifetimeMs,
  };
  // stands before the message leaves: it may arrive though the service never says so
  keepOperatorCode(db, row, now());
  const sent = await relay.provider.send({
    channel: by.channel,
    phone,
    code,
    ...(by.can.text === 'free' ? { text: wordOperatorCode(key.purpose, policy, code) } : {}),
  });
  const because = sent.kind === 'refused' ? sent.because : null;
  relay.log({
    event: 'operator-code-sent',
    purpose: key.purpose,
    till: key.till,
    by: key.operator,
    channel: by.channel,
    outcome: because ?? 'sent',
  });
  // without an answer the message may be on its way
  if (because === null || because === 'timeout-unknown') return codeSentOf(row, phone);
  if (!db.open) return { kind: 'provider-unreachable' };
  if (living === null) dropOperatorCode(db, row);
  if (because !== 'not-sent') return { kind: 'refused', because };
  if (living !== null) giveBackSend(db, living);
  room.giveBack();
  return { kind: 'provider-unreachable' };
}

function check(
  relay: Relay,
  key: OperatorCodeKey,
  phone: Phone,
  code: string,
): { readonly kind: 'right' } | OperatorCodeReply {
  const { db, now, seal } = relay;
  if (livingCode(relay, key, phone) === null) return { kind: 'spent', because: 'expired' };
  const row = countOperatorCheck(db, { ...key, now: now() });
  if (row === null) return { kind: 'spent', because: 'too-many-checks' };
  const hash = hashCode(seal, bound(key, row.id, row.phoneTag), code);
  if (matching([row], hash) !== null) {
    dropOperatorCode(db, row);
    return { kind: 'right' };
  }
  const { checksLeft } = row;
  if (checksLeft > 0) return { kind: 'wrong-code', checksLeft };
  dropOperatorCode(db, row);
  return { kind: 'spent', because: 'too-many-checks' };
}

/** The code under this key while it lives and went to the number the operator has now. */
function livingCode(relay: Relay, key: OperatorCodeKey, phone: Phone): OperatorCodeRow | null {
  const row = operatorCode(relay.db, key);
  const lives = row !== null && row.expiresAt > relay.now();
  return lives && row.phoneTag === phoneTag(relay, phone) ? row : null;
}

/** The first channel that carries a code of ours, the shop's own chains before whatever else the service has; a resend keeps the channel where it can. */
function channelFor(relay: Relay, living: OperatorCodeRow | null): OpenChannel | null {
  const code = living === null ? null : relay.seal.open(living.code);
  const { provider, config } = relay.provider.current();
  // the chains are for customers: a service that has none of their channels must not lock the owner out
  const others = provider.capabilities(config).map((can) => ({ channel: can.channel, can }));
  const open = [...openChannels(relay, 'change-phone'), ...others].filter(
    ({ channel, can }) =>
      channel !== 'call' && can.codeOrigin === 'ours' && (code === null || fits(code, can)),
  );
  return open.find(({ channel }) => channel === living?.channel) ?? open[0] ?? null;
}

/** What the hash of a code is bound to: it opens this door, for this person, from this phone. */
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
