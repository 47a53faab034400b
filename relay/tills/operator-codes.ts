// Codes to operators' phones, sent within the limits and valid once.
// They are checked at most five times a till and day.
import { v7 as uuidv7 } from 'uuid';
import type { OperatorCodeReply } from '$lib/contract/till';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import type { Language } from '$lib/domain/values/language';
import { carriesWeakCodes } from '$lib/domain/consent/weak-code';
import { openChannels, type OpenChannel } from '../messaging/codes/channel-chain';
import { fits, hashCode, makeCode, matching } from '../messaging/codes/codes';
import { resendPauseMs, roomForMessage, type Room } from '../messaging/limits/admission';
import type { Chosen } from '../messaging/gateway/gateway-types';
import { wordOperatorCode } from '../messaging/codes/code-texts';
import { phoneTag } from '../store/phones';
import type { SendRequest } from '../providers/provider';
import type { Relay } from '../context';
import {
  addOperatorGuess,
  countOperatorCheck,
  countUnanswered,
  dropOperatorCode,
  forgetUnanswered,
  giveBackOperatorGuesses,
  giveBackSend,
  keepOperatorCode,
  operatorCode,
  operatorGuessesSince,
  type OperatorCodeKey,
  type OperatorCodeRow,
  unansweredSince,
} from '../store/operator-codes';
import { inTransaction } from '../store/transaction';

const CHECKS = 5;

/** Most unanswered codes to owners, per till and rolling day. After them, consent needs a token. */
const UNANSWERED = 3;
const DAY = 24 * 3_600_000;
/** Most wrong codes in a rolling day, from one till and for one operator's number. After them, only a token is accepted. */
const WRONG_CODES = { ofTill: 5, ofPhone: 10 };
/** The clock may be set back: wrong codes stay a little longer than they count. */
const KEPT = 2 * DAY;

/** One code: what it is for, where it goes, and by which service. */
export type OperatorCode = {
  readonly key: OperatorCodeKey;
  readonly phone: Phone;
  /** What it confirms, in the language of the shop's messages. */
  readonly words: string;
  /** The messaging service to be saved, for its first code; null: the one in use. */
  readonly draft: Chosen | null;
};

export type OperatorCodes = {
  /** Sends a code; while one is live, returns its state instead. `resend`: sends the same one once more. */
  readonly send: (code: OperatorCode, again: 'resend' | null) => Promise<OperatorCodeReply>;
};

/** A code to an operator's own phone. */
export function ownCode(
  relay: Relay,
  purpose: keyof typeof OWN_CODE.ru,
  { till, operator, phone }: { till: string; operator: string; phone: Phone },
): OperatorCode {
  const language = relay.policy()?.policy.shop.messageLanguage ?? 'en';
  const key = { purpose, till, operator, subject: '', phoneTag: phoneTag(relay, phone) };
  return { key, phone, words: OWN_CODE[language][purpose], draft: null };
}

const OWN_CODE = {
  ru: { elevate: 'вход в настройки кассы', 'prove-phone': 'ваш номер для кассы' },
  en: { elevate: 'opening the till’s settings', 'prove-phone': 'your number for the till' },
} as const satisfies Record<Language, object>;

/** The operators' codes of one relay; in memory it keeps only the messages being sent. */
export function openOperatorCodes(relay: Relay): OperatorCodes {
  const leaving = new Map<string, Promise<OperatorCodeReply>>();
  return {
    send: (code, again) => {
      // a double tap sends one message
      const name = nameOf(code.key);
      const mine =
        leaving.get(name) ?? send(relay, code, again).finally(() => leaving.delete(name));
      leaving.set(name, mine);
      return mine;
    },
  };
}

const nameOf = ({ purpose, till, operator, subject, phoneTag }: OperatorCodeKey): string =>
  `${purpose}:${till}:${operator}:${subject}:${phoneTag}`;

/** Codes of these purposes go to an owner about a change somebody asks for. */
const isToOwner = ({ purpose }: OperatorCodeKey): boolean =>
  purpose === 'consent' || purpose === 'first-service';

