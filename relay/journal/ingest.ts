// Appends an upload of a journal, as a whole or not at all, with the effects of its entries, once.
import type { HeadSigned, JournalHead, Refusal } from '$lib/contract/challenge';
import { GENESIS_HASH } from '$lib/contract/journal';
import {
  placed,
  type Contact,
  type EntryOnWire,
  type JournalUpload,
  type Watermark,
} from '$lib/contract/journal-upload';
import { DAY_MS } from '$lib/domain/values/durations';
import { BrokenInvariant } from '$lib/domain/values/invariant';
import { isPersonRecord } from '$lib/domain/shop-cards';
import { headOfUpload } from '$lib/proof/journal-head';
import type { ReserveHash } from '$lib/proof/reserve-hash';
import { NO_GOODS_NEWS, type CreditKnown } from './acts-by-right';
import { keepRecords, readRecords, type RecordsByHash } from './cards';
import { readEntry, type ReadEntry } from './entry-reading';
import { keepBeside } from './quarantine';
import { nameNumber, recoverNumber } from '../customers/phone-changes';
import type { Relay } from '../context';
import { errorName } from '../error-name';
import { nextMark, withoutSending } from '../tills/restored';
import { judgeOpenGrants, noteHeldHead, takeSignedHead } from '../tills/withheld';
import { reserveCodeOf, takeReserveCode } from '../reserve-codes/checks';
import { moveReserveCodes } from '../reserve-codes/reserve-codes';
import { personsOf } from '../store/authorised-persons';
import { cardSaltOf } from '../store/card-salts';
import { recordOf } from '../store/cards';
import { contactsOf } from '../store/contacts';
import { publishDiscrepancies } from '../store/discrepancies';
import { isFlaggedSince, type Finding } from '../store/flags';
import { namesOfDevice } from '../store/former-names';
import {
  appendEntry,
  hashAt,
  headOf,
  notUnderstoodSince,
  setVerdict,
  type Appended,
  type Keeping,
} from '../store/journal';
import { phonesOf } from '../store/phone-history';
import { cardsWith, phoneTag } from '../store/phones';
import {
  isQuarantinedHead,
  quarantinedFrom,
  quarantinedSince,
  quarantineTill,
} from '../store/quarantine';
import { lostUntil, progressOf, signedHeadAt } from '../store/journal-progress';
import type { TillRow } from '../store/tills';
import { inTransaction } from '../store/transaction';
import { creditKnown, judgingPolicy } from './facts';
import { countedAt, timesOf } from './times';
import { flag, judgePhoneChanges, reserveCodesIn, takeEffect } from './effects';
import { tellByRight } from './entry-messages';

/**
 * Bytes of entries per till and day that the relay stores without understanding them. Enough for the acts of a later version on a
 * busy day, after an older version of the relay was restored.
 */
const NOT_UNDERSTOOD_A_DAY = 2 * 1024 * 1024;

export type Upload = Pick<JournalUpload, 'entries' | 'contacts' | 'cards' | 'headSigned'>;
export type Taken =
  | { readonly kind: 'kept'; readonly accepted: number; readonly mark: Watermark }
  /** From `seq` on the entries stay beside the journal. */
  | Beside
  /** Nothing was stored. */
  | Extract<Appended, { kind: 'gap' }>;

type Beside = { readonly kind: 'quarantined' | 'fork'; readonly seq: number };

/**
 * Appends an upload of one till, whose signed head was verified, in one transaction. Repeated and parallel uploads are safe: each
 * entry counts once. An entry that cannot be judged is kept beside the journal on the next try.
 */
export async function takeUpload(relay: Relay, till: TillRow, upload: Upload): Promise<Taken> {
  // read before the transaction, in which nothing can be awaited
  const records = await readRecords(upload);
  const read = await readUpload(relay, till.id, upload, records);
  const failed: Failures = new Map();
  for (;;)
    try {
      const taken = await inTransaction(relay, (relay) =>
        take(relay, till, upload, { read, records }, failed),
      );
      relay.outbox.wake();
      await moveReserveCodes(relay, till);
      return taken;
    } catch (error) {
      if (error instanceof Missing) return error.gap;
      if (!(error instanceof Unjudged)) throw error;
      const { original, cause } = error;
      const times = (failed.get(original) ?? 0) + 1;
      if (times > 2) throw cause;
      relay.log({ event: 'entry-not-judged', till: till.id, error: errorName(cause) });
      failed.set(original, times);
    }
}

/** How often the judging of an original threw in this upload. */
type Failures = Map<string, number>;

/**
 * Thrown inside the transaction where an entry breaks an invariant, which it would do again in each upload. After any other
 * error, of the disk or of this program, the same upload may succeed later.
 */
