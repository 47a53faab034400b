// Two shops in one database file, with the same ids in both, do not see each other.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GENESIS_HASH } from '$lib/contract/journal';
import * as challengePages from '../../relay/store/challenge-pages';
import * as challenges from '../../relay/store/challenges';
import * as contacts from '../../relay/store/contacts';
import type { Connection, Database } from '../../relay/store/database';
import * as disputes from '../../relay/store/disputes';
import * as flags from '../../relay/store/flags';
import * as formerNames from '../../relay/store/former-names';
import * as journal from '../../relay/store/journal';
import * as acts from '../../relay/store/journal-acts';
import * as progress from '../../relay/store/journal-progress';
import { scoped } from '../../relay/store/kept-statements';
import * as limits from '../../relay/store/limits';
import * as locks from '../../relay/store/locks';
import * as nonces from '../../relay/store/nonces';
import { openDatabase } from '../../relay/store/open-database';
import * as operatorCodes from '../../relay/store/operator-codes';
import * as outbox from '../../relay/store/outbox';
import * as phoneChanges from '../../relay/store/phone-changes';
import * as phoneHistory from '../../relay/store/phone-history';
import * as phones from '../../relay/store/phones';
import * as policies from '../../relay/store/policies';
import * as presence from '../../relay/store/presence';
import * as provider from '../../relay/store/provider';
import * as reserveCodes from '../../relay/store/reserve-codes';
import * as sendings from '../../relay/store/sendings';
import * as stops from '../../relay/store/stops';
import * as tills from '../../relay/store/tills';
import * as tokens from '../../relay/store/tokens';

let folder: string;
let connection: Connection;
let one: Database;
let other: Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-shops-'));
  connection = openDatabase(join(folder, 'relay.db'));
  one = scoped(connection, 'one');
  other = scoped(connection, 'other');
});
afterEach(() => {
  connection.close();
  rmSync(folder, { recursive: true, force: true });
});

const AT = 1_000_000_000;
const LATER = AT + 500 * 24 * 3_600_000;
const sealed = Buffer.from('sealed');
const key = { purpose: 'elevate', till: 'till', operator: 'operator' } as const;
const entry = {
  till: 'till',
  seq: 1,
  hash: 'entry',
  prevHash: GENESIS_HASH,
  at: AT,
  act: 'sale',
  v: 1,
  shop: 'shop',
  policy: 1,
  by: 'operator',
  body: {},
} as unknown as Parameters<typeof journal.appendEntry>[1];

function challenge(id: string, state: challenges.ChallengeState): challenges.ChallengeRow {
  return {
    id,
    till: 'till',
    request: 'request',
    action: 'sell-on-account',
    receipt: 'receipt',
    customer: 'customer',
    phone: sealed,
    phoneTag: 'tag',
    phoneBlock: 'block',
    amount: { minor: 500, currency: 'RUB' },
    dealHash: 'deal',
    text: sealed,
    state,
    refusal: null,
    provider: 'smsru',
    demo: id === 'demo',
    channel: 'sms',
    code: sealed,
    checksLeft: 5,
    sendsLeft: 2,
    sends: 1,
    madeAt: AT,
    resendAt: AT,
    expiresAt: AT + 1000,
    endedAt: null,
    claim: null,
    grantJws: null,
    usedFor: null,
  };
}

