// Appends an upload of a journal, as a whole or not at all, with the effects of its entries, once.
import { flatMapInTurn } from '../in-turn';
import type { HeadSigned, JournalHead, Refusal } from '$lib/contract/challenge';
import { GENESIS_HASH, type Credit } from '$lib/contract/journal';
import { placed, type EntryOnWire, type JournalUpload } from '$lib/contract/journal-upload';
import type { ActByRightKind } from '$lib/contract/owner-notice';
import type { Policy } from '$lib/contract/policy';
import type { SaleAction } from '$lib/contract/values';
import { DAY_MS, MONTH_MS } from '$lib/domain/account';
import { money } from '$lib/domain/money';
import type { WithoutCode } from '$lib/domain/notice-message';
import type { NewsOfAct } from '$lib/domain/notice-message';
import { rightsOf } from '$lib/domain/policy';
import { project } from '$lib/domain/projection';
import { sumsByRight, type ByRight } from '$lib/domain/right-message';
import { NOTHING_BEFORE, writtenTo, type ProjectedChange } from '$lib/domain/rows';
import { headOfUpload } from '$lib/proof/journal-head';
import { takeDisputes } from '../customers/disputes';
import { actsByRight } from './acts-by-right';
import { isOfFormerRelay, takeCarryOver, takeFormerName } from './former-names';
import { judgeEntry, takenAsSaid, type JudgedMovement } from './audit';
import { CLOCK_MS, type Facts } from './audit-proofs';
import { readEntry, type Original, type ReadEntry } from './entry-reading';
import { pushedOver } from './audit-windows';
import { reviewKnowledge } from './reviews';
import { decideAgain, decideOtherAgain } from './decide-again';
import { keepBeside } from './quarantine';
import {
  noteAccounts,
  queueNotices,
  queueOperatorNotice,
  type UnconfirmedMovement,
} from '../customers/notices';
import { nameNumber } from '../customers/phone-changes';
import type { Relay } from '../context';
import { voidReserveCodesAt, type ReserveCodeRow } from '../store/reserve-codes';
import { judgeOpenGrants, noteHeldHead, takeSignedHead } from '../tills/withheld';
import { moveReserveCodes } from '../reserve-codes/moves';
import {
  judgeReserveCode,
  reserveCodeOf,
  takeReserveCode,
  type ReserveCodeUse,
} from '../reserve-codes/checks';
import { cardSaltOf } from '../store/card-salts';
import { challengeById } from '../store/challenges';
import { contactsOf } from '../store/contacts';
import { disputedSince } from '../store/disputes';
import { addFlags, isNotKeptSince, type Finding, type FlaggedEntry } from '../store/flags';
import { namesOfDevice } from '../store/former-names';
import {
  appendEntry,
  hashAt,
  headOf,
  notUnderstoodSince,
  type Appended,
  type Keeping,
} from '../store/journal';
import {
  actsOfCustomer,
  addActs,
  addSteps,
  claimOriginal,
  creditOf,
  standingAt,
  takeSaleNumber,
  keepCredit,
  overridesOfDevice,
  overridesOfNumber,
  spendGrant,
  spentBy,
  type ActRow,
} from '../store/journal-acts';
import { nameOperator, unnamedChanges } from '../store/phone-changes';
import { phonesOf } from '../store/phone-history';
import { policyOfVersion } from '../store/policies';
import { othersInContactAt } from '../store/presence';
import {
  dropQuarantinedActs,
  isQuarantinedHead,
  quarantinedFrom,
  quarantinedSince,
  quarantineTill,
  wasQuarantined,
} from '../store/quarantine';
import { noteProgress, progressOf, signedHeadAt, signedUntil } from '../store/journal-progress';
import { addSummaryItem, type SummaryItem } from '../store/summaries';
import { tillById, type TillRow } from '../store/tills';
import { closeGrant } from '../store/withheld';
import { inTransaction } from '../store/transaction';

/**
 * Bytes of what the relay does not understand that it keeps for a till and day: acts of a later version, after the relay was
 * put back, on a busy day.
 */
const NOT_UNDERSTOOD_A_DAY = 2 * 1024 * 1024;

