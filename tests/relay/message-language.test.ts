// The language of messages is a setting of the shop, independent of its country and currency.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Policy } from '$lib/contract/policy';
import {
  ask,
  check,
  debtRequest,
  DEMO_PHONE,
  phoneChangeRequest,
  pointsRequest,
  reserveCodesRequest,
  START,
} from '../support/challenges';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { withOwnersPhone } from '../support/second-factor';
import { OWNER_PHONE, TillClient } from '../support/till-client';
import {
  CARD_SALT,
  givePoints,
  onAccountSale,
  overrideBy,
  TillJournal,
} from '../support/till-journal';

type Language = Policy['shop']['messageLanguage'];
const CYRILLIC = /\p{Script=Cyrillic}/u;
const CUSTOMER = { id: uuidv7(), phone: DEMO_PHONE };

let relay: RunningRelay;
let till: TillClient;
beforeEach(async () => {
  relay = await startRelay({ now: makeClock(START).now });
});
afterEach(() => relay.stop());

/** A shop in Russia in roubles with Latin names: any Cyrillic letter comes from the message texts. */
async function open(messageLanguage: Language): Promise<void> {
  const { now } = relay.relay;
  till = await TillClient.ready(relay.url, now, (policy) => ({
    ...withOwnersPhone(policy),
    shop: { ...policy.shop, name: 'Spring', messageLanguage },
    operators: withOwnersPhone(policy).operators.map((each) => ({ ...each, name: 'Anna' })),
  }));
  await till.elevate();
  await till.call('POST', '/customers/trusted', {
    contacts: [{ customer: CUSTOMER.id, phone: CUSTOMER.phone, cardSalt: CARD_SALT }],
  });
}

const texts = (to = DEMO_PHONE) =>
  relay.relay.provider.demoMailbox.messages().flatMap(({ phone, text }) => {
    return phone === to && text !== null ? [text.replace(/\d{6}/, '000000')] : [];
  });

/** All messages that a customer and an owner can get under the demo. */
async function sendEverything(): Promise<void> {
  await ask(till, debtRequest({ customer: CUSTOMER }));
  const journal = new TillJournal(till, relay.relay.now);
  await givePoints(journal, CUSTOMER.id, 340);
  await ask(till, pointsRequest({ customer: CUSTOMER }));
  await ask(till, phoneChangeRequest(CUSTOMER, '+70000000102'));
  const issue = uuidv7();
  const challenge = uuidv7();
  await ask(till, reserveCodesRequest(issue, CUSTOMER), challenge);
  const code = /\d{6}/.exec(relay.relay.provider.demoMailbox.messages()[0]?.text ?? '')?.[0] ?? '';
  await check(till, challenge, code);
  await till.call('PUT', `/reserve-codes/${issue}`, { customer: CUSTOMER.id, challenge });
  await till.call('POST', '/provider/test-message', { phone: DEMO_PHONE, channel: 'sms' });
  const sale = { customer: CUSTOMER.id, onAccount: 100 };
  await journal.sale(onAccountSale(sale, overrideBy(till.ownerId, 100)));
  await journal.upload();
  await relay.relay.outbox.round();
  const policy = await till.policy();
  await till.putPolicy(policy.version, {
    ...policy,
    credit: { ...policy.credit, debtLimit: policy.credit.debtLimit + 100 },
    groups: policy.groups.map((each) =>
      each.id === 'cashier' ? { ...each, rights: [...each.rights, 'settings'] } : each,
    ),
  });
  await relay.relay.outbox.round();
}

test('a shop in Russia with English messages sends every text in English', async () => {
  await open('en');
  await sendEverything();
  const customers = texts().map((text) => text.replaceAll('\u00a0', ' '));
  expect(customers).toEqual([
    expect.stringMatching(/^Spring: a debt of ₽1\.00 recorded without a code/),
    'Spring: test message. Code 000000',
    expect.stringMatching(/^Spring: reserve codes /),
    'Spring: reserve codes. Code 000000',
    'Spring: change of phone number. Code 000000',
    'Spring: redeem 340 points (₽340.00). Code 000000',
    'Spring: on account ₽540.00. Code 000000',
  ]);
  const owners = texts(OWNER_PHONE);
  expect(owners).toContainEqual(expect.stringContaining('group Cashier: settings'));
  expect([...customers, ...owners].filter((text) => CYRILLIC.test(text))).toEqual([]);
});

test('and one with Russian messages in Russian', async () => {
  await open('ru');
  await sendEverything();
  expect(texts()).toHaveLength(7);
  const owners = texts(OWNER_PHONE);
  expect(owners).toContainEqual(expect.stringContaining('группе Кассир: настройки'));
  expect([...texts(), ...owners].filter((text) => !CYRILLIC.test(text))).toEqual([]);
});

describe('the texts of the settings', () => {
  const shown = async () => (await till.call('GET', '/provider')).json.texts as object;
  const choose = async (messageLanguage: Language) => {
    const policy = await till.policy();
    const shop = { ...policy.shop, messageLanguage };
    expect((await till.putPolicy(policy.version, { ...policy, shop })).json.kind).toBe('policy');
  };
  const put = (words: object) =>
    till.call('PUT', '/provider', { id: 'demo', fields: {}, texts: words });

  test('follow the language while they are the defaults, saved or not', async () => {
    await open('ru');
    const russian = await shown();
    expect((await put(russian)).json.kind).toBe('provider');
    await choose('en');
    expect(await shown()).toEqual({
      'sell-on-account': '{shop}: {action} {amount}. Code {code}',
      'redeem-points': '{shop}: {action} {amount}. Code {code}',
    });
    await ask(till, debtRequest({ customer: CUSTOMER }));
    expect(texts()[0]?.replaceAll('\u00a0', ' ')).toBe('Spring: on account ₽540.00. Code 000000');
    await choose('ru');
    expect(await shown()).toEqual(russian);
  });

  test('stay if the shop has changed them', async () => {
    await open('ru');
    const own = {
      'sell-on-account': '{code} – {action} {amount}, {shop}',
      'redeem-points': '{code} – {action} {amount}, {shop}',
    };
    await put(own);
    await choose('en');
    expect(await shown()).toEqual(own);
    await ask(till, debtRequest({ customer: CUSTOMER }));
    expect(texts()[0]?.replaceAll('\u00a0', ' ')).toBe('000000 – on account ₽540.00, Spring');
  });
});
