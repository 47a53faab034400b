// Authorised persons: how they are added and removed, and what their code confirms.
import { describe, expect, test } from 'vitest';
import { personAddedBody, type AuthorisedPerson } from '$lib/contract/acts/customer';
import {
  decidePersonAdded,
  type PersonAddedInput,
} from '$lib/domain/acts/customers/authorised-person-added';
import { decidePersonRemoved } from '$lib/domain/acts/customers/authorised-person-removed';
import { advance } from '$lib/domain/consent/checkout';
import {
  challengesOf,
  fromStored,
  NEW_CHECKOUT,
  toStored,
  type Ask,
  type Checkout,
  type CodeTo,
} from '$lib/domain/consent/checkout-state';
import { answeringPhone, isOwnNumber } from '$lib/domain/customers/customer';
import { wordPerson } from '$lib/domain/messages/code-message';
import { wordNotice } from '$lib/domain/messages/notice-message';
import { debtNeed, FIRST, FRESH, pointsNeed, SECOND, view } from './checkout-fixtures';
import {
  anna,
  ANNA,
  CASHIER,
  DEAL_HASH,
  grantFor,
  idOf,
  NOW,
  OWNER,
  POLICY,
  TILL,
} from './fixtures';

const person: AuthorisedPerson = { id: idOf(950), name: 'Вера', phone: '+79251230777' };
const others = [1, 2, 3, 4, 5].map((place) => ({
  id: idOf(950 + place),
  name: `Лицо ${place}`,
  phone: `+7925123070${place}`,
}));

/** The owner's own number. */
const OWN = '+79251230999';
const policy = {
  ...POLICY,
  operators: POLICY.operators.map((one) => (one.id === OWNER ? { ...one, phone: OWN } : one)),
};

type Grant = Parameters<typeof grantFor>[2];
const codeOf = (change: Grant = {}): PersonAddedInput['code'] => ({
  jws: 'h.p.s',
  grant: grantFor(
    'sell-on-account',
    { minor: 1, currency: 'RUB' },
    {
      action: 'authorise-person',
      operator: OWNER,
      receipt: person.id,
      amount: null,
      ...change,
    },
  ),
});

const inputOf = (change: Partial<PersonAddedInput> = {}): PersonAddedInput => ({
  policy,
  operator: OWNER,
  till: TILL,
  at: NOW,
  customer: anna,
  person,
  isGone: false,
  code: codeOf(),
  dealHash: DEAL_HASH,
  grantsUsed: new Set<string>(),
  recordHash: 'a'.repeat(64),
  personRecordHash: 'c'.repeat(64),
  ...change,
});

describe('a person is added', () => {
  test('with a code to the customer’s main number', () => {
    const decided = decidePersonAdded(inputOf());
    expect(decided).toEqual({
      kind: 'decided',
      body: {
        customer: ANNA,
        credit: anna.credit,
        recordHash: 'a'.repeat(64),
        person: person.id,
        personRecordHash: 'c'.repeat(64),
        challenge: codeOf()?.grant.challenge,
        grant: 'h.p.s',
      },
    });
    expect(decided.kind === 'decided' && personAddedBody.safeParse(decided.body).success).toBe(
      true,
    );
  });

  test.each<[string, Partial<PersonAddedInput>]>([
    ['no-right', { operator: CASHIER }],
    ['card-gone', { isGone: true }],
    ['no-number', { customer: { ...anna, phone: null } }],
    ['own-number', { person: { ...person, phone: OWN } }],
    ['own-number', { customer: { ...anna, persons: [{ ...person, phone: OWN }] } }],
    ['known-number', { person: { ...person, phone: anna.phone ?? '' } }],
    ['known-number', { customer: { ...anna, persons: [{ ...person, id: idOf(949) }] } }],
    ['too-many', { customer: { ...anna, persons: others } }],
    ['code-missing', { code: null }],
    ['code-not-for-this', { code: codeOf({ receipt: idOf(902) }) }],
    ['code-not-for-this', { code: codeOf({ action: 'change-phone' }) }],
    ['code-not-for-this', { code: codeOf({ customer: idOf(901) }) }],
    ['code-not-for-this', { code: codeOf({ dealHash: 'e'.repeat(64) }) }],
    // an authorised person cannot consent to another one
    ['code-not-for-this', { code: codeOf({ person: others[0]?.id ?? null }) }],
    ['code-expired', { code: codeOf({ exp: NOW }) }],
    ['code-used', { grantsUsed: new Set([codeOf()?.grant.challenge ?? '']) }],
  ])('is refused: %s', (kind, change) => {
    expect(decidePersonAdded(inputOf(change))).toMatchObject({
      kind: 'refused',
      because: { kind },
    });
  });
});

