// Issues reserve codes and sends them to the customer alone; tills get verifiers. No code is kept.
import { filterInTurn } from '../in-turn';
import { v7 as uuidv7 } from 'uuid';
import type {
  ReserveCodesReply,
  ReserveCodesRequest,
  ReserveVerifier,
} from '$lib/contract/reserve-code';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import {
  RESERVE_CODE_LENGTH,
  reservePrefix,
  writeReserveCode,
} from '$lib/domain/consent/reserve-code';
import { reserveCodesHash } from '$lib/proof/deal';
import { keptOfCode, openVerifier, signVerifier } from '$lib/proof/reserve-code';
import { admitCode } from '../messaging/limits/admission';
import { makeCrockford } from '../messaging/codes/codes';
import { openChannels, type OpenChannel } from '../messaging/codes/channel-chain';
import { wordReserveCodes } from '../messaging/codes/code-texts';
import { refusalOf, registeredPhone, spendConsent, youngUntil } from '../customers/phones';
import { MAYBE_SENT } from '../messaging/gateway/refusals';
import type { Relay } from '../context';
import { cardSaltOf } from '../store/card-salts';
import { changeChallenge } from '../store/challenges';
import { isFormerName, namesOfDevice } from '../store/former-names';
import {
  addIssue,
  dropIssue,
  interruptedIssues,
  issueById,
  type IssueRow,
  type LiveCode,
  liveCodesOf,
  moveReserveCode,
  settleIssue,
  verifiersOf,
} from '../store/reserve-codes';
import { sendingByMessage } from '../store/sendings';
import { allTills, type TillRow } from '../store/tills';
import { inTransaction } from '../store/transaction';
import { actBodies, entry as entrySchema } from '$lib/contract/journal';
import { entryAt, hashAt, headOf } from '../store/journal';

/** Codes in one message; a customer who has used them up requests new ones. */
export const CODES = 5;

type Made = { readonly id: string; readonly till: string; readonly code: string };

/** `first`: this request made the issue. */
type Answer = { readonly reply: ReserveCodesReply; readonly first: boolean };

export type ReserveCodes = {
  readonly issue: (till: string, id: string, request: ReserveCodesRequest) => Promise<Answer>;
};

/** Makes the codes valid whose messages were being sent when the relay stopped, because they may have arrived. */
export async function settleInterruptedIssues({
  db,
  now,
}: Pick<Relay, 'db' | 'now'>): Promise<void> {
  for (const id of await interruptedIssues(db))
    await settleIssue(db, { id, message: null, at: now() });
}

/** The issues of one relay; in memory it keeps only those being made. */
export function openReserveCodes(relay: Relay): ReserveCodes {
  const making = new Map<string, Promise<Answer>>();
  return {
    issue: (till, id, request) => {
      // requests for one issue are answered one after another
      const before = making.get(id);
      const work = (): Promise<Answer> => answer(relay, { ...request, till, id });
      const mine = before === undefined ? work() : before.then(work, work);
      making.set(id, mine);
      return mine.finally(() => {
        if (making.get(id) === mine) making.delete(id);
      });
    },
  };
}

type Asked = ReserveCodesRequest & { readonly till: string; readonly id: string };

/** The issue as it was made before, or a new one. */
async function answer(relay: Relay, asked: Asked): Promise<Answer> {
  const known = await issueById(relay.db, asked.id);
  if (known === null) return { reply: await make(relay, asked), first: true };
  const { till, customer, challenge } = known;
  const isSame =
    till === asked.till && customer === asked.customer && challenge === asked.challenge;
  return { reply: isSame ? await issued(relay, known) : { kind: 'issue-differs' }, first: false };
}