class Unjudged extends Error {
  constructor(
    readonly original: string,
    cause: unknown,
  ) {
    super('an entry that cannot be judged', { cause });
  }
}

async function judged<T>({ original }: ReadEntry, judge: () => Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    throw error instanceof BrokenInvariant ? new Unjudged(original.hash, error) : error;
  }
}

/** The entries of an upload that the till's journal does not hold yet, in their order. */
async function readUpload(
  relay: Relay,
  till: string,
  { entries, contacts = [] }: Pick<Upload, 'entries' | 'contacts'>,
  records: RecordsByHash,
): Promise<readonly ReadEntry[]> {
  const { db, now } = relay;
  const head = (await headOf(db, till))?.seq ?? 0;
  const read: ReadEntry[] = [];
  const known = knownOf(relay, relay.slowHashes.ofUploadedCode(till), contacts, records);
  let before: number | null = null;
  for (const entry of entries) {
    const at = placed.safeParse(entry).data;
    const seq: number = at?.seq ?? (before ?? head) + 1;
    before = seq;
    if (at !== undefined && seq <= head && (await hashAt(db, till, seq)) === at.hash) continue;
    read.push(await readEntry(entry, { till, seq, now: now() }, known));
  }
  return read;
}

/** Thrown inside the transaction to roll the whole upload back. */
class Missing extends Error {
  constructor(readonly gap: Extract<Appended, { kind: 'gap' }>) {
    super(gap.kind);
  }
}

async function take(
  relay: Relay,
  { id: till, revokedAt }: TillRow,
  { entries, contacts = [], headSigned }: Upload,
  {
    read,
    records,
  }: {
    readonly read: readonly ReadEntry[];
    readonly records: RecordsByHash;
  },
  failed: Failures,
): Promise<Taken> {
  const { db, now } = relay;
  await recoverNumbers(relay, read);
  const lost = await lostUntil(db, till);
  // messages about an entry that the relay had before it was restored from a backup may have been sent
  const sendOnce = (wasHere: boolean, work: () => Promise<void>): Promise<void> =>
    wasHere ? withoutSending(relay, work) : work();
  const shared: Finding[] = [];
  await sendOnce((read[0]?.entry.seq ?? Infinity) <= lost, async () => {
    for (const contact of contacts)
      if (await nameAndCount(relay, { ...contact, till, isRemoved: revokedAt !== null }))
        shared.push({ kind: 'number-shared', detail: contact.customer });
  });
  let accepted = 0;
  const stopped = await quarantinedFrom(db, till);
  let beside: Beside | null = null;
  for (const each of read) {
    const { entry, original } = each;
    const failures = failed.get(original.hash) ?? 0;
    const one: ReadEntry = failures > 0 ? { ...each, damage: 'not-judged' } : each;
    if ((await hashAt(db, till, entry.seq)) === entry.hash) continue;
    const keeping = await keepingOf(relay, one);
    if (beside === null) {
      const appended =
        stopped === null
          ? await append(relay, one, keeping)
          : ({ kind: 'quarantined', seq: stopped } as const);
      if (appended.kind === 'gap') throw new Missing(appended);
      if (appended.kind === 'accepted') {
        accepted += 1;
        const { order } = appended;
        const wasHere = entry.seq <= lost || (await wasHereAsFormer(db, till, original));
        await sendOnce(wasHere, async () => {
          if (keeping === 'hashes') await flagNotKept(relay, entry);
          const verdict = await judged(one, () => takeEffect(relay, one, order));
          if (verdict !== 'accepted' && keeping !== 'hashes') await setVerdict(db, order, verdict);
        });
      }
      if (appended.kind === 'quarantined' || appended.kind === 'fork') beside = appended;
    }
    if (beside !== null)
      await sendOnce(entry.seq <= lost, () =>
        judged(one, () => keepUnjudged(relay, one, failures)),
      );
  }
  await keepRecords(relay, till, { entries }, records);
  const held = await headOf(db, till);
  const { seq, hash } = beside === null ? headOfUpload(entries) : (held ?? NO_HEAD);
  const signedAt = beside === null ? headSigned.at : null;
  if (seq > 0) await flag(relay, { till, seq, hash }, shared);
  await noteHeldHead(relay, till, { seq, hash }, signedAt);
  await judgeOpenGrants(relay, { till, seq, hash }, Math.min(signedAt ?? held?.at ?? 0, now()));
  await publishDiscrepancies(db, now());
  if (beside !== null) return beside;
  const mark = await nextMark(relay, till);
  if (mark === null) throw new Error('an upload without entries');
  return { kind: 'kept', accepted, mark };
}