async function send(
  relay: Relay,
  asked: OperatorCode,
  again: 'resend' | null,
): Promise<OperatorCodeReply> {
  const { key, phone, draft } = asked;
  const counted = await inTransaction(relay, (relay) => count(relay, asked, again));
  if ('kind' in counted) return counted;
  const { live, row, by, message, room } = counted;
  const { db } = relay;
  const sent = await relay.provider.send(
    message,
    draft === null ? { kind: 'notice', former: null } : { kind: 'test', draft },
  );
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
  if (live === null) {
    await dropOperatorCode(db, row);
    await forgetUnanswered(db, row.id);
  }
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
  asked: OperatorCode,
  again: 'resend' | null,
): Promise<Counted | OperatorCodeReply> {
  const { db, now, cipher } = relay;
  const { key, phone, draft } = asked;
  if (await isGuessedUp(relay, key)) return GUESSED_UP;
  const live = await liveCode(relay, key);
  if (live !== null) {
    if (again === null) return codeSentOf(live, phone);
    if (live.sendsLeft === 0) return { kind: 'no-sends-left' };
    if (now() < live.resendAt) return { kind: 'too-early', resendAt: live.resendAt };
  }
  const policy = relay.policy()?.policy;
  if (policy === undefined || (draft === null && relay.provider.isDemo()))
    return { kind: 'refused', because: 'not-configured' };
  const by = channelFor(relay, live, draft);
  if (by === null) return { kind: 'refused', because: 'channel-not-available' };
  const since = now() - DAY;
  if (live === null && isToOwner(key) && (await unansweredSince(db, key.till, since)) >= UNANSWERED)
    return { kind: 'token-needed', because: 'unanswered' };
  // allowed prefixes do not apply: these are numbers of the shop's own staff
  const room = await roomForMessage(relay, { phone, till: key.till });
  if (room.kind === 'limited') return room;

  const code = live === null ? makeCode(by.can).code : cipher.decrypt(live.code);
  const id = live?.id ?? uuidv7();
  const at = now();
  const row: OperatorCodeRow = {
    ...key,
    id,
    channel: by.channel,
    code: live?.code ?? cipher.encrypt(code),
    hash: hashCode(cipher, { id, dealHash: nameOf(key) }, code),
    codeLength: code.length,
    checksLeft: live?.checksLeft ?? CHECKS,
    sendsLeft: (live?.sendsLeft ?? policy.challenge.sends) - 1,
    sentAt: at,
    resendAt: at + resendPauseMs(relay),
    expiresAt: live?.expiresAt ?? at + policy.challenge.lifetimeMs,
    answered: 0,
  };
  // stored before the message leaves: it may arrive even if the service never replies
  await keepOperatorCode(db, row, at);
  if (live === null && isToOwner(key)) await countUnanswered(db, { ...key, id, at }, since);
  const text = by.can.text === 'free' ? wordOperatorCode(asked.words, policy, code) : null;
  const message = { channel: by.channel, phone, code, ...(text === null ? {} : { text }) };
  return { live, row, by, message, room };
}

/** Checks a code; `right` spends it. Runs inside the caller's transaction, together with what the code is for. */
export async function checkOperatorCode(
  relay: Relay,
  key: OperatorCodeKey,
  code: string,
): Promise<{ readonly kind: 'right'; readonly row: OperatorCodeRow } | OperatorCodeReply> {
  const { db, now, cipher } = relay;
  if ((await liveCode(relay, key)) === null) return { kind: 'spent', because: 'expired' };
  if (await isGuessedUp(relay, key)) return GUESSED_UP;
  const row = await countOperatorCheck(db, { ...key, now: now() });
  if (row === null) return { kind: 'spent', because: 'too-many-checks' };
  const { till, phoneTag } = key;
  await addOperatorGuess(db, { code: row.id, till, phoneTag, at: now() }, now() - KEPT);
  const hash = hashCode(cipher, { id: row.id, dealHash: nameOf(key) }, code);
  if (matching([row], hash) !== null) {
    await dropOperatorCode(db, row);
    await forgetUnanswered(db, row.id);
    await giveBackOperatorGuesses(db, row.id);
    return { kind: 'right', row };
  }
  const { checksLeft } = row;
  if (checksLeft > 0) return { kind: 'wrong-code', checksLeft };
  await dropOperatorCode(db, row);
  return { kind: 'spent', because: 'too-many-checks' };
}

const GUESSED_UP = { kind: 'token-needed', because: 'wrong-codes' } as const;

/** Whether no further code of this till, or to this number, may be compared today. */
async function isGuessedUp({ db, now }: Relay, of: OperatorCodeKey): Promise<boolean> {
  const { till, phoneTag } = of;
  const { ofTill, ofPhone } = await operatorGuessesSince(db, {
    till,
    phoneTag,
    since: now() - DAY,
  });
  return ofTill >= WRONG_CODES.ofTill || ofPhone >= WRONG_CODES.ofPhone;
}

/** The live code under this key; null: none. */
export async function liveCode(
  relay: Relay,
  key: OperatorCodeKey,
): Promise<OperatorCodeRow | null> {
  const row = await operatorCode(relay.db, key);
  return row !== null && row.expiresAt > relay.now() ? row : null;
}

/**
 * The first channel that carries a code of ours: of the shop's chains, then of the service. A resend keeps its channel where
 * possible. Null: none.
 */
function channelFor(
  relay: Relay,
  live: OperatorCodeRow | null,
  draft: Chosen | null,
): OpenChannel | null {
  const code = live === null ? null : relay.cipher.decrypt(live.code);
  const { provider, config } = draft ?? relay.provider.current();
  // a service without any channel of the customers' chains must not lock the owner out
  const others = provider.capabilities(config).map((can) => ({ channel: can.channel, can }));
  const ofChains = draft === null ? openChannels(relay, 'change-phone') : [];
  const open = [...ofChains, ...others].filter(
    ({ channel, can }) =>
      channel !== 'call' && !carriesWeakCodes(can) && (code === null || fits(code, can)),
  );
  return open.find(({ channel }) => channel === live?.channel) ?? open[0] ?? null;
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