/** Stores something in every table of the shop; `name` makes its content the shop's own. */
function fill(db: Database, name: string): void {
  for (const id of ['till', 'second'])
    tills.addTill(db, {
      id,
      name: `${name} ${id}`,
      publicKey: { kty: 'EC', crv: 'P-256', x: name, y: id },
      enrolledAt: AT,
      enrolledBy: 'token',
    });
  tokens.addToken(db, { hash: 'token', purpose: 'enrol', madeAt: AT, expiresAt: LATER }, 0);
  nonces.takeNonce(db, { till: 'till', nonce: 'nonce', now: AT, forgetAt: AT + 1 });
  locks.setLock(db, 'lock', { failures: 3, lastAt: AT, lockedUntil: AT });
  const policy = { version: 1, jws: `.${btoa(JSON.stringify({ name }))}.`, at: AT };
  policies.addPolicy(db, null, { ...policy, byOperator: null, byTill: 'till' });
  limits.takeMessage(db, { at: AT, phone: 'tag', till: 'till' }, []);
  stops.setStop(db, 'till', { since: AT, until: AT + 1 });
  phones.setPhone(db, {
    customer: 'customer',
    phone: sealed,
    tag: 'tag',
    since: AT,
    trusted: false,
    demo: true,
  });
  phoneChanges.setChange(db, {
    customer: 'customer',
    phone: sealed,
    tag: 'new tag',
    askedAt: AT,
    askedBy: 'till',
    replaced: 'tag',
  });
  contacts.addContact(db, { customer: 'customer', tag: 'tag', phone: sealed, since: AT });
  provider.saveProvider(db, {
    id: name,
    settings: sealed,
    texts: {} as provider.ProviderRow['texts'],
    lowBalance: null,
    savedAt: AT,
    real: true,
    state: null,
  });
  challenges.addChallenge(db, challenge('challenge', 'awaiting'), ['code']);
  challenges.addChallenge(db, challenge('demo', 'awaiting'), ['code']);
  challenges.addChallenge(db, { ...challenge('sent', 'sending'), receipt: 'other' }, []);
  challenges.addChallenge(db, { ...challenge('said', 'verified'), endedAt: AT }, ['code']);
  challenges.addChallenge(db, { ...challenge('refused', 'refused'), endedAt: AT }, []);
  challengePages.keepPage(db, { hash: 'page', challenge: 'challenge', madeAt: AT }, 0);
  operatorCodes.keepOperatorCode(
    db,
    {
      ...key,
      id: 'operator code',
      phoneTag: 'tag',
      channel: 'sms',
      code: sealed,
      hash: name,
      codeLength: 6,
      checksLeft: 5,
      sendsLeft: 2,
      sentAt: AT,
      resendAt: AT,
      expiresAt: AT + 1000,
    },
    AT,
  );
  operatorCodes.keepProof(db, { operator: 'operator', tag: 'tag', at: AT });
  for (const purpose of ['code', 'test'] as const) {
    const sending = sendings.addSending(db, {
      at: AT,
      purpose,
      challenge: purpose === 'code' ? 'challenge' : null,
      provider: 'smsru',
      channel: 'sms',
      phone: sealed,
      phoneMasked: name,
      dryRun: false,
      codeLength: 6,
      currency: null,
    });
    sendings.changeSending(db, sending, { message: 'message', because: 'bad-phone' });
  }
  presence.notePresence(db, 'second', presence.minuteOf(AT));
  const appended = journal.appendEntry(db, entry, AT);
  if (appended.kind !== 'accepted') throw new Error(appended.kind);
  acts.claimOriginal(db, 'entry', appended.place);
  acts.addSteps(db, 'entry', [{ customer: 'customer', account: 'debt', delta: 500 }], AT);
  acts.addActs(db, [
    {
      hash: 'entry',
      till: 'till',
      seq: 1,
      at: AT,
      customer: 'customer',
      action: 'sell-on-account',
      amount: 500,
      proof: 'override',
      below: null,
    },
  ]);
  acts.spendGrant(db, 'said', 'entry');
  acts.keepCredit(db, 'customer', { kind: 'unlimited' });
  progress.noteProgress(db, 'till', { policy: 1, at: AT });
  flags.addFlags(db, entry, [{ kind: 'unconfirmed', detail: name }], AT);
  formerNames.claimFormerName(db, {
    former: 'former',
    till: 'till',
    entry: 'entry',
    refutedAt: null,
  });
  for (const dispute of ['open', 'closed'])
    disputes.addDispute(db, {
      entry: dispute,
      customer: 'customer',
      till: 'second',
      about: null,
      at: AT,
    });
  disputes.addClosing(db, {
    dispute: 'closed',
    customer: 'customer',
    entry: 'closing',
    till: 'till',
    seq: 2,
    at: AT,
  });
  const issue = {
    id: 'issue',
    till: 'till',
    customer: 'customer',
    challenge: 'challenge',
    codes: 1,
    cap: 100,
    channel: 'sms',
    provider: 'smsru',
    demo: true,
    at: AT,
  } as const;
  const code = { id: 'code', till: 'till', hash: 'hash', signed: name };
  reserveCodes.addIssue(db, issue, [code]);
  reserveCodes.settleIssue(db, { id: 'issue', message: null, at: AT });
  reserveCodes.addIssue(db, { ...issue, id: 'leaving' }, [{ ...code, id: 'next', hash: 'next' }]);
  queue(db, name);
}