/**
 * Whether the till made this entry under its former id, and the relay lost it when it was restored from a backup. The till has
 * enrolled again since, and uploads the entry in its new journal.
 */
async function wasHereAsFormer(
  db: Relay['db'],
  till: string,
  { till: former, seq }: ReadEntry['original'],
): Promise<boolean> {
  if (former === till || seq > (await lostUntil(db, former))) return false;
  if (seq <= ((await headOf(db, former))?.seq ?? 0)) return false;
  return (await namesOfDevice(db, till)).includes(former);
}

/** A number on so many cards is flagged. Families share a number; so do cards made up to multiply limits. */
const CARDS_OF_ONE = 3;

/** Takes a number that a till names. Returns whether it has just reached `CARDS_OF_ONE` cards. */
async function nameAndCount(
  relay: Relay,
  named: Parameters<typeof nameNumber>[1],
): Promise<boolean> {
  const tag = phoneTag(relay, named.phone);
  const before = await cardsWith(relay.db, tag);
  await nameNumber(relay, named);
  return before < CARDS_OF_ONE && (await cardsWith(relay.db, tag)) >= CARDS_OF_ONE;
}

const NO_HEAD = { seq: 0, hash: GENESIS_HASH };

/** Appends an entry to the till's journal; `quarantined`: it is damaged, and so it and what follows cannot be part of it. */
async function append(
  { db, now }: Relay,
  { entry, damage }: ReadEntry,
  keeping: Keeping,
): Promise<Appended | { readonly kind: 'quarantined'; readonly seq: number }> {
  const { till, seq } = entry;
  const expectedSeq = ((await headOf(db, till))?.seq ?? 0) + 1;
  if (damage === null) {
    const signed = seq === expectedSeq ? await signedHeadAt(db, till, seq) : null;
    const isOther = signed !== null && signed.hash !== entry.hash;
    if (isOther) return { kind: 'fork', seq };
    return appendEntry(db, entry, { receivedAt: now(), keeping });
  }
  if (seq > expectedSeq) return { kind: 'gap', expectedSeq };
  await quarantineTill(db, { till, seq, since: now() });
  return { kind: 'quarantined', seq };
}

/**
 * Keeps an entry beside the journal, flagged as damaged unless it only follows another one there. Messages about its acts by right
 * are queued now, and not again when it is carried over. `failures`: how often judging it threw; after two it is only flagged.
 */
async function keepUnjudged(relay: Relay, one: ReadEntry, failures: number): Promise<void> {
  const { db } = relay;
  const { entry, original, damage } = one;
  if (failures > 1) return flag(relay, { ...entry, hash: original.hash }, [DAMAGED]);
  const follows = damage === null && (await isQuarantinedHead(db, entry.till, entry.prevHash));
  const at = countedAt(original.at, await timesOf(relay, original));
  const isOwn = (await namesOfDevice(db, entry.till)).includes(original.till);
  const made = { ...original, at, till: isOwn ? original.till : entry.till };
  const found = await keepBeside(relay, one, { made, isWhole: await hasRoomFor(relay, one) });
  if (found === null) return;
  // used up even if it proves nothing: a code in an upload is no longer secret
  for (const use of reserveCodesIn(original)) await takeReserveCode(relay, use);
  const device = await namesOfDevice(db, made.till);
  const judging = await judgingPolicy(db, made, (await progressOf(db, device)).policy);
  const policy = judging ?? relay.policy()?.policy ?? null;
  const numbers = await judgePhoneChanges(relay, made, policy, device);
  const credits = new Map<string, CreditKnown>();
  for (const { customer } of made.cards)
    credits.set(customer, await creditKnown(db, { customer, device, seen: 0 }));
  await tellByRight(relay, made, {
    policy,
    creditOf: (customer) => credits.get(customer) ?? { here: null, inShop: null },
    numberChanged: numbers.any,
    // they change nothing yet: owners get the message once the entry is taken
    remindersDeclined: false,
    goods: NO_GOODS_NEWS,
  });
  const isFirst = follows ? [] : [DAMAGED];
  const { till, seq } = entry;
  const findings = [...isFirst, ...found, ...numbers.findings];
  await flag(relay, { till, seq, hash: original.hash }, findings);
}

const DAMAGED: Finding = { kind: 'quarantined', detail: null };

/** An entry is kept whole if the relay understands it, or has room for it today; otherwise only its hashes are. */
async function keepingOf(relay: Relay, one: ReadEntry): Promise<Keeping> {
  if (one.original.known !== null) return 'understood';
  return (await hasRoomFor(relay, one)) ? 'not-understood' : 'hashes';
}