async function make(relay: Relay, asked: Asked): Promise<ReserveCodesReply> {
  const { db, cipher, now } = relay;
  const policy = relay.policy()?.policy;
  const registered = await registeredPhone(relay, asked.customer);
  if (policy === undefined) return { kind: 'refused', because: 'not-configured' };
  if (registered === null) return { kind: 'challenge-not-verified' };
  const until = youngUntil(relay, registered);
  const nothing = { minor: 0, currency: policy.shop.currency.code };
  if (until !== null) return { kind: 'phone-too-new', until, allowed: nothing };
  const cardSalt = await cardSaltOf(relay, asked.customer);
  if (cardSalt === null) return { kind: 'challenge-not-verified' };
  const phone = cipher.decrypt(registered.phone);
  const about = { customerId: asked.customer, cardSalt, phone };
  const dealHash = await reserveCodesHash({ issue: asked.id, ...about });
  const yes = { ...asked, action: 'issue-reserve-codes', dealHash } as const;
  // asked before the codes are made, because their hashes are slow, and again when it is spent
  if ((await refusalOf(relay, yes, registered)) !== null) return { kind: 'challenge-not-verified' };
  const codes = await makeCodes(relay, asked.till);
  const text = wordReserveCodes(await grouped(relay, codes), policy);
  const by = carrierOf(relay, text);
  if (typeof by === 'string') return { kind: 'refused', because: by };

  const issue = {
    id: asked.id,
    till: asked.till,
    customer: asked.customer,
    challenge: asked.challenge,
    codes: codes.length,
    cap: policy.overrideCaps.perAct,
    channel: by.channel,
    provider: relay.provider.current().provider.id,
    demo: relay.provider.isDemo(),
    at: now(),
  };
  const kept = await Promise.all(codes.map((made) => keep(relay, issue, made)));
  // the consent is spent once, for stored codes whose message is counted
  const room = await inTransaction(relay, async (relay) => {
    const room = await admitCode(relay, { phone, till: asked.till });
    if (room.kind !== 'room') return room;
    const isSpent =
      (await registeredPhone(relay, asked.customer))?.tag === registered.tag &&
      (await spendConsent(relay, yes, registered, `reserve-codes:${asked.id}`)) === null;
    if (isSpent) await addIssue(relay.db, issue, kept);
    else await room.giveBack(relay.db);
    return isSpent ? room : ({ kind: 'challenge-not-verified' } as const);
  });
  if (room.kind !== 'room') return room;

  const sent = await relay.provider.send({ channel: by.channel, phone, text });
  const outcome = sent.kind === 'sent' ? 'sent' : sent.because;
  relay.log({ event: 'reserve-codes', till: asked.till, codes: codes.length, outcome });
  if (!db.open) return { kind: 'provider-unreachable' };
  if (sent.kind === 'refused' && !MAYBE_SENT.has(sent.because)) {
    await inTransaction(relay, async ({ db }) => {
      await dropIssue(db, asked.id);
      // nothing was sent: the consent can be used again
      await changeChallenge(db, asked.challenge, ['verified'], { usedFor: null });
    });
    if (sent.because !== 'not-sent') return { kind: 'refused', because: sent.because };
    await room.giveBack(db);
    return { kind: 'provider-unreachable' };
  }
  const message = sent.kind === 'sent' ? sent.receipt.providerMessageId : null;
  await settleIssue(db, { id: asked.id, message, at: now() });
  return issued(relay, await issueById(db, asked.id));
}

/** New codes, distributed over the tills, the requesting one first. Their prefixes differ, so that a check derives only one hash. */
async function makeCodes({ db }: Relay, asking: string): Promise<readonly Made[]> {
  const others = await filterInTurn(
    await allTills(db),
    async ({ id, revokedAt }) =>
      id !== asking && revokedAt === null && !(await isFormerName(db, id)),
  );
  const tills = [asking, ...others.map(({ id }) => id)];
  const made: Made[] = [];
  const prefixes = new Set<string>();
  while (made.length < CODES) {
    const code = makeCrockford(RESERVE_CODE_LENGTH);
    if (prefixes.has(reservePrefix(code))) continue;
    prefixes.add(reservePrefix(code));
    made.push({ id: uuidv7(), till: tills[made.length % tills.length] ?? asking, code });
  }
  return made;
}

/** The codes as the customer reads them: by till, with its name where there are several. */
async function grouped({ db }: Relay, codes: readonly Made[]) {
  const names = new Map((await allTills(db)).map(({ id, name }) => [id, name]));
  return [...new Set(codes.map(({ till }) => till))].map((till) => ({
    till: names.get(till) ?? '',
    codes: codes.filter((made) => made.till === till).map(({ code }) => writeReserveCode(code)),
  }));
}