/** Queues a message of each purpose, and sends none. */
function queue(db: Database, name: string): void {
  const message = { till: 'till', seq: 1, at: AT, rank: outbox.RANKS.act, service: null };
  const phone = { phone: sealed, text: name, named: true };
  const details = JSON.stringify({ name });
  const toCustomer = { ...message, customer: 'customer', text: name, details: null };
  outbox.addMessage(
    db,
    { ...toCustomer, purpose: 'act', about: 'entry' },
    [{ ...phone, operator: null, phoneTag: 'tag' }],
    AT,
  );
  outbox.addMessage(
    db,
    { ...toCustomer, purpose: 'phone-change', about: 'change' },
    [{ ...phone, operator: null, phoneTag: 'tag' }],
    AT,
  );
  outbox.addMessage(db, { ...toCustomer, purpose: 'act', about: 'numberless' }, [], AT);
  outbox.addMessage(
    db,
    { ...toCustomer, purpose: 'balance', about: 'gathered', text: null },
    [],
    AT,
  );
  outbox.addMessage(
    db,
    {
      ...message,
      purpose: 'policy-weakened',
      about: null,
      customer: null,
      text: name,
      details,
      service: Buffer.from(name),
    },
    [{ ...phone, operator: 'operator', phoneTag: 'operator tag' }],
    AT,
  );
}

/** The shop's queue. Numbers that are only an order are left out. */
function queued(db: Database) {
  const due = outbox.dueRecipient(db, AT);
  const left = outbox.leftSince(db, AT - 1, { phoneTag: 'tag', till: 'till', rank: 9 });
  const about = { about: 'change', customer: 'customer' };
  const told = [
    due,
    left,
    outbox.openMessages(db, { gathered: AT, since: AT - 1 }),
    outbox.keptServices(db).map(String),
    outbox.changedMessages(db, 0, 10),
    outbox.newestToOwners(db, 10),
    outbox.changeStates(db, about),
  ];
  const isOrder = (name: string): boolean => name === 'id' || name === 'message';
  return JSON.parse(
    JSON.stringify(told, (name, value: unknown) => (isOrder(name) ? 0 : value)),
  ) as unknown[];
}

/** Sends, completes, deletes and sweeps the shop's queue. */
function endQueue(db: Database): void {
  const due = outbox.dueRecipient(db, AT);
  if (due === null) throw new Error('nothing is due');
  const leaving = { state: 'leaving', because: null, tries: 1, nextAt: 0 } as const;
  outbox.moveRecipient(db, due, 'waiting', leaving, AT);
  outbox.settleInterrupted(db, AT);
  for (const open of outbox.openMessages(db, { gathered: AT, since: 0 }))
    outbox.completeMessage(db, { ...open, text: 'text' }, [], AT);
  outbox.dropUnsentChanges(db, 'customer');
  outbox.sweepOutbox(db, LATER);
}

/** What the shop is told of it, by every question of the store. Numbers that are only an order are left out. */
function seen(db: Database) {
  const device = ['till'];
  const from = AT - 1;
  const to = AT + 1;
  const customer = 'customer';
  return {
    tills: [tills.allTills(db), tills.tillById(db, 'till')],
    names: ['one till', 'other till'].map((name) => tills.tillByNameKey(db, name)),
    token: tokens.tokenByHash(db, 'token', 'enrol'),
    lock: locks.lockOf(db, 'lock'),
    policies: [
      policies.newestPolicy(db),
      policies.policiesSince(db, LATER),
      policies.policyOfVersion(db, 1),
    ],
    stops: stops.allStops(db),
    phone: phones.phoneOf(db, customer),
    cards: phones.cardsByNumber(db, ['tag', 'new tag'], 10),
    history: phoneHistory.phonesOf(db, customer),
    changes: [
      phoneChanges.changeOf(db, customer),
      phoneChanges.unnamedChanges(db, { customer, tills: device, until: AT }),
      phoneChanges.waitingSince(db, AT),
      phoneChanges.keptChanges(db, 10),
    ],
    contacts: contacts.contactsOf(db, customer),
    provider: provider.savedProvider(db),
    challenges: [
      challenges.challengeById(db, 'challenge'),
      challenges.acceptedCodes(db, 'challenge'),
      challenges.awaitingChallenges(db, AT),
      challenges.interruptedChallenges(db),
      challenges.debtSince(db, { customer, since: from, now: AT, receipt: null }),
      challenges.everConfirmed(db, customer),
      challenges.askedNumbers(db, 'till', from),
    ],
    page: challengePages.challengeOfPage(db, 'page'),
    operator: [operatorCodes.operatorCode(db, key), operatorCodes.provenTag(db, 'operator')],
    sendings: [
      sendings.sendingsOf(db, 'challenge'),
      [sendings.sendingByMessage(db, 'smsru', 'message')].filter((row) => row !== null),
      sendings.askable(db, { provider: 'smsru', now: AT + 5000 }),
      sendings.newestTests(db),
      sendings.refusedLately(db, AT + 1),
      sendings.pricedBetween(db, from, to),
    ].map((rows) => rows.map((row) => ({ ...row, id: 0 }))),
    presence: presence.othersInContactAt(db, device, AT),
    outbox: queued(db),
    journal: [
      journal.headOf(db, 'till'),
      journal.hashAt(db, 'till', 1),
      journal.beganAt(db, 'till'),
      journal.entryAt(db, 'till', 1),
    ],
    acts: [
      acts.spentBy(db, 'said'),
      acts.creditOf(db, customer),
      acts.debtOf(db, { customer, device }),
      acts.actsOfCustomer(db, { customer, from, to }),
      acts.overridesOfDevice(db, { device, from, to }),
      acts.standingOf(db, customer),
      acts.movesOf(db, 'entry', customer),
      acts.historySince(db, customer),
    ],
    progress: progress.progressOf(db, device),
    flags: flags.flagsAfter(db, 0, 10).map((flag) => ({ ...flag, cursor: 0 })),
    formerNames: [formerNames.isFormerName(db, 'former'), formerNames.namesOfDevice(db, 'till')],
    disputes: [disputes.disputedSince(db, customer), disputes.disputesElsewhere(db, device)],
    reserveCodes: [
      reserveCodes.issueById(db, 'issue'),
      reserveCodes.interruptedIssues(db),
      reserveCodes.reserveCodeByHash(db, 'hash'),
      reserveCodes.verifiersOf(db, 'issue', 'till'),
      reserveCodes.liveCodesOf(db, device),
      reserveCodes.reserveVersion(db, 'till') > 0,
      reserveCodes
        .reserveChanges(db, { till: 'till', after: 0, most: 10 })
        .map((change) => ({ ...change, version: 0 })),
    ],
  };
}