export type Upload = Pick<JournalUpload, 'entries' | 'contacts' | 'headSigned'>;
export type Taken =
  | { readonly kind: 'kept'; readonly accepted: number }
  /** From `seq` on the entries stay beside the journal. */
  | Beside
  /** Nothing was stored. */
  | Extract<Appended, { kind: 'gap' }>;

type Beside = { readonly kind: 'quarantined' | 'fork'; readonly seq: number };

/** Takes an upload of one till, whose signed head was verified. Repeated and parallel uploads are safe: each entry counts once. */
export async function takeUpload(relay: Relay, till: TillRow, upload: Upload): Promise<Taken> {
  // read before the transaction, in which nothing can be awaited
  const read = await readUpload(relay, till.id, upload.entries);
  try {
    const taken = await inTransaction(relay, (relay) => take(relay, till, upload, read));
    relay.outbox.wake();
    await moveReserveCodes(relay, till);
    return taken;
  } catch (error) {
    if (error instanceof Missing) return error.gap;
    throw error;
  }
}

/** The entries of an upload that the till's journal does not hold yet, in their order. */
async function readUpload(
  relay: Relay,
  till: string,
  entries: readonly unknown[],
): Promise<readonly ReadEntry[]> {
  const { db, now } = relay;
  const head = (await headOf(db, till))?.seq ?? 0;
  const read: ReadEntry[] = [];
  let before: number | null = null;
  for (const entry of entries) {
    const at = placed.safeParse(entry).data;
    const seq: number = at?.seq ?? (before ?? head) + 1;
    before = seq;
    if (at !== undefined && seq <= head && (await hashAt(db, till, seq)) === at.hash) continue;
    read.push(await readEntry(entry, { till, seq, now: now() }, knownOf(relay)));
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
  { id: till }: TillRow,
  { entries, contacts = [], headSigned }: Upload,
  read: readonly ReadEntry[],
): Promise<Taken> {
  const { db, now } = relay;
  for (const contact of contacts) await nameNumber(relay, { ...contact, till });
  let accepted = 0;
  const stopped = await quarantinedFrom(db, till);
  let beside: Beside | null = null;
  for (const one of read) {
    const { entry } = one;
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
        if (keeping === 'hashes') await flagNotKept(relay, entry);
        await takeEffect(relay, one, appended.place);
      }
      if (appended.kind === 'quarantined' || appended.kind === 'fork') beside = appended;
    }
    if (beside !== null) await setAside(relay, one);
  }
  const held = await headOf(db, till);
  const { seq, hash } = beside === null ? headOfUpload(entries) : (held ?? NO_HEAD);
  const signedAt = beside === null ? headSigned.at : null;
  await noteHeldHead(relay, till, { seq, hash }, signedAt);
  await judgeOpenGrants(relay, { till, seq, hash }, Math.min(signedAt ?? held?.at ?? 0, now()));
  return beside ?? { kind: 'kept', accepted };
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
 * Keeps an entry beside the journal, flagged as damaged unless it only follows another one there. Its acts by right are told
 * now, and not again when it is carried over.
 */
async function setAside(relay: Relay, one: ReadEntry): Promise<void> {
  const { db, now } = relay;
  const { entry, original, damage } = one;
  const follows = damage === null && (await isQuarantinedHead(db, entry.till, entry.prevHash));
  const at = Math.min(now(), Math.max(original.at, await earliestOf(relay, original)));
  const isOwn = (await namesOfDevice(db, entry.till)).includes(original.till);
  const made = { ...original, at, till: isOwn ? original.till : entry.till };
  const found = await keepBeside(relay, one, { made, isWhole: await hasRoomFor(relay, one) });
  if (found === null) return;
  const device = await namesOfDevice(db, made.till);
  const judging = await judgingPolicy(db, made, (await progressOf(db, device)).policy);
  const policy = judging ?? relay.policy()?.policy ?? null;
  const numbers = await judgePhoneChanges(relay, made, policy, device);
  const credits = new Map<string, Credit | null>();
  for (const { customer } of made.cards) credits.set(customer, await creditOf(db, customer));
  await tellByRight(relay, made, {
    policy,
    creditOf: (customer) => credits.get(customer) ?? null,
    numberChanged: numbers.any,
  });
  const isFirst: Finding[] = follows ? [] : [{ kind: 'quarantined', detail: null }];
  const { till, seq } = entry;
  const findings = [...isFirst, ...found, ...numbers.findings];
  await flag(relay, { till, seq, hash: original.hash }, findings);
}

