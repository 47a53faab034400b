// Two shops in one database file, with the same ids in both, cannot see each other.
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { NO_SEALED_DETAILS } from '$lib/domain/customers/customer';
import { mapInTurn } from '../../relay/in-turn';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GENESIS_HASH } from '$lib/contract/journal';
import { NO_MONEY } from '$lib/domain/values/settlement';
import * as challengePages from '../../relay/store/challenge-pages';
import * as challenges from '../../relay/store/challenges';
import * as cancelledRepayments from '../../relay/store/cancelled-repayments';
import * as cardSalts from '../../relay/store/card-salts';
import * as authorisedPersons from '../../relay/store/authorised-persons';
import * as reminders from '../../relay/store/reminders';
import * as cards from '../../relay/store/cards';
import type { DataCipher } from '../../relay/store/cipher';
import * as contacts from '../../relay/store/contacts';
import type { Connection, Database } from '../../relay/store/database';
import * as discrepancies from '../../relay/store/discrepancies';
import * as disputes from '../../relay/store/disputes';
import * as flags from '../../relay/store/flags';
import * as forgettings from '../../relay/store/forgettings';
import * as forgotten from '../../relay/store/forgotten';
import * as merges from '../../relay/store/merges';
import * as formerJournals from '../../relay/store/former-journals';
import * as formerNames from '../../relay/store/former-names';
import * as guesses from '../../relay/store/guesses';
import * as journal from '../../relay/store/journal';
import * as acts from '../../relay/store/journal-acts';
import * as accountSteps from '../../relay/store/account-steps';
import * as credits from '../../relay/store/credits';
import * as debts from '../../relay/store/debts';
import * as originals from '../../relay/store/originals';
import * as spentGrants from '../../relay/store/spent-grants';
import * as progress from '../../relay/store/journal-progress';
import { scoped } from '../../relay/store/scoped';
import * as limits from '../../relay/store/limits';
import * as locks from '../../relay/store/locks';
import * as nonces from '../../relay/store/nonces';
import { openDatabase } from '../../relay/store/open-database';
import * as snapshots from '../../relay/store/snapshots';
import * as operatorCodes from '../../relay/store/operator-codes';
import * as byPurpose from '../../relay/store/messages-by-purpose';
import * as outbox from '../../relay/store/outbox';
import * as phoneChanges from '../../relay/store/phone-changes';
import * as phoneHistory from '../../relay/store/phone-history';
import * as phones from '../../relay/store/phones';
import * as policies from '../../relay/store/policies';
import * as presence from '../../relay/store/presence';
import * as sales from '../../relay/store/sales';
import * as goodsEdits from '../../relay/store/goods-edits';
import * as productPrices from '../../relay/store/product-prices';
import * as provider from '../../relay/store/provider';
import * as quarantine from '../../relay/store/quarantine';
import * as reserveCodes from '../../relay/store/reserve-codes';
import * as shifts from '../../relay/store/shifts';
import * as sendings from '../../relay/store/sendings';
import * as stops from '../../relay/store/stops';
import * as summaries from '../../relay/store/summaries';
import * as tills from '../../relay/store/tills';
import * as returns from '../../relay/store/returns';
import * as tokens from '../../relay/store/tokens';
import * as untoldDebts from '../../relay/store/untold-debts';
import * as withheld from '../../relay/store/withheld';

let folder: string;
let connection: Connection;
let file: Sqlite.Database;
let one: Database;
let other: Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-shops-'));
  connection = openDatabase(join(folder, 'relay.db'));
  file = new Sqlite(join(folder, 'relay.db'), { readonly: true });
  one = scoped(connection, 'one');
  other = scoped(connection, 'other');
});
afterEach(() => {
  file.close();
  connection.close();
  rmSync(folder, { recursive: true, force: true });
});

const AT = 1_000_000_000;
const LATER = AT + 500 * 24 * 3_600_000;
const encrypted = Buffer.from('encrypted');
const plain = {
  encrypt: (text: string) => Buffer.from(text),
  decrypt: (bytes: Buffer) => bytes.toString(),
} as DataCipher;
const key = {
  purpose: 'elevate',
  till: 'till',
  operator: 'operator',
  subject: '',
  phoneTag: 'tag',
} as const;
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

const sixDigits: challenges.AcceptedCode = {
  hash: 'code',
  channel: 'sms',
  digits: 6,
  strength: 'sure',
  chance: 1000,
};
const anySale: sales.SaleFilter = {
  number: null,
  hash: null,
  customer: null,
  product: null,
  total: null,
  from: 0,
  to: 2 * AT,
};
const guess: Parameters<typeof guesses.addGuess>[1] = {
  strength: 'sure',
  at: AT,
  challenge: 'challenge',
  phoneTag: 'tag',
  till: 'till',
  chance: 1000,
};

function challenge(id: string, state: challenges.ChallengeState): challenges.ChallengeRow {
  return {
    id,
    till: 'till',
    request: 'request',
    action: 'sell-on-account',
    operator: 'operator',
    receipt: 'receipt',
    person: null,
    customer: 'customer',
    phone: encrypted,
    phoneTag: 'tag',
    phoneBlock: 'block',
    amount: { minor: 500, currency: 'RUB' },
    dealHash: 'deal',
    text: encrypted,
    state,
    refusal: null,
    provider: 'smsru',
    demo: id === 'demo',
    channel: 'sms',
    code: encrypted,
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
    weakWorth: id === 'said' ? 500 : null,
    ledBy: null,
    alsoWorth: 0,
  };
}