/** Changes, ends and deletes what `fill` stored, by the same ids. */
function end(db: Database): void {
  const customer = 'customer';
  tills.setTillName(db, 'till', 'Renamed');
  tills.setReplaced(db, 'second', { till: 'till', at: LATER });
  tills.sawTill(db, 'till', LATER);
  tills.revokeTill(db, 'till', LATER);
  tokens.spendToken(db, 'token', 'till', LATER);
  tokens.addToken(db, { hash: 'next', purpose: 'enrol', madeAt: LATER, expiresAt: LATER }, LATER);
  nonces.takeNonce(db, { till: 'till', nonce: 'next', now: LATER, forgetAt: LATER });
  locks.clearLock(db, 'lock');
  locks.setLock(db, 'lock', { failures: 9, lastAt: LATER, lockedUntil: null });
  locks.clearLocks(db, 'l');
  const next = { version: 2, jws: '.e30.', at: LATER, byOperator: null, byTill: 'till' };
  policies.addPolicy(db, 1, next);
  const window = { scope: 'shop', windowMs: 1000, most: 1 } as const;
  const message = limits.takeMessage(db, { at: LATER, phone: 'tag', till: 'till' }, [window]);
  if ('id' in message) limits.giveBackMessage(db, message.id);
  stops.setStop(db, 'till', { since: LATER, until: LATER });
  phoneChanges.nameOperator(db, { customer, askedAt: AT }, 'operator');
  phoneChanges.endWait(db, customer, AT);
  phoneChanges.sweepPhoneChanges(db, LATER);
  phones.forgetDemoPhones(db);
  const contact = { customer, tag: 'next', phone: sealed, since: LATER };
  for (let n = 0; n < 9; n += 1) contacts.addContact(db, { ...contact, tag: `next ${n}` });
  provider.keepProviderState(db, { state: 'works' } as unknown as provider.KnownState);
  challenges.countCheck(db, { id: 'challenge', till: 'till', at: AT });
  challenges.countSend(db, { id: 'challenge', resendAt: LATER });
  challenges.uncountSend(db, { id: 'challenge', resendAt: null });
  challenges.acceptCode(db, 'challenge', { hash: 'code', channel: 'call' });
  challenges.keepGrant(db, 'said', 'grant');
  challenges.supersede(db, {
    id: 'newer',
    till: 'till',
    receipt: 'receipt',
    action: 'sell-on-account',
    at: LATER,
  });
  challenges.cancelDemoChallenges(db, LATER);
  challenges.endChallenge(db, 'sent', challenges.LIVE, { state: 'cancelled', at: LATER });
  challenges.addChallenge(db, challenge('late', 'awaiting'), ['code']);
  challenges.sweepChallenges(db, LATER);
  challengePages.keepPage(db, { hash: 'page', challenge: 'late', madeAt: LATER }, LATER);
  operatorCodes.countOperatorCheck(db, { ...key, now: AT });
  operatorCodes.giveBackSend(db, { id: 'operator code', sendsLeft: 9, resendAt: LATER });
  operatorCodes.dropOperatorCode(db, { id: 'operator code' });
  operatorCodes.dropProof(db, 'operator');
  sendings.sweepSendings(db, LATER);
  presence.notePresence(db, 'till', presence.minuteOf(LATER));
  acts.spendGrant(db, 'said', 'another');
  acts.keepCredit(db, customer, { kind: 'no-credit' });
  progress.noteProgress(db, 'till', { policy: 9, at: LATER });
  formerNames.refuteFormerName(db, 'former', LATER);
  disputes.addClosing(db, {
    dispute: 'open',
    customer,
    entry: 'closing',
    till: 'till',
    seq: 3,
    at: LATER,
  });
  reserveCodes.moveReserveCode(
    db,
    { id: 'code', till: 'till', signed: '' },
    { till: 'second', signed: '' },
  );
  reserveCodes.voidReserveCodesAt(db, { customer, till: 'second', at: LATER });
  reserveCodes.burnReserveCode(db, 'code', 'entry');
  reserveCodes.settleIssue(db, { id: 'leaving', message: null, at: LATER });
  reserveCodes.voidReserveCodes(db, customer, LATER);
  reserveCodes.voidDemoReserveCodes(db);
  reserveCodes.dropIssue(db, 'leaving');
  endQueue(db);
}