/** Whole where the relay understands the entry, or has room for it today; otherwise only its hashes. */
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

/** Flags the first entry of a till and day of which only the hashes are kept. */
async function flagNotKept(relay: Relay, entry: EntryOnWire): Promise<void> {
  const { till, seq, hash } = entry;
  if (await isNotKeptSince(relay.db, till, relay.now() - DAY_MS)) return;
  await flag(relay, { till, seq, hash }, [{ kind: 'not-kept', detail: null }]);
}

/** Flags the first entry of a till, which names the former journal. */
async function flagIncomplete(relay: Relay, till: string, missing: number): Promise<void> {
  const hash = (await hashAt(relay.db, till, 1)) ?? GENESIS_HASH;
  const found: Finding = { kind: 'former-incomplete', detail: String(missing) };
  await flag(relay, { till, seq: 1, hash }, [found]);
}

/** Stores the effects of an entry; none for an original that another journal has already brought. */
async function takeEffect(relay: Relay, { entry, edited, original }: ReadEntry, place: number) {
  const { db, now } = relay;
  const found: Finding[] = [];
  if (edited) found.push({ kind: 'late-edit', detail: null });
  const carryOver = await takeCarryOver(relay, entry, original);
  if (carryOver.isLate) found.push({ kind: 'carried-late', detail: null });
  if (carryOver.missing !== null) await flagIncomplete(relay, entry.till, carryOver.missing);
  if (await claimOriginal(db, original.hash, place)) {
    // from here on it counts as the journal has it
    await dropQuarantinedActs(db, original.hash);
    const isForeign = !(await namesOfDevice(db, entry.till)).includes(original.till);
    if (isForeign) found.push({ kind: 'foreign-entry', detail: null });
    else found.push(...(await takeFormerName(relay, original)));
    const isOfFormer = !isForeign && (await isOfFormerRelay(relay, entry.till, original));
    const earliest = await earliestOf(relay, original);
    const isBackdated = original.at < earliest - CLOCK_MS;
    if (isBackdated) found.push({ kind: 'backdated', detail: null });
    const at = isBackdated ? earliest : original.at;
    const dated = { ...original, at };
    const device = [original.till, ...(await namesOfDevice(db, entry.till))];
    const countedAt = Math.min(now(), Math.max(at, earliest));
    const facts = await factsOf(relay, dated, device, countedAt);
    const judged = isOfFormer ? takenAsSaid(dated, facts.newest) : judgeEntry(dated, facts);
    found.push(...judged.findings);
    const { policy, newest } = facts;
    const tills = await namesOfDevice(db, original.till);
    const numbers = await judgePhoneChanges(relay, dated, policy ?? newest, tills);
    found.push(...numbers.findings);
    // an entry of another device is not this till's progress
    if (!isForeign)
      await noteProgress(db, original.till, {
        policy: facts.policy === null || isOfFormer ? 0 : original.policy,
        at: Math.min(at, now()),
      });
    const changes = projected({ ...original, at: Math.min(at, now()) });
    if (!isForeign)
      for (const { till, number, hash } of writtenTo('sales', changes))
        if (!(await takeSaleNumber(db, { till, number, hash })))
          found.push({ kind: 'number-repeated', detail: String(number) });
    await addSteps(db, writtenTo('accountEntries', changes), now());
    const acts = judged.movements.map(({ act }) => act);
    for (const act of acts)
      for (const late of pushedOver(act, facts.actsOf(act.customer)))
        // of its own acts the device knew when it compared with the threshold
        if (!device.includes(late.till))
          await flag(relay, late, [{ kind: 'code-was-required', detail: act.action }]);
    await addActs(db, acts);
    // also where it proves nothing: a proof counts once, ever; but nobody uses up the grant of another till
    const own = judged.movements.flatMap(({ movement: { grant }, act }) =>
      grant !== null && (act.proof === 'code' || grant.till === act.till) ? [grant.challenge] : [],
    );
    for (const { challenge } of writtenTo('grantsUsed', changes))
      if (own.includes(challenge)) await spendGrant(db, challenge, original.hash);
    const approval = original.opening?.approval ?? null;
    if (approval?.till === original.till) await spendGrant(db, approval.id, original.hash);
    // also where the proof is not good: its entry is here, and flagged otherwise
    for (const { grant } of original.movements)
      if (grant !== null) await closeGrant(db, grant.challenge);
    for (const { customer, credit } of original.cards)
      // an import adds cards and changes none
      if (original.act !== 'customers-imported' || facts.creditOf(customer) === null)
        await keepCredit(db, customer, credit);
    for (const use of reserveCodesIn(original)) await takeReserveCode(relay, use);
    const { till, known } = original;
    if (known?.act === 'reserve-codes-voided')
      await voidReserveCodesAt(db, { customer: known.body.customer, till, at });
    if (!judged.findings.some(({ kind }) => kind === 'no-right' || kind === 'against-rules'))
      await takeDisputes(
        relay,
        original,
        writtenTo('disputes', changes),
        isOfFormer ? 'former-relay' : 'this-relay',
      );
    if (isOfFormer)
      await noteAccounts(relay, {
        ...original,
        customers: original.movements.map(({ customer }) => customer),
      });
    else {
      await queueNotices(relay, original, judged.movements.flatMap(unconfirmedOf));
      const { creditOf } = facts;
      const known = { policy: policy ?? newest, creditOf, numberChanged: numbers.any };
      if (!(await wasQuarantined(db, original.hash))) await tellByRight(relay, original, known);
    }
  }
  const { till, seq, hash } = original;
  await flag(relay, { till, seq, hash }, found);
}