const forgetting = (customer: string) => ({
  customer,
  till: 'till',
  seq: 1,
  hash: 'forgetting',
  at: AT,
  order: 1,
});

/** Stores something in every table of the shop; `name` makes its content different from the other shop's. */
async function fill(db: Database, name: string): Promise<void> {
  const gone = { customer: 'gone', till: 'till', tag: 'gone tag', phone: encrypted, since: AT };
  await contacts.addContact(db, gone);
  await forgotten.eraseCustomer({ db, cipher: plain }, forgetting('gone'));
  await forgettings.addForgetting(db, {
    hash: 'gone',
    customer: 'gone',
    merged: [name],
    till: 'till',
    seq: 1,
    order: 1,
    at: AT,
    byRight: true,
    dueAt: LATER,
  });
  await merges.addMerge(db, { from: 'second card', into: 'customer', order: 1 });
  for (const id of ['till', 'second'])
    await tills.addTill(db, {
      id,
      name: `${name} ${id}`,
      publicKey: { kty: 'EC', crv: 'P-256', x: name, y: id },
      enrolledAt: AT,
      enrolledBy: 'token',
    });
  await tokens.addToken(db, { hash: 'token', purpose: 'enrol', madeAt: AT, expiresAt: LATER }, 0);
  await nonces.takeNonce(db, { till: 'till', nonce: 'nonce', now: AT, forgetAt: AT + 1 });
  await locks.setLock(db, 'lock', { failures: 3, lastAt: AT, lockedUntil: AT });
  const policy = { version: 1, jws: `.${btoa(JSON.stringify({ name }))}.`, at: AT };
  await policies.addPolicy(db, null, { ...policy, byOperator: null, byTill: 'till' }, AT);
  await limits.takeMessage(db, { at: AT, phone: 'tag', till: 'till' }, []);
  await stops.setStop(db, 'till', { since: AT, until: AT + 1 });
  await phones.setPhone(db, {
    customer: 'customer',
    phone: encrypted,
    tag: 'tag',
    since: AT,
    trusted: false,
    demo: true,
    proven: false,
    namedBy: 'till',
  });
  await phoneChanges.addChange(db, {
    customer: 'customer',
    phone: encrypted,
    tag: 'new tag',
    askedAt: AT,
    askedBy: 'till',
    replaced: 'tag',
  });
  const contact = { customer: 'customer', till: 'till', tag: 'tag', phone: encrypted, since: AT };
  await contacts.addContact(db, contact);
  await cardSalts.takeCardSalt({ db, cipher: plain }, { customer: 'customer', cardSalt: 'salt' });
  const asked = {
    customer: 'customer',
    person: 'person',
    phone: encrypted,
    tag: 'tag',
    name: encrypted,
    demo: false,
    askedAt: AT,
  };
  await authorisedPersons.askAbout(db, asked);
  await authorisedPersons.addPerson(db, { ...asked, since: AT, till: 'till', order: 1 });
  const sealedCard = { salt: 'salt', name, phone: null, cardSalt: 'salt', ...NO_SEALED_DETAILS };
  await cards.addRecord(
    { db, cipher: plain },
    { hash: 'card', customer: 'customer', record: sealedCard },
  );
  await reminders.keepReminderChoice(db, 'customer', {
    choice: 'declined',
    till: 'till',
    order: 1,
  });
  await untoldDebts.addUntoldDebt(db, 'customer', 100);
  await reminders.saveReminderPass(db, { month: name, reached: 'customer', notBefore: AT });
  await authorisedPersons.removePerson(db, { customer: 'customer', person: 'other', at: AT });
  const chunk = { hash: 'chunk', bytes: Buffer.from(name) };
  await snapshots.addChunk({ db, cipher: plain }, 1, chunk);
  const kept = { order: 1, logHash: 'log', manifest: name };
  await db.transaction((db) => snapshots.addSnapshot(db, kept, 1));
  await provider.saveProvider(db, {
    id: name,
    settings: encrypted,
    texts: {} as provider.ProviderRow['texts'],
    lowBalance: null,
    savedAt: AT,
    real: true,
    state: null,
  });
  await challenges.addChallenge(db, challenge('challenge', 'awaiting'), [sixDigits]);
  await challenges.addChallenge(db, challenge('demo', 'awaiting'), [sixDigits]);
  await challenges.addChallenge(db, { ...challenge('sent', 'sending'), receipt: 'other' }, []);
  await challenges.addChallenge(db, { ...challenge('said', 'verified'), endedAt: AT }, [sixDigits]);
  await challenges.addChallenge(db, { ...challenge('refused', 'refused'), endedAt: AT }, []);
  await guesses.addGuess(db, guess, 0);
  await challengePages.keepPage(db, { hash: 'page', challenge: 'challenge', madeAt: AT }, 0);
  await operatorCodes.keepOperatorCode(
    db,
    {
      ...key,
      id: 'operator code',
      channel: 'sms',
      code: encrypted,
      hash: name,
      codeLength: 6,
      checksLeft: 5,
      sendsLeft: 2,
      sentAt: AT,
      resendAt: AT,
      expiresAt: AT + 1000,
      answered: 0,
    },
    AT,
  );
  await operatorCodes.countUnanswered(db, { id: 'operator code', till: 'till', at: AT }, 0);
  const wrong = { code: 'operator code', till: 'till', phoneTag: 'tag', at: AT };
  await operatorCodes.addOperatorGuess(db, wrong, 0);
  await operatorCodes.keepProof(db, { operator: 'operator', tag: 'tag', at: AT });
  for (const purpose of ['code', 'test'] as const) {
    const sending = await sendings.addSending(db, {
      at: AT,
      purpose,
      challenge: purpose === 'code' ? 'challenge' : null,
      provider: 'smsru',
      channel: 'sms',
      phone: encrypted,
      phoneMasked: name,
      dryRun: false,
      codeLength: 6,
      currency: null,
    });
    await sendings.changeSending(db, sending, { message: 'message', because: 'bad-phone' });
  }
  await presence.notePresence(db, 'second', presence.minuteOf(AT));
  const appended = await journal.appendEntry(db, entry, {
    receivedAt: AT,
    keeping: 'understood',
  });
  await shifts.keepShift(db, 'till', { seq: 1, shift: null });
  await journal.beginEpoch(db, 7, AT);
  if (appended.kind !== 'accepted') throw new Error(appended.kind);
  await originals.claimOriginal(db, 'entry', appended.order);
  const step = { customer: 'customer', account: 'debt', delta: 500 } as const;
  await accountSteps.addSteps(db, [{ hash: 'entry', index: 0, ...step }], {
    receivedAt: AT,
    order: appended.order,
  });
  const made = { till: 'till', seq: 1, at: AT, amount: 500, dueAt: null, earns: null };
  await debts.addDebts(
    db,
    [
      {
        customer: 'customer',
        debt: 'entry',
        left: 500,
        repaid: NO_MONEY,
        earned: NOTHING_EARNED,
        made,
      },
    ],
    {
      hash: 'entry',
      till: 'till',
      seq: 1,
      at: AT,
      receivedAt: AT,
      order: appended.order,
    },
  );
  const given = { debtReduced: 0, refunds: { ...NO_MONEY, cash: 500 }, rounding: 0 };
  const points = { pointsGivenBack: 0, pointsTakenBack: 0, pointsWithheld: 0 };
  await returns.addReturns(
    db,
    [
      {
        hash: 'entry',
        sale: 'sale',
        till: 'till',
        seq: 1,
        at: AT,
        operator: null,
        given: 0,
        guarded: 500,
        paidOtherwise: NO_MONEY,
        quantities: [{ line: 0, quantity: 1000 }],
        ...given,
        ...points,
      },
    ],
    appended.order,
  );
  await cancelledRepayments.addCancelled(db, {
    repayment: 'repayment',
    till: 'till',
    order: appended.order,
    hash: 'entry',
  });
  await acts.addActs(db, 'journal_acts', [
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
      order: appended.order,
    },
  ]);
  await spentGrants.spendGrant(db, 'said', 'entry');
  await sales.takeSaleNumber(db, { till: 'till', number: 1, id: 'sale', hash: 'entry' });
  const { order } = appended;
  const card = { customer: 'customer', till: 'till', order, changed: order };
  await credits.keepCredit(db, { ...card, credit: { kind: 'unlimited' } });
  await quarantine.quarantineTill(db, { till: 'till', seq: 2, since: AT });
  const beside = { till: 'till', seq: 2, hash: 'stated', entry: name, receivedAt: AT };
  await quarantine.addQuarantined(db, { ...beside, original: 'beside' });
  await acts.addActs(db, 'quarantined_acts', [
    {
      hash: 'beside',
      till: 'till',
      seq: 2,
      at: AT,
      customer: 'customer',
      action: 'sell-on-account',
      amount: 700,
      proof: 'override',
      below: null,
      order: null,
    },
  ]);
  for (const challenge of ['open', 'unclaimed'])
    await withheld.addOpenGrant(db, { challenge, till: 'till', exp: AT });
  await withheld.markUnclaimed(db, { challenge: 'unclaimed', till: 'till', at: AT });
  await withheld.stopTill(db, 'till', AT);
  await withheld.keepStatedHead(db, 'till', { seq: 2, hash: name, differSince: AT });
  await progress.noteProgress(db, 'till', { policy: 1, at: AT });
  await progress.noteWatermark(db, 'till', AT);
  for (const seq of [1, 2])
    await progress.keepSignedHead(db, 'till', { seq, hash: name, at: AT }, AT);
  await flags.addFlags(db, entry, [{ kind: 'unconfirmed', detail: name }], AT);
  const late = { kind: 'future', detail: null, against: [] } as const;
  await discrepancies.addDiscrepancy(db, entry, late);
  await goodsEdits.takeGoodsEdits(
    db,
    { ...entry, order: 1, changes: [{ product: 'product', field: 'price' }] },
    { device: ['till'], seen: 0 },
  );
  const prices = [{ product: 'product', price: 100 }];
  await productPrices.addPrices(db, { till: 'till', order: 1 }, prices);
  const blue = { category: 'category', field: 'colour', value: 'blue' } as const;
  await goodsEdits.takeGoodsEdits(
    db,
    { ...entry, order: 1, changes: [blue] },
    { device: ['till'], seen: 0 },
  );
  await sales.addSale(
    db,
    {
      id: 'sale',
      till: 'till',
      number: 1,
      at: AT,
      operator: name,
      customer: 'customer',
      seq: 1,
      hash: 'hash',
      total: 500,
      roundedTotal: null,
      onAccount: 0,
      earns: 5,
    },
    { order: 4, lines: [{ product: 'product' }] as Parameters<typeof sales.addSale>[2]['lines'] },
  );
  await formerNames.claimFormerName(db, {
    former: 'former',
    till: 'till',
    entry: 'entry',
    refutedAt: null,
  });
  const carried = { till: 'till', former: 'former', seq: 1, hash: name, prevHash: 'before' };
  await formerNames.noteCarried(db, carried);
  const ofFormer = { till: 'till', former: 'former', hash: 'waiting', seq: 1, act: 'dispute' };
  await formerJournals.addFormerEntry(
    db,
    { ...ofFormer, order: appended.order },
    {
      steps: [{ ...step, hash: 'waiting', index: 0 }],
      acts: [
        {
          hash: 'waiting',
          till: 'former',
          seq: 1,
          at: AT,
          customer: 'customer',
          action: 'sell-on-account',
          amount: 500,
          proof: 'override',
          below: null,
          order: null,
        },
      ],
      cards: [{ customer: 'waiting', credit: { kind: 'unlimited' } }],
    },
    { digest: name, now: AT },
  );
  await originals.claimOriginal(db, 'waiting', appended.order);
  for (const dispute of ['open', 'closed'])
    await disputes.addDispute(db, {
      entry: dispute,
      customer: 'customer',
      till: 'second',
      about: null,
      at: AT,
      order: appended.order,
    });
  await disputes.addClosing(db, {
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
  await reserveCodes.addIssue(db, issue, [code]);
  await reserveCodes.settleIssue(db, { id: 'issue', message: null, at: AT });
  await reserveCodes.addIssue(db, { ...issue, id: 'leaving' }, [
    { ...code, id: 'next', hash: 'next' },
  ]);
  await queue(db, name);
}

/** Queues a message of each purpose, without sending it. */
async function queue(db: Database, name: string): Promise<void> {
  const message = {
    till: 'till',
    seq: 1,
    at: AT,
    room: 'large',
    news: null,
    service: null,
  } as const;
  const phone = { phone: encrypted, text: name, news: name, named: true };
  const details = JSON.stringify({ name });
  const toCustomer = { ...message, customer: 'customer', text: name, details: null };
  await outbox.addMessage(
    db,
    { ...toCustomer, purpose: 'act', about: 'entry' },
    [{ ...phone, operator: null, phoneTag: 'tag' }],
    AT,
  );
  await outbox.addMessage(
    db,
    { ...toCustomer, purpose: 'phone-change', about: 'change' },
    [{ ...phone, operator: null, phoneTag: 'tag' }],
    AT,
  );
  await outbox.addMessage(db, { ...toCustomer, purpose: 'act', about: 'numberless' }, [], AT);
  await outbox.addMessage(
    db,
    { ...toCustomer, purpose: 'reminder', room: 'reminder', about: 'reminder' },
    [{ ...phone, operator: null, phoneTag: 'tag' }],
    AT,
  );
  await outbox.addMessage(
    db,
    { ...toCustomer, purpose: 'balance', about: 'gathered', text: null },
    [],
    AT,
  );
  await outbox.addMessage(
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

/** The shop's queue, without numbers that are only an order. */
async function queued(db: Database) {
  const due = await outbox.dueRecipient(db, { now: AT, queuedSince: 0 });
  const large = { phoneTag: 'tag', till: 'till', room: 'large', rank: 9 } as const;
  const left = await outbox.leftSince(db, AT - 1, large);
  const about = { about: 'change', customer: 'customer' };
  const rows = [
    due,
    left,
    await outbox.openMessages(db, { gathered: AT, since: AT - 1 }),
    (await outbox.keptServices(db)).map(String),
    await byPurpose.changedMessages(db, 0, 10),
    await byPurpose.newestToOwners(db, 'policy-weakened', 10),
    await byPurpose.newestSummaryAt(db),
    await byPurpose.changeRecipients(db, about),
    await byPurpose.waitingReminders(db),
    await byPurpose.lastRemindedAt(db, 'customer'),
  ];
  const isOrder = (name: string): boolean => name === 'id' || name === 'message';
  return JSON.parse(
    JSON.stringify(rows, (name, value: unknown) => (isOrder(name) ? 0 : value)),
  ) as unknown[];
}

/** Sends, completes, deletes and sweeps the shop's queue. */
async function endQueue(db: Database): Promise<void> {
  const due = await outbox.dueRecipient(db, { now: AT, queuedSince: 0 });
  if (due === null) throw new Error('nothing is due');
  const leaving = { state: 'leaving', because: null, tries: 1, nextAt: 0 } as const;
  await outbox.moveRecipient(db, due, 'waiting', leaving, AT);
  await outbox.settleInterrupted(db, AT);
  for (const open of await outbox.openMessages(db, { gathered: AT, since: 0 }))
    await outbox.completeMessage(db, { ...open, text: 'text' }, [], AT);
  for (const { id } of await byPurpose.waitingReminders(db)) {
    await byPurpose.changeWaiting(db, id, 'text');
    await byPurpose.changeWaiting(db, id, null);
  }
  await byPurpose.dropUnsentChanges(db, 'customer');
  await outbox.sweepOutbox(db, LATER);
}

/** All results of the store's queries for the shop, without numbers that are only an order. */
async function seen(db: Database) {
  const device = ['till'];
  const view = { device, seen: 1 };
  const from = AT - 1;
  const to = AT + 1;
  const customer = 'customer';
  const ofFormer = { till: 'till', former: 'former' };
  return {
    tills: [await tills.allTills(db), await tills.tillById(db, 'till')],
    names: await mapInTurn(['one till', 'other till'], (name) => tills.tillByNameKey(db, name)),
    token: await tokens.tokenByHash(db, 'token', 'enrol'),
    lock: await locks.lockOf(db, 'lock'),
    policies: [
      await policies.newestPolicy(db),
      await policies.policiesSince(db, LATER),
      await policies.policyOfVersion(db, 1),
    ],
    stops: await stops.allStops(db),
    phone: await phones.phoneOf(db, customer),
    cards: await phones.cardsByNumber(db, ['tag', 'new tag'], 10),
    history: await phoneHistory.phonesOf(db, customer),
    changes: [
      await phoneChanges.changesOf(db, customer),
      await phoneChanges.unnamedChanges(db, { customer, tills: device, until: AT }),
      await phoneChanges.waitingSince(db, AT),
      await phoneChanges.keptChanges(db, 10),
    ],
    contacts: await contacts.contactsOf(db, customer),
    cardSalt: await cardSalts.cardSaltOf({ db, cipher: plain }, customer),
    card: await cards.recordOf({ db, cipher: plain }, 'card'),
    persons: await authorisedPersons.personsOf(db, 'customer'),
    reminders: [
      await reminders.reminderChoiceOf(db, customer),
      await reminders.reminderPass(db),
      await reminders.customersAfter(db, '', 10),
    ],
    untold: await untoldDebts.untoldDebtOf(db, customer),
    removed: await authorisedPersons.wasRemoved(db, { customer: 'customer', person: 'other' }),
    snapshot: [
      await snapshots.newestSnapshot(db),
      (await snapshots.chunkOf({ db, cipher: plain }, 'chunk'))?.toString(),
      (await journal.grownSince(db, 0, 10)).entries,
    ],
    forgotten: [
      await forgotten.forgottenOf(db, 'gone'),
      await forgotten.forgottenWith(db, 'gone tag'),
      await forgotten.isForgottenSince(db, 0),
      await forgotten.hasUnsent(db, customer),
      await forgotten.isConfirming(db, customer, AT),
      await forgettings.forgottenByRight(db, { from: 0, to: AT }),
      await forgettings.dueForgettings(db, LATER),
      await forgettings.delayedOf(db, 'gone'),
    ],
    merges: [await merges.cardsOf(db, customer), await merges.isMergedAway(db, 'second card')],
    provider: await provider.savedProvider(db),
    challenges: [
      await challenges.challengeById(db, 'challenge'),
      await challenges.isGrantRevoked(db, 'challenge'),
      await challenges.acceptedCodes(db, 'challenge'),
      await challenges.awaitingChallenges(db, AT),
      await challenges.interruptedChallenges(db),
      await challenges.debtSince(db, {
        phoneTag: 'tag',
        since: from,
        now: AT,
        till: 'till',
        receipt: null,
      }),
      await challenges.everConfirmed(db, customer),
      await challenges.weakWorthSince(db, {
        phoneTag: 'tag',
        id: 'none',
        till: 'till',
        receipt: 'receipt',
        action: 'redeem-points',
        since: from,
        now: AT,
      }),
      await challenges.askedNumbers(db, 'till', from),
    ],
    guessed: await guesses.guessedSince(db, { ...guess, since: from }),
    page: await challengePages.challengeOfPage(db, 'page'),
    operator: [
      await operatorCodes.operatorCode(db, key),
      await operatorCodes.provenTag(db, 'operator'),
      (await operatorCodes.unansweredSince(db, 'till', 0)) || null,
      (await operatorCodes.operatorGuessesSince(db, { till: 'till', phoneTag: 'tag', since: 0 }))
        .ofTill || null,
    ],
    sendings: [
      await sendings.sendingsOf(db, 'challenge'),
      [await sendings.sendingByMessage(db, 'smsru', 'message')].filter((row) => row !== null),
      await sendings.askable(db, { provider: 'smsru', now: AT + 5000 }),
      await sendings.newestTests(db),
      await sendings.refusedLately(db, AT + 1),
      await sendings.pricedBetween(db, from, to),
    ].map((rows) => rows.map((row) => ({ ...row, id: 0 }))),
    presence: await presence.othersInContactAt(db, device, AT),
    outbox: await queued(db),
    journal: [
      await journal.headOf(db, 'till'),
      await journal.hashAt(db, 'till', 1),
      await journal.entryAt(db, 'till', 1),
    ],
    order: [
      (await journal.logHead(db)).order,
      (await journal.logHashAt(db, 1)) === null,
      // the entries of the relay itself name the shop
      (await journal.entriesAfter(db, { after: 0, till: 'none' }, { entries: 99, bytes: 1e6 })).map(
        ({ order, seq }) => [order, seq],
      ),
      await journal.epochOf(db),
      await journal.epochSince(db),
      await journal.ordersOf(db, 7),
      await journal.seenOrder(db, { epoch: 7, order: 99 }),
    ],
    acts: [
      await spentGrants.spentBy(db, 'said'),
      await spentGrants.isSpentElsewhere(db, 'said', 'another'),
      await credits.creditOf(db, customer),
      await credits.creditChangedSince(db, { customer, device: ['none'], seen: 0 }),
      await credits.creditBy(db, { customer, ...view }),
      await accountSteps.standingAt(db, { customer, ...view }),
      await acts.actsOfNumber(db, { customer, device, from, to }),
      await acts.actsOfCustomer(db, customer),
      await acts.overridesOfDevice(db, { device, from, to }),
      await accountSteps.standingOf(db, customer),
      await accountSteps.sumsUpTo(db, { order: 99, from: '', to: 'z' }),
      await accountSteps.movesOf(db, 'entry', customer),
      await accountSteps.historySince(db, customer),
    ],
    summary: [
      await summaries.summaryWaitsSince(db),
      (await summaries.summaryItems(db)).map((item) => ({ ...item, id: 0 })),
      await summaries.doneAway(db, { till: 'till', since: from, back: to }),
      await presence.lastPresence(db, 'second'),
    ],
    withheld: [
      await withheld.openGrantsUntil(db, ['till'], AT),
      await withheld.unclaimedSince(db, 'till', from),
      [...(await withheld.stoppedSince(db))],
      await withheld.statedHead(db, 'till'),
    ],
    quarantine: [
      await quarantine.quarantinedFrom(db, 'till'),
      await quarantine.wasQuarantined(db, 'beside'),
      await quarantine.isQuarantinedHead(db, 'till', 'stated'),
      (await quarantine.quarantinedSince(db, 'till', from)) > 0,
      await quarantine.quarantinedPlaces(db, 'till'),
    ],
    progress: await progress.progressOf(db, device),
    lastDate: await progress.lastDateOf(db, 'till'),
    watermark: [await progress.watermarkAt(db, 'till'), await progress.lostUntil(db, 'till')],
    signedHead: await progress.signedHeadAt(db, 'till', 2),
    signedUntil: await progress.signedUntil(db, 'till', 9),
    seenAt: await progress.seenAt(db, 'till', 1),
    signedBeyond: await progress.signedBeyond(db, 'till', 1),
    flags: (await flags.flagsAfter(db, 0, 10)).map((flag) => ({ ...flag, cursor: 0 })),
    others: await journal.othersAfter(db, { after: 0, till: 'till' }),
    discrepancies: await discrepancies.discrepancySeen(
      db,
      discrepancies.discrepancyId('hash', { kind: 'future', detail: null }),
      99,
    ),
    price: await productPrices.priceKnown(db, 'product', { device: [], seen: 1 }),
    productEdits: await goodsEdits.takeGoodsEdits(
      db,
      { ...entry, till: 'other', order: 2, changes: [{ product: 'product', field: 'price' }] },
      { device: ['other'], seen: 0 },
    ),
    categoryEdits: (
      await goodsEdits.takeGoodsEdits(
        db,
        {
          ...entry,
          till: 'other',
          order: 2,
          changes: [{ category: 'category', field: 'colour', value: 'rose' }],
        },
        { device: ['other'], seen: 0 },
      )
    ).newer,
    sales: [
      await sales.salesPage(db, { ...anySale, customer: 'customer', total: 500 }, null, 10),
      await sales.salesPage(db, { ...anySale, number: { till: 1, number: 1 } }, null, 10),
      await sales.salesPage(db, { ...anySale, product: 'product' }, { at: 2 * AT, order: 9 }, 10),
      await sales.salesPage(db, { ...anySale, hash: 'hash', product: 'product' }, null, 10),
      (await productPrices.addingEntry(db, 'product')) !== null,
      await goodsEdits.nameEdit(db, 'product'),
      await sales.earningSales(db, { customer: 'customer', from: AT - 1, to: AT + 1 }),
    ],
    formerNames: [
      await formerNames.isFormerName(db, 'former'),
      await formerNames.namesOfDevice(db, 'till'),
      await formerNames.claimsOf(db, device),
      await formerNames.carriedOf(db, device, 'former'),
      await formerNames.carriedOfOthers(db, ['till'], 'other'),
    ],
    formerJournals: [
      await formerJournals.waitingOf(db, ofFormer),
      await formerJournals.waitingAt(db, 'till'),
      await formerJournals.digestOf(db, ofFormer),
      await formerJournals.creditAt(db, {
        customer: 'waiting',
        device: ['till', 'former'],
        seen: 0,
      }),
      await formerJournals.formerDisputes(db, ofFormer),
      await formerJournals.formerCustomers(db, ofFormer),
    ],
    disputes: [
      await disputes.disputedSince(db, customer),
      await disputes.isDisputedBy(db, { customer, ...view }),
    ],
    reserveCodes: [
      await reserveCodes.issueById(db, 'issue'),
      await reserveCodes.interruptedIssues(db),
      await reserveCodes.reserveCodeByHash(db, 'hash'),
      await reserveCodes.verifiersOf(db, 'issue', 'till'),
      await reserveCodes.liveCodesOf(db, device),
      (await reserveCodes.reserveVersion(db, 'till')) > 0,
      (await reserveCodes.reserveChanges(db, { till: 'till', after: 0, most: 10 })).map(
        (change) => ({ ...change, version: 0 }),
      ),
    ],
  };
}

/** Changes, ends and deletes what `fill` stored, by the same ids. */
async function end(db: Database): Promise<void> {
  const customer = 'customer';
  await discrepancies.publishDiscrepancies(db, LATER);
  const edit = { ...entry, order: 3, changes: [{ product: 'product', field: 'price' }] } as const;
  await goodsEdits.takeGoodsEdits(db, edit, { device: ['till'], seen: 2 });
  const colours = [{ category: 'category', field: 'colour', value: null }] as const;
  await goodsEdits.takeGoodsEdits(
    db,
    { ...entry, order: 3, changes: colours },
    { device: ['till'], seen: 2 },
  );
  await tills.setTillName(db, 'till', 'Renamed', LATER);
  await tills.setReplaced(db, 'second', 'till', LATER);
  await tills.sawTill(db, 'till', LATER);
  await tills.noteDownloaded(db, { id: 'till', downloaded: 0 }, 2);
  await tills.noteSums(db, 'till', LATER);
  await tills.revokeTill(db, 'till', LATER);
  await tills.noteRemovalKnown(db, 'till', LATER);
  await tokens.spendToken(db, 'token', 'till', LATER);
  await tokens.addToken(
    db,
    { hash: 'next', purpose: 'enrol', madeAt: LATER, expiresAt: LATER },
    LATER,
  );
  await nonces.takeNonce(db, { till: 'till', nonce: 'next', now: LATER, forgetAt: LATER });
  await locks.clearLock(db, 'lock');
  await locks.setLock(db, 'lock', { failures: 9, lastAt: LATER, lockedUntil: null });
  await locks.clearLocks(db, 'l');
  const next = { version: 2, jws: '.e30.', at: LATER, byOperator: null, byTill: 'till' };
  await policies.addPolicy(db, 1, next, LATER);
  const window = { scope: 'shop', windowMs: 1000, most: 1 } as const;
  const message = await limits.takeMessage(db, { at: LATER, phone: 'tag', till: 'till' }, [window]);
  if ('id' in message) await limits.giveBackMessage(db, message.id);
  await reminders.keepReminderChoice(db, customer, {
    choice: 'agreed',
    till: 'till',
    order: 2,
  });
  await reminders.holdReminders(db, LATER);
  await stops.setStop(db, 'till', { since: LATER, until: LATER });
  await phoneChanges.nameOperator(db, { customer, askedAt: AT }, 'operator');
  await phoneChanges.endWait(db, { customer, askedAt: AT }, AT);
  await phoneChanges.sweepPhoneChanges(db, LATER);
  await phones.markProven(db, customer);
  await phoneHistory.forgetPhone(db, { customer, since: AT, tag: 'tag' });
  await phones.forgetDemoPhones(db);
  const contact = { customer, till: 'till', tag: 'next', phone: encrypted, since: LATER };
  for (let n = 0; n < 9; n += 1) await contacts.addContact(db, { ...contact, tag: `next ${n}` });
  await contacts.dropContact(db, contact);
  await provider.keepProviderState(db, { state: 'works' } as unknown as provider.KnownState);
  await challenges.countCheck(db, { id: 'challenge', till: 'till', at: AT });
  await challenges.countSend(db, { id: 'challenge', resendAt: LATER });
  await challenges.uncountSend(db, { id: 'challenge', resendAt: null });
  await challenges.acceptCode(db, 'challenge', { ...sixDigits, channel: 'call' });
  await guesses.addGuess(db, { ...guess, at: LATER }, AT);
  await guesses.giveBackGuesses(db, 'challenge');
  await challenges.keepGrant(db, 'said', 'grant');
  await challenges.supersede(db, {
    id: 'newer',
    till: 'till',
    receipt: 'receipt',
    action: 'sell-on-account',
    at: LATER,
  });
  await challenges.cancelDemoChallenges(db, LATER);
  await challenges.endChallenge(db, 'sent', challenges.LIVE, { state: 'cancelled', at: LATER });
  await challenges.addChallenge(db, challenge('late', 'awaiting'), [sixDigits]);
  await challenges.sweepChallenges(db, LATER);
  await challengePages.keepPage(db, { hash: 'page', challenge: 'late', madeAt: LATER }, LATER);
  await operatorCodes.countOperatorCheck(db, { ...key, now: AT });
  await operatorCodes.giveBackSend(db, { id: 'operator code', sendsLeft: 9, resendAt: LATER });
  await operatorCodes.dropOperatorCode(db, { id: 'operator code' });
  await operatorCodes.dropCodesOfChange(db, key);
  await operatorCodes.forgetUnanswered(db, 'operator code');
  await operatorCodes.giveBackOperatorGuesses(db, 'operator code');
  await operatorCodes.dropProof(db, 'operator');
  await sendings.sweepSendings(db, LATER);
  await presence.notePresence(db, 'till', presence.minuteOf(LATER));
  await quarantine.dropQuarantinedActs(db, 'beside');
  await spentGrants.spendGrant(db, 'said', 'another');
  const last = { till: 'till', order: 1e9, changed: 1e9 };
  await credits.keepCredit(db, { customer, credit: { kind: 'no-credit' }, ...last });
  await journal.beginEpoch(db, 8, LATER);
  await snapshots.dropSnapshots(db);
  const [item] = await summaries.summaryItems(db);
  await summaries.dropSummaryItems(db, item?.id ?? 0);
  await withheld.closeGrant(db, 'open');
  await withheld.releaseTill(db, 'till');
  await withheld.keepStatedHead(db, 'till', { seq: 9, hash: 'next', differSince: null });
  await progress.noteProgress(db, 'till', { policy: 9, at: LATER });
  await progress.noteWatermark(db, 'till', LATER);
  await progress.noteLost(db, 'till', 9);
  await progress.keepSignedHead(db, 'till', { seq: 3, hash: 'next', at: LATER }, LATER);
  await progress.forgetSignedHeads(db, 'till', 9);
  await formerNames.refuteFormerName(db, 'former', LATER);
  const ofFormer = { till: 'till', former: 'former' };
  await formerJournals.countFormer(db, { ...ofFormer, receivedAt: LATER, order: 9 });
  await disputes.addClosing(db, {
    dispute: 'open',
    customer,
    entry: 'closing',
    till: 'till',
    seq: 3,
    at: LATER,
  });
  await reserveCodes.moveReserveCode(
    db,
    { id: 'code', till: 'till', signed: '' },
    { till: 'second', signed: '' },
  );
  await reserveCodes.voidReserveCodesAt(db, { customer, till: 'second', at: LATER });
  await reserveCodes.burnReserveCode(db, 'code', 'entry');
  await reserveCodes.settleIssue(db, { id: 'leaving', message: null, at: LATER });
  await reserveCodes.voidReserveCodes(db, customer, LATER);
  await reserveCodes.noteVoidsKnown(db, { till: 'second', version: 1e9, at: LATER });
  await reserveCodes.noteReplaced(db, { customer, device: ['second'] });
  await reserveCodes.voidDemoReserveCodes(db);
  await reserveCodes.dropIssue(db, 'leaving');
  await untoldDebts.confirmUntoldDebt(db, customer, 'challenge');
  await endQueue(db);
  await forgotten.eraseCustomer({ db, cipher: plain }, forgetting(customer));
  await forgettings.endForgetting(db, 'gone');
  await forgettings.dropForgetting(db, 'gone');
  await forgotten.sweepForgotten(db, LATER);
}

/** Every row of a shop, by table. */
function rowsOf({ shop }: Database): Map<string, unknown[]> {
  const tables = file
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
  return new Map(
    tables
      .filter((table) => table !== 'kv')
      .map((table) => [table, file.prepare(`SELECT * FROM ${table} WHERE shop = ?`).all(shop)]),
  );
}

test('what one shop stores is in every table, and the other cannot read it', async () => {
  const nothing = await seen(other);
  await fill(one, 'one');
  const empty = [...rowsOf(one)].filter(([, rows]) => rows.length === 0);
  expect(empty.map(([table]) => table)).toEqual([]);
  expect(await seen(one)).not.toEqual(nothing);
  expect(await seen(other)).toEqual(nothing);
});

test('each has its own rows under the same ids', async () => {
  await fill(one, 'one');
  const before = [rowsOf(one), await seen(one)];
  await fill(other, 'other');
  expect([rowsOf(one), await seen(one)]).toEqual(before);
  expect((await seen(other)).tills).toMatchObject([
    [
      { number: 1, name: 'other till' },
      { number: 2, name: 'other second' },
    ],
    { name: 'other till' },
  ]);
  expect((await seen(other)).names).toEqual([null, 'till']);
  expect((await seen(other)).flags).toMatchObject([{ detail: 'other' }]);
  // the same queries get the same results, except for what differs between the shops
  const own = (rows: Awaited<ReturnType<typeof seen>>) =>
    JSON.stringify({ ...rows, names: [], policies: [] }).replaceAll('other', 'one');
  expect(own(await seen(other))).toBe(own(await seen(one)));
});

test('what is changed, ended, swept and deleted in one stays in the other', async () => {
  await fill(one, 'one');
  await fill(other, 'other');
  const before = [rowsOf(one), await seen(one)];
  const rows = rowsOf(other);
  await end(other);
  expect([rowsOf(one), await seen(one)]).toEqual(before);
  const untouched = [...rowsOf(other)].filter(
    ([table, now]) => JSON.stringify(now) === JSON.stringify(rows.get(table)),
  );
  // append-only
  expect(untouched.map(([table]) => table).toSorted()).toEqual([
    'cancelled_repayments',
    'carried_entries',
    'disputes',
    'flags',
    'grants_spent',
    'journal_debts',
    'journal_originals',
    'merged_customers',
    'product_prices',
    'quarantined_entries',
    'quarantined_tills',
    'returns',
    'sale_numbers',
    'sale_products',
    'sale_sums',
    'sales',
    'shifts',
  ]);
});

test('limits count the messages of one shop', async () => {
  const window = { scope: 'shop', windowMs: 1000, most: 1 } as const;
  const message = { at: AT, phone: 'tag', till: 'till' };
  expect(await limits.takeMessage(one, message, [window])).toHaveProperty('id');
  expect(await limits.takeMessage(other, message, [window])).toHaveProperty('id');
  expect(await limits.takeMessage(other, message, [window])).toEqual({
    scope: 'shop',
    retryAt: AT + 1000,
  });
});

test('what was used once in one shop can be used once in another', async () => {
  const nonce = { till: 'till', nonce: 'nonce', now: AT, forgetAt: LATER };
  expect(await mapInTurn([one, other, one], (db) => nonces.takeNonce(db, nonce))).toEqual([
    true,
    true,
    false,
  ]);
  for (const db of [one, other]) {
    await fill(db, 'same');
    expect(await tokens.spendToken(db, 'token', 'till', AT)).toBe(true);
    expect(await tokens.spendToken(db, 'token', 'till', AT)).toBe(false);
    expect(await originals.claimOriginal(db, 'entry', 1)).toBe(false);
  }
});