/** Every row of a shop, by table. */
function rowsOf({ shop }: Database): Map<string, unknown[]> {
  const tables = connection
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
  return new Map(
    tables
      .filter((table) => table !== 'kv')
      .map((table) => [
        table,
        connection.prepare(`SELECT * FROM ${table} WHERE shop = ?`).all(shop),
      ]),
  );
}

test('what one shop stores is in every table, and nothing of it is told to another', () => {
  const nothing = seen(other);
  fill(one, 'one');
  const empty = [...rowsOf(one)].filter(([, rows]) => rows.length === 0);
  expect(empty.map(([table]) => table)).toEqual([]);
  expect(seen(one)).not.toEqual(nothing);
  expect(seen(other)).toEqual(nothing);
});

test('each has its own under the same ids', () => {
  fill(one, 'one');
  const before = [rowsOf(one), seen(one)];
  fill(other, 'other');
  expect([rowsOf(one), seen(one)]).toEqual(before);
  expect(seen(other).tills).toMatchObject([
    [{ name: 'other second' }, { name: 'other till' }],
    { name: 'other till' },
  ]);
  expect(seen(other).names).toEqual([null, 'till']);
  expect(seen(other).flags).toMatchObject([{ detail: 'other' }]);
  // the same questions get the same answers, but for what is each shop's own
  const own = (told: ReturnType<typeof seen>) =>
    JSON.stringify({ ...told, names: [], policies: [] }).replaceAll('other', 'one');
  expect(own(seen(other))).toBe(own(seen(one)));
});

test('what is changed, ended, swept and deleted in one stays in the other', () => {
  fill(one, 'one');
  fill(other, 'other');
  const before = [rowsOf(one), seen(one)];
  const rows = rowsOf(other);
  end(other);
  expect([rowsOf(one), seen(one)]).toEqual(before);
  const untouched = [...rowsOf(other)].filter(
    ([table, now]) => JSON.stringify(now) === JSON.stringify(rows.get(table)),
  );
  // append-only
  expect(untouched.map(([table]) => table).toSorted()).toEqual([
    'disputes',
    'flags',
    'grants_spent',
    'journal',
    'journal_acts',
    'journal_originals',
    'journal_steps',
  ]);
});

test('limits count the messages of one shop', () => {
  const window = { scope: 'shop', windowMs: 1000, most: 1 } as const;
  const message = { at: AT, phone: 'tag', till: 'till' };
  expect(limits.takeMessage(one, message, [window])).toHaveProperty('id');
  expect(limits.takeMessage(other, message, [window])).toHaveProperty('id');
  expect(limits.takeMessage(other, message, [window])).toEqual({
    scope: 'shop',
    retryAt: AT + 1000,
  });
});

test('what was used once in one shop can be used once in another', () => {
  const nonce = { till: 'till', nonce: 'nonce', now: AT, forgetAt: LATER };
  expect([one, other, one].map((db) => nonces.takeNonce(db, nonce))).toEqual([true, true, false]);
  for (const db of [one, other]) {
    fill(db, 'same');
    expect(tokens.spendToken(db, 'token', 'till', AT)).toBe(true);
    expect(tokens.spendToken(db, 'token', 'till', AT)).toBe(false);
    expect(acts.claimOriginal(db, 'entry', 1)).toBe(false);
  }
});