/**
 * The rows that a known entry adds; none for another. The relay holds no running sums, and a dispute and its closing apart,
 * since they arrive in any order: nothing is read from before.
 */
const projected = ({ known, at }: Original): readonly ProjectedChange[] =>
  known === null ? [] : project({ ...known, at }, NOTHING_BEFORE, new Set());

/** Queues the message to the operator of an entry's acts by right; these and its overrides are for the owners' summary. */
async function tellByRight(
  relay: Relay,
  original: Original,
  known: Parameters<typeof actsByRight>[1],
): Promise<void> {
  const { db, now, provider } = relay;
  if (provider.isDemo() && isOfDemo(original)) return;
  const byRight = actsByRight(original, known);
  await queueOperatorNotice(relay, original, byRight);
  for (const item of summaryOf(original, byRight)) await addSummaryItem(db, item, now());
}

/** What the owners' summary says of an entry: its acts by right, and the overrides in it. */
function summaryOf(
  { operator, movements }: Original,
  byRight: readonly ByRight[],
): readonly SummaryItem[] {
  const item = (
    act: ActByRightKind,
    by: string | null,
    sums: readonly NewsOfAct[],
  ): SummaryItem => {
    const sum = (action: SaleAction): number =>
      sums.reduce((total, one) => total + (one.action === action ? one.moved : 0), 0);
    const [debt, points] = [sum('sell-on-account'), sum('redeem-points')];
    return { kind: 'act', act, operator: by, debt, points };
  };
  const overrides = movements.filter(({ confirmation }) => confirmation?.kind === 'override');
  const bys = overrides.map(({ confirmation }) =>
    confirmation?.kind === 'override' ? confirmation.by : null,
  );
  return [
    ...byRight.map((act) => item(act.kind, operator, sumsByRight(act))),
    // one sale is one act of each who allowed a part of it
    ...[...new Set(bys)].map((by) =>
      item(
        'without-code',
        by,
        overrides.filter((_, i) => bys[i] === by),
      ),
    ),
  ];
}

/** Whether it brings the demo's own customers. */
const isOfDemo = ({ movements }: Original): boolean =>
  movements.some(({ confirmation: given }) => given?.kind === 'none' && given.because === 'demo');

/** The movement if its customer gets a notice about it; otherwise none. */
function unconfirmedOf({ movement, act, needsNotice }: JudgedMovement): UnconfirmedMovement[] {
  return needsNotice
    ? [{ ...movement, amount: act.amount, without: WITHOUT_CODE[act.proof] ?? 'no-code' }]
    : [];
}

/** A code that needs a notice is a weak one. */
const WITHOUT_CODE: Partial<Record<ActRow['proof'], WithoutCode>> = {
  code: 'weak-code',
  'reserve-code': 'reserve-code',
};

