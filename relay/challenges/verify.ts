// Checks codes of challenges: counts before it compares; the first right code is the consent.
import type { CheckReply } from '$lib/contract/challenge';
import type { Action } from '$lib/contract/values';
import { wordBroughtIn } from '$lib/domain/messages/code-message';
import { phoneHash } from '$lib/proof/deal';
import { AFTER_CONSENT, statusOf } from './view';
import { openChannels } from '../messaging/codes/channel-chain';
import { hashCode, matching } from '../messaging/codes/codes';
import { boundsReached, stoppedByGuesses, takeGuess } from '../messaging/limits/guess-limits';
import { claimOf } from './grant';
import { addedPerson } from '../customers/authorised-persons';
import { answeredBy } from '../customers/phones';
import { phoneTag } from '../store/phones';
import type { Relay } from '../context';
import { cardSaltOf } from '../store/card-salts';
import {
  acceptCode,
  acceptedCodes,
  challengeById,
  challengeLedBy,
  changeChallenge,
  countCheck,
  type AcceptedCode,
  type ChallengeRow,
  endChallenge,
  eraseCodes,
} from '../store/challenges';
import { untoldDebtOf } from '../store/untold-debts';
import { giveBackGuesses } from '../store/guesses';
import { noteGuessing } from '../store/summaries';
import { inTransaction } from '../store/transaction';
import { addOpenGrant } from '../store/withheld';

/** Checks a code against a challenge whose message has been sent. */
export async function checkCode(
  relay: Relay,
  row: ChallengeRow,
  code: string,
): Promise<CheckReply> {
  const { db, now, cipher } = relay;
  const hash = hashCode(cipher, row, code);
  const phone = row.phone === null ? null : cipher.decrypt(row.phone);
  const cardSalt = await cardSaltOf(relay, row.customer);
  // computed before the transaction, in which nothing else is awaited
  const of =
    phone === null || cardSalt === null ? null : { phone, hash: await phoneHash(cardSalt, phone) };
  // in one transaction: the same right code sent in parallel must not use up the checks before the first one counts
  const checked = await inTransaction(relay, async (relay) => {
    const counted = await count(relay, row, code);
    if (counted === null || of === null) return 'ended';
    const match = matching(await acceptedCodes(relay.db, row.id), hash);
    if (match !== null) return takeConsent(relay, counted, match, of);
    await noteBounds(relay, counted, code);
    const { checksLeft } = counted;
    if (checksLeft === 0)
      await endChallenge(relay.db, row.id, ['awaiting'], { state: 'too-many-checks', at: now() });
    return { checksLeft };
  });
  if (checked === 'superseded') return { kind: 'spent', because: checked };
  if (checked === 'ended') return again(relay, await challengeById(db, row.id), hash);
  const { checksLeft } = checked;
  if ('id' in checked) {
    relay.log({ event: 'code-right', challenge: row.id, till: row.till, action: row.action });
    return ended(relay, checked);
  }
  relay.log({ event: 'code-wrong', challenge: row.id, till: row.till, left: checksLeft });
  return { kind: 'wrong-code', checksLeft };
}

/**
 * Counts a check against the challenge and, as a wrong one, against the number, the till and the shop, before anything is
 * compared. Null: nothing may be compared; a challenge whose guesses others have used up ends. Runs inside the caller's
 * transaction.
 */
async function count(relay: Relay, row: ChallengeRow, code: string): Promise<ChallengeRow | null> {
  const { db, now } = relay;
  const { id, till, phoneTag } = row;
  const counted = await countCheck(db, { id, till, at: now() });
  if (counted === null) return null;
  for (const { strength, chance } of await chancesOf(relay, id, code)) {
    if (await takeGuess(relay, { strength, chance, challenge: id, phoneTag, till })) continue;
    await endChallenge(db, id, ['awaiting'], { state: 'too-many-checks', at: now() });
    relay.log({ event: 'guesses-used-up', challenge: id, till, strength });
    return null;
  }
  return counted;
}

/** Actions whose grant must arrive in a journal entry; otherwise an entry is missing (`tills/withheld.ts`). */
const IN_JOURNAL: ReadonlySet<Action> = new Set<Action>([
  ...(['sell-on-account', 'redeem-points', 'correct-balance', 'cancel-repayment'] as const),
  ...(['merge-customers', 'return-goods'] as const),
]);

/** The strengths of the codes that a guess is compared with, each with its chance of being right, in billionths. */
async function chancesOf({ db }: Relay, id: string, code: string) {
  const found = (await acceptedCodes(db, id)).filter(({ digits }) => digits === code.length);
  return [...new Set(found.map((one) => one.strength))].map((strength) => {
    const chances = found.flatMap((one) => (one.strength === strength ? [one.chance] : []));
    return { strength, chance: chances.reduce((sum, one) => sum + one, 0) };
  });
}