test('a person is removed by right, without a code', () => {
  const body = { customer: ANNA, credit: anna.credit, recordHash: 'b'.repeat(64), person: idOf(1) };
  const by = { policy, operator: OWNER };
  expect(decidePersonRemoved({ ...by, ...body })).toEqual({ kind: 'decided', body });
  expect(decidePersonRemoved({ ...by, operator: CASHIER, ...body })).toMatchObject({
    because: { kind: 'no-right', right: 'manage-customers' },
  });
});

test('a code goes to a person only while the card has them and a main number', () => {
  const card = { ...anna, persons: [person] };
  expect(answeringPhone(card, null)).toBe(anna.phone);
  expect(answeringPhone(card, person.id)).toBe(person.phone);
  expect(answeringPhone(anna, person.id)).toBeNull();
  expect(answeringPhone({ ...card, phone: null }, person.id)).toBeNull();
});

test('the number of a person counts as the operator’s own', () => {
  const by = { policy, operator: OWNER };
  expect(isOwnNumber(by, { ...anna, persons: [{ ...person, phone: OWN }] })).toBe(true);
  expect(isOwnNumber(by, { ...anna, persons: [person] })).toBe(false);
});

describe('the person who gets the code', () => {
  const undecided: CodeTo = { kind: 'undecided' };
  const asks: Ask[] = [
    { need: pointsNeed, challenge: FIRST, to: undecided, also: null },
    { need: debtNeed, challenge: SECOND, to: undecided, also: null },
  ];
  const run = (...events: Parameters<typeof advance>[1][]): Checkout =>
    events.reduce<Checkout>((state, event) => advance(state, event, POLICY), NEW_CHECKOUT);
  const to: CodeTo = { kind: 'person', person: person.id };
  const saved = { kind: 'save-asked', asks } as const;
  const chosen = { kind: 'recipient-chosen', to } as const;

  test('is chosen before anything is sent, once for all needs', () => {
    const choosing = run(saved);
    expect(choosing).toMatchObject({ kind: 'choosing', need: pointsNeed });
    expect(challengesOf(choosing)).toEqual([]);
    expect(fromStored(toStored(choosing, null))).toEqual(choosing);
    const sending = run(saved, chosen);
    expect(sending).toMatchObject({ kind: 'sending', challenge: FIRST, to, rest: [{ to }] });
    expect(fromStored(toStored(sending, null))).toEqual(sending);
  });

  test('can be chosen again; the code sent before is cancelled', () => {
    const answered = { kind: 'answered', challenge: FIRST, reply: view } as const;
    const again = run(saved, chosen, answered, { kind: 'recipient-changed', challenge: FRESH });
    expect(again).toMatchObject({ kind: 'choosing', challenge: FRESH, to: undecided });
    expect(challengesOf(again)).toEqual([]);
  });
});

test('the customer reads who is to be added, and who confirmed', () => {
  expect(wordPerson(person, 'ru')).toBe(
    'новое доверенное лицо Вера, *0777: сможет покупать в долг и за ваши баллы по своему коду',
  );
  const news = [{ action: 'sell-on-account', moved: 54_000 }] as const;
  const shop = { ...POLICY.shop, messageLanguage: 'ru', contact: '' } as const;
  const at = Date.UTC(2026, 10, 25, 14, 40);
  const by = { without: 'person-code', person: person.name } as const;
  const told = { act: 'sale', ...by, withheld: null };
  expect(wordNotice(news, told, { shop }, { at, zone: 'UTC' }).replace(/\s/g, ' ')).toContain(
    'записан долг 540,00 ₽ по коду доверенного лица (Вера), 25.11 14:40.',
  );
});