/**
 * `any`: whether there were changes. Attributes the changes of number that this device asked for to the operator who saves the card next; they need the
 * right. A change that no entry follows stays without operator in the list of flagged numbers.
 */
async function judgePhoneChanges(
  { db }: Pick<Relay, 'db'>,
  { act, at, operator, cards }: Original,
  policy: Policy | null,
  tills: readonly string[],
): Promise<{ readonly findings: readonly Finding[]; readonly any: boolean }> {
  if (act !== 'customer-saved' || operator === null) return { findings: [], any: false };
  const changes = await flatMapInTurn(cards, ({ customer }) =>
    unnamedChanges(db, { customer, tills, until: at + CLOCK_MS }),
  );
  for (const change of changes) await nameOperator(db, change, operator);
  const mayChange = policy !== null && rightsOf(policy, operator).includes('change-customer-phone');
  const any = changes.length > 0;
  const findings: Finding[] =
    any && !mayChange ? [{ kind: 'no-right', detail: 'change-customer-phone' }] : [];
  return { findings, any };
}

async function flag(
  { db, now, log }: Relay,
  { till, seq, hash }: FlaggedEntry,
  found: readonly Finding[],
): Promise<void> {
  await addFlags(db, { till, seq, hash }, found, now());
  const kinds = found.map(({ kind }) => kind).join(' ');
  if (found.length > 0) log({ event: 'journal-flagged', till, seq, kinds });
}

/** The reserve codes that an entry was confirmed with. */
function reserveCodesIn({ till, hash: entry, movements }: Original): ReserveCodeUse[] {
  return movements.flatMap(({ customer, confirmation }) => {
    if (confirmation?.kind !== 'reserve-code') return [];
    const { code, verifier, amount } = confirmation;
    return [{ till, entry, customer, code, verifier, amount }];
  });
}

function knownOf(relay: Relay): Parameters<typeof readEntry>[2] {
  const { db, seal, key } = relay;
  return {
    relayKey: key.publicJwk,
    cardSalt: (customer) => cardSaltOf(relay, customer),
    phones: async (customer) =>
      [...(await phonesOf(db, customer)), ...(await contactsOf(db, customer))].map(({ phone }) =>
        seal.open(phone),
      ),
  };
}

/**
 * The earliest possible time of an entry, ms: its till was enrolled, its journal had reached a time before, and the till had
 * signed a head that the entry follows. Heads of a copy with other entries do not count. Nor does the time of the last
 * upload: after a long day offline a journal is uploaded in several parts.
 */
async function earliestOf({ db }: Relay, { till, seq, prevHash }: Original): Promise<number> {
  const enrolledAt = (await tillById(db, till))?.enrolledAt ?? 0;
  const reached = (await progressOf(db, await namesOfDevice(db, till))).at;
  const before = await signedHeadAt(db, till, seq - 1);
  const isOnHeld = seq === 1 || (await hashAt(db, till, seq - 1)) === prevHash;
  const follows = before?.hash === prevHash ? before.at : 0;
  const signed = isOnHeld ? await signedUntil(db, till, seq - 1) : follows;
  return Math.max(reached, enrolledAt, signed);
}

/** The policy that an entry is judged by, no older than one that its device used before; null: it is not known. */
const judgingPolicy = (
  db: Relay['db'],
  { policy }: Original,
  newestUsed: number,
): Promise<Policy | null> => policyOfVersion(db, policy === 0 ? 0 : Math.max(policy, newestUsed));

/**
 * Reads everything that the audit of this entry needs to know; the audit itself reads nothing. `device`: the till that
 * made the entry, and all names of the device that uploaded it. `countedAt`: when it counts in windows, ms.
 */