/** Adds to the owners' daily summary that the wrong codes of the number, the till or the shop are used up. */
async function noteBounds(relay: Relay, row: ChallengeRow, code: string): Promise<void> {
  const { id, till, phoneTag } = row;
  const sure = relay.policy()?.policy.challenge.checks ?? 1;
  for (const { strength, chance } of await chancesOf(relay, id, code)) {
    const checks = strength === 'weak' ? 1 : sure;
    const guess = { strength, chance, phoneTag, till };
    const { ofPhone, ofShop } = await boundsReached(relay, guess, checks);
    if (ofPhone) await noteGuessing(relay.db, { kind: 'guessing', phoneTag }, relay.now());
    if (ofShop) await noteGuessing(relay.db, { kind: 'guessing', phoneTag: null }, relay.now());
  }
  if (!(await stoppedByGuesses(relay)).has(till)) return;
  await noteGuessing(relay.db, { kind: 'guessing', till }, relay.now());
  relay.log({ event: 'codes-stopped', till });
}

/** The reply when no checks are left: the right code gets the same grant again, everything else `spent`. */
async function again(relay: Relay, row: ChallengeRow | null, hash: string): Promise<CheckReply> {
  if (row === null) return { kind: 'unknown-challenge' };
  if (row.state === 'verified') {
    const right = matching(await acceptedCodes(relay.db, row.id), hash) !== null;
    return right ? ended(relay, row) : { kind: 'spent', because: AFTER_CONSENT };
  }
  // a parallel request has used the last check and not ended the challenge yet
  if (row.state === 'awaiting' && row.expiresAt > relay.now())
    return { kind: 'spent', because: 'too-many-checks' };
  return ended(relay, row);
}

async function ended(relay: Relay, row: ChallengeRow): Promise<CheckReply> {
  const status = await statusOf(relay, row);
  return status.kind === 'awaiting-code' ? { kind: 'unknown-challenge' } : status;
}

/**
 * Stores the customer's consent, inside the caller's transaction: their number is proven by it. Fixes the payload of
 * the grant, and of that of the challenge it leads, and deletes every code except the hash of the one that was entered.
 * Returns `superseded` if the customer's number has changed since the request, or the person was removed, `ended` if the
 * challenge has ended.
 */
async function takeConsent(
  relay: Relay,
  row: ChallengeRow,
  match: AcceptedCode,
  of: { readonly phone: string; readonly hash: string },
): Promise<ChallengeRow | 'superseded' | 'ended'> {
  const { db, now, cipher } = relay;
  const at = now();
  if ((await challengeById(db, row.id))?.state !== 'awaiting') return 'ended';
  const tag = phoneTag(relay, of.phone);
  const { customer, person } = row;
  // a code of an authorised person does not register their number as the customer's
  const registered =
    person === null
      ? await answeredBy(relay, { customer, phone: cipher.encrypt(of.phone), tag })
      : await addedPerson(relay, { customer, person, tag });
  if (registered?.tag !== tag) {
    await endChallenge(db, row.id, ['awaiting'], { state: 'superseded', at });
    return 'superseded';
  }
  const { channel, strength } = match;
  const weak = strength === 'weak';
  const { hash: phoneHash } = of;
  const broughtIn = await namedDebt(relay, row, channel);
  const { since: phoneSince } = registered;
  const led = await challengeLedBy(db, row.id);
  // a later request for the led action alone has ended it
  for (const each of led?.state === 'awaiting' ? [row, led] : [row]) {
    const claim = claimOf(relay, each, { at, channel, weak, phoneHash, phoneSince, broughtIn });
    const change = { state: 'verified', endedAt: at, claim: JSON.stringify(claim) } as const;
    const verified = { ...change, code: null, text: null };
    // the worth counts towards the limit of weak codes only if a weak code confirmed it
    await changeChallenge(
      db,
      each.id,
      ['awaiting'],
      weak ? verified : { ...verified, weakWorth: null },
    );
    if (IN_JOURNAL.has(each.action) && !row.demo)
      await addOpenGrant(db, { challenge: each.id, till: row.till, exp: claim.exp });
  }
  await eraseCodes(db, row.id);
  await acceptCode(db, row.id, match);
  await giveBackGuesses(db, row.id);
  return (await challengeById(db, row.id)) ?? 'ended';
}

/** The imported debt that this code's message named, minor units. Null: none, or the channel has a fixed text. */
async function namedDebt(
  relay: Relay,
  row: ChallengeRow,
  channel: ChallengeRow['channel'],
): Promise<number | null> {
  const policy = relay.policy()?.policy;
  const owed = await untoldDebtOf(relay.db, row.customer);
  const by = openChannels(relay, row.action).find((one) => one.channel === channel);
  if (owed === null || policy === undefined || row.text === null || by?.can.text !== 'free')
    return null;
  const named = `${wordBroughtIn(owed, policy.shop)} `;
  return relay.cipher.decrypt(row.text).startsWith(named) ? owed : null;
}