async function hasRoomFor({ db, now }: Relay, { entry, uploaded }: ReadEntry): Promise<boolean> {
  const { till } = entry;
  const since = now() - DAY_MS;
  const kept =
    (await notUnderstoodSince(db, till, since)) + (await quarantinedSince(db, till, since));
  return kept + Buffer.byteLength(JSON.stringify(uploaded)) <= NOT_UNDERSTOOD_A_DAY;
}

/** Flags an entry of which only the hash is stored; once a day per till. */
async function flagNotKept(relay: Relay, entry: EntryOnWire): Promise<void> {
  const { till, seq, hash } = entry;
  const since = relay.now() - DAY_MS;
  if (await isFlaggedSince(relay.db, { till, kind: 'not-kept', since })) return;
  await flag(relay, { till, seq, hash }, [{ kind: 'not-kept', detail: null }]);
}

/**
 * What reading entries of an upload needs to know. `named`: contacts in the upload; `records`: cards and persons in it. They need
 * no proof, because a grant contains the hashes of the number with the card secret and of the person in question.
 */
export function knownOf(
  relay: Pick<Relay, 'db' | 'cipher' | 'key' | 'understood'>,
  reserveHash: ReserveHash,
  named: readonly Contact[],
  records: RecordsByHash,
): Parameters<typeof readEntry>[2] {
  const { db, cipher, key, understood } = relay;
  const recordNamed = async (hash: string) => records.get(hash) ?? (await recordOf(relay, hash));
  return {
    understood,
    relayKey: key.publicJwk,
    reserveHash,
    reminders: async (hash) => {
      const record = await recordNamed(hash);
      return record === null || isPersonRecord(record) ? null : record.reminders;
    },
    isCodeKnown: async (of) => (await reserveCodeOf(relay, of)) !== null,
    person: async (hash) => {
      const record = await recordNamed(hash);
      if (record === null || !isPersonRecord(record)) return null;
      const { id, name, phone } = record;
      return { id, name, phone };
    },
    numbers: async (customer) => {
      const cardSalt = await cardSaltOf(relay, customer);
      const own = named.filter((contact) => contact.customer === customer);
      const salts = new Set([
        ...(cardSalt === null ? [] : [cardSalt]),
        ...own.map((contact) => contact.cardSalt),
      ]);
      const inUpload = [...records.values()].flatMap((record) =>
        isPersonRecord(record)
          ? [...salts].map((salt) => ({ phone: record.phone, cardSalt: salt }))
          : [],
      );
      const held = [
        ...(await phonesOf(db, customer)),
        ...(await contactsOf(db, customer)),
        ...(await personsOf(db, customer)),
      ];
      return [
        ...(cardSalt === null
          ? []
          : held.map(({ phone }) => ({ phone: cipher.decrypt(phone), cardSalt }))),
        ...own,
        ...inUpload,
      ];
    },
  };
}

/** Registers numbers that the relay lost when it was restored from a backup, before the till names others: a grant proves them. */
async function recoverNumbers(relay: Relay, read: readonly ReadEntry[]): Promise<void> {
  for (const { original } of read)
    for (const { grant, confirmedNumber } of original.movements)
      if (grant !== null && grant.person === null && confirmedNumber !== null)
        await recoverNumber(relay, grant, confirmedNumber);
}

/** How far a till's uploads may be behind its journal before it gets no more codes. */
const LAG_MS = 10 * 60_000;

/** Why a till with this journal head gets no code; null: it gets one. */
export async function judgeHead(
  { db, now, log }: Pick<Relay, 'db' | 'now' | 'log'>,
  till: Pick<TillRow, 'id' | 'enrolledAt'>,
  head: JournalHead,
  { at }: Pick<HeadSigned, 'at'>,
): Promise<{ kind: 'journal-behind' } | { kind: 'refused'; because: Refusal } | null> {
  const { seq, hash } = head;
  const differSince = await takeSignedHead({ db, now, log }, till.id, { seq, hash, at });
  const held = (await headOf(db, till.id)) ?? { seq: 0, hash: GENESIS_HASH, at: till.enrolledAt };
  if (head.seq > held.seq) {
    const signed = await signedHeadAt(db, till.id, seq);
    if (signed !== null && signed.hash !== hash)
      return { kind: 'refused', because: 'journal-forked' };
    // The head's own time is not enough: an invented entry dated ahead would hide missing entries for ever.
    const isLate = now() - (differSince ?? now()) > LAG_MS;
    return isLate || head.at - held.at > LAG_MS ? { kind: 'journal-behind' } : null;
  }
  const here = head.seq === 0 ? GENESIS_HASH : await hashAt(db, till.id, head.seq);
  // the relay has all of it from this till: another hash means that the till was restored from an old copy
  return here === head.hash ? null : { kind: 'refused', because: 'journal-forked' };
}