async function factsOf(
  relay: Relay,
  original: Original,
  device: readonly string[],
  countedAt: number,
): Promise<Facts> {
  const { till, at, hash, act, cards, movements, known, sale } = original;
  const { db, now, shopId, provider } = relay;
  const newestUsed = (await progressOf(db, await namesOfDevice(db, till))).policy;
  const customers = new Set(movements.map(({ customer }) => customer));
  const acts = new Map<string, readonly ActRow[]>();
  const disputes = new Map<string, number | null>();
  for (const customer of customers) {
    acts.set(
      customer,
      await actsOfCustomer(db, { customer, from: countedAt - MONTH_MS, to: countedAt + MONTH_MS }),
    );
    if (act === 'sale') disputes.set(customer, await disputedSince(db, customer));
  }
  const credits = new Map<string, Credit | null>();
  for (const { customer } of [...cards, ...movements])
    credits.set(customer, await creditOf(db, customer));
  const standings = new Map<string, { owed: number; points: number }>();
  for (const customer of customers)
    standings.set(customer, await standingAt(db, { customer, device }));
  const spent = new Set<string>();
  const revoked = new Set<string>();
  const approval = original.opening?.approval?.id ?? null;
  if (approval !== null && ((await spentBy(db, approval)) ?? hash) !== hash) spent.add(approval);
  const codes = new Map<string, ReserveCodeRow | null>();
  let hasOverride = false;
  for (const { customer, confirmation } of movements) {
    if (confirmation?.kind === 'code') {
      const { challenge } = confirmation;
      if (((await spentBy(db, challenge)) ?? hash) !== hash) spent.add(challenge);
      if ((await challengeById(db, challenge))?.state === 'cancelled') revoked.add(challenge);
    }
    if (confirmation?.kind === 'reserve-code') {
      const { code } = confirmation;
      codes.set(`${customer} ${code}`, await reserveCodeOf(relay, { customer, code }));
    }
    hasOverride ||= confirmation?.kind === 'override';
  }
  const day = { from: countedAt - DAY_MS, to: countedAt + DAY_MS };
  const byNumber = new Map<string, readonly ActRow[]>();
  for (const customer of hasOverride ? customers : [])
    byNumber.set(customer, await overridesOfNumber(db, { customer, ...day }));
  const overrides = hasOverride ? await overridesOfDevice(db, { device, ...day }) : [];
  const others = hasOverride && (await othersInContactAt(db, device, at));
  const reviewed = await reviewKnowledge(relay, known, device);
  let isWhole = true;
  for (const name of device) isWhole &&= (await headOf(db, name)) !== null;
  return {
    shop: shopId,
    now: now(),
    countedAt,
    policy: await judgingPolicy(db, original, newestUsed),
    newestUsed,
    newest: relay.policy()?.policy ?? null,
    tillRevokedAt: (await tillById(db, till))?.revokedAt ?? null,
    creditOf: (customer) => credits.get(customer) ?? null,
    isWhole,
    debtOf: (customer) => standings.get(customer)?.owed ?? 0,
    disputedSince: (customer) => disputes.get(customer) ?? null,
    isDemo: provider.isDemo(),
    isSpent: (proof) => spent.has(proof),
    checkReserveCode: (use) => {
      const row = codes.get(`${use.customer} ${use.code}`) ?? null;
      return judgeReserveCode(row, { ...use, till, entry: hash }, at);
    },
    isRevoked: (challenge) => revoked.has(challenge),
    actsOf: (customer) => acts.get(customer) ?? [],
    overridesOfNumber: (customer) => byNumber.get(customer) ?? [],
    overridesOfDevice: () => overrides,
    othersInContact: () => others,
    decideAgain: (policy) => {
      const { owed, points } = standings.get(sale?.customer ?? '') ?? { owed: 0, points: 0 };
      // sums that no till can have made were flagged entry by entry
      const isSum = Number.isSafeInteger(owed) && Number.isSafeInteger(points);
      if (!isSum) return null;
      if (sale === null) return known && decideOtherAgain(known, policy, reviewed);
      const { customer } = sale;
      const own = (acts.get(customer ?? '') ?? []).filter((row) => device.includes(row.till));
      return decideAgain(original, sale, policy, {
        isWhole,
        credit: credits.get(customer ?? '') ?? { kind: 'shop-limit' },
        standing: { owed: money(owed), points },
        ...{ overrides, ofCustomer: own, grantsUsed: spent },
      });
    },
  };
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
    // its own time is the till's word: one invented entry ahead would hide for ever what is missing
    const isLate = now() - (differSince ?? now()) > LAG_MS;
    return isLate || head.at - held.at > LAG_MS ? { kind: 'journal-behind' } : null;
  }
  const here = head.seq === 0 ? GENESIS_HASH : await hashAt(db, till.id, head.seq);
  // the relay has all of it from this till: another hash means that the till was restored from an old copy
  return here === head.hash ? null : { kind: 'refused', because: 'journal-forked' };
}