/** The first channel that carries a text of ours, whole; or why there is none. */
function carrierOf(
  relay: Relay,
  text: string,
): OpenChannel | 'channel-not-available' | 'text-too-long' {
  const free = openChannels(relay, 'issue-reserve-codes').filter(
    ({ can }) => can.codeOrigin === 'ours' && can.text === 'free',
  );
  const fitting = free.find(({ can }) => text.length <= (can.maxTextChars ?? Infinity));
  return fitting ?? (free.length === 0 ? 'channel-not-available' : 'text-too-long');
}

/** What the relay stores of a code: a keyed hash and the till's verifier. */
async function keep(
  { cipher, shopId, key, slowHashes }: Relay,
  issue: Pick<IssueRow, 'id' | 'customer' | 'cap' | 'demo' | 'at'>,
  { id, till, code }: Made,
) {
  const { customer, cap, demo, at } = issue;
  const verifier: ReserveVerifier = {
    v: 1,
    purpose: 'reserve-code',
    shop: shopId,
    till,
    customer,
    id,
    issue: issue.id,
    cap,
    demo,
    at,
    ...(await keptOfCode(code, slowHashes.ofCode)),
  };
  const signed = await signVerifier(verifier, key.privateKey, key.kid);
  return { id, till, hash: reserveCodeHash(cipher, customer, code), signed };
}

/** The keyed hash by which a code in a journal is recognized. */
export const reserveCodeHash = (cipher: Relay['cipher'], customer: string, code: string): string =>
  cipher.keyedHash('reserve-code', `${customer}:${code}`);

async function issued(relay: Relay, issue: IssueRow | null): Promise<ReserveCodesReply> {
  if (issue === null) throw new Error('an issue that was sent stands');
  const { db, cipher } = relay;
  const { id, till, customer, codes, cap, channel, provider, message, demo, at } = issue;
  const phone = (await registeredPhone(relay, customer))?.phone;
  const sending = message === null ? null : await sendingByMessage(db, provider, message);
  const currency = relay.policy()?.policy.shop.currency.code ?? '';
  return {
    kind: 'issued',
    verifiers: [...(await verifiersOf(db, id, till))],
    codes,
    channel,
    at,
    demo,
    cap: { minor: cap, currency },
    phoneMasked: phone === undefined ? '' : maskPhone(cipher.decrypt(phone) as Phone),
    delivery: sending?.delivery ?? 'unknown',
  };
}

/** Moves the codes that are due; safe to repeat. To be called after each upload of the till. */
export async function moveReserveCodes(relay: Relay, { id, revokedAt }: TillRow): Promise<void> {
  const { db } = relay;
  const [, ...former] = await namesOfDevice(db, id);
  if (former.length === 0 || revokedAt !== null) return;
  const codes = await liveCodesOf(db, former);
  if (codes.length === 0 || !(await isCarriedOver(relay, id))) return;
  const signed = await Promise.all(codes.map((code) => signedFor(relay, code, id)));
  await inTransaction(relay, async ({ db }) => {
    for (const [place, code] of codes.entries()) {
      const verifier = signed[place];
      if (verifier) await moveReserveCode(db, code, { till: id, signed: verifier });
    }
  });
  relay.log({ event: 'reserve-codes-moved', till: id, codes: codes.length });
}

/** The same verifier for another till; null where this key did not sign it. */
async function signedFor({ key }: Relay, code: LiveCode, till: string): Promise<string | null> {
  const verifier = await openVerifier(code.signed, key.publicJwk);
  return verifier && signVerifier({ ...verifier, till }, key.privateKey, key.kid);
}

/** Whether all carried-over entries of the till have arrived; they come first in its new journal. */
async function isCarriedOver({ db }: Relay, till: string): Promise<boolean> {
  const last = await entryIn(db, till, (await headOf(db, till))?.seq ?? 0);
  const former =
    actBodies['till-enrolled'].safeParse((await entryIn(db, till, 1))?.body).data?.former ?? null;
  if (last === null || former === null) return false;
  if (last.act === 'till-enrolled')
    return former.seq === 0
      ? (await headOf(db, former.till)) === null
      : (await hashAt(db, former.till, former.seq)) === former.hash;
  if (last.act !== 'carried-over') return true;
  return actBodies['carried-over'].safeParse(last.body).data?.entry.hash === former.hash;
}

const entryIn = async (db: Relay['db'], till: string, seq: number) =>
  entrySchema.safeParse(await entryAt(db, till, seq)).data ?? null;
