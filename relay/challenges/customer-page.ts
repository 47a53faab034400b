// The page on a customer's own phone: the deal and a field for the code. Spent with the first yes.
import { randomBytes } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { checkRequest, pageReply, type PageReply } from '$lib/contract/challenge';
import { clientAddress, isFromThisMachine, localOrigin } from '../http/address';
import { checkCode } from './verify';
import { statusOf } from './view';
import type { Challenges } from './challenges';
import { readBody } from '../http/json-body';
import { Refused, type Env } from '../http/request';
import { replies, route, SESSION, type Route } from '../http/route';
import { SCRIPTED_PAGE_CSP } from '../http/headers';
import { acceptedLanguage, filled } from '../http/pages';
import type { Relay } from '../context';
import { personsOf } from '../store/authorised-persons';
import { challengeOfPage, keepPage } from '../store/challenge-pages';
import { challengeById, challengeLedBy, type ChallengeRow } from '../store/challenges';
import { triesLockedUntil, takeTry } from '../http/lockout';
import type { Policy } from '$lib/contract/policy';
import type { Action } from '$lib/contract/values';
import { wordAmount } from '$lib/domain/messages/message-words';
import type { Language } from '$lib/domain/values/language';
import css from './customer-page/page.css?raw';
import html from './customer-page/page.html?raw';
import js from './customer-page/page.js?raw';

const FORGET_MS = 24 * 3_600_000;

/** An unguessable address for the till's QR code. */
export const challengePageRoutes = (relay: Relay, challenges: Challenges): Route[] => [
  route('POST /challenges/:id/page', {
    id: 'makeChallengePage',
    summary: 'Make an address where the customer types the code on their own phone',
    description: 'The address made before stops working.',
    access: SESSION,
    replies: replies(pageReply, {
      page: 201,
      'no-address': 409,
      spent: 410,
      'unknown-challenge': 404,
    }),
  }).handle(async ({ c, till, id }) => {
    // while the message is being sent there is no code yet to type
    const row = await challenges.settled(till.id, id);
    return row === null ? { kind: 'unknown-challenge' } : makePage(relay, c, row);
  }),
];

async function makePage(relay: Relay, c: Context<Env>, row: ChallengeRow): Promise<PageReply> {
  const { db, config, now } = relay;
  const status = await statusOf(relay, row);
  if (status.kind === 'verified') return { kind: 'spent', because: 'superseded' };
  if (status.kind !== 'awaiting-code') return status;
  // without a public address only this machine can open the page, for trying it out
  const local = isFromThisMachine(c, relay);
  const origin = local ? localOrigin(relay) : config.url;
  if (origin === null) return { kind: 'no-address' };
  const token = randomBytes(16).toString('base64url');
  const page = { hash: hashOf(relay, token), challenge: row.id, madeAt: now() };
  await keepPage(db, page, now() - FORGET_MS);
  return { kind: 'page', url: `${origin}/c/${token}`, expiresAt: row.expiresAt, local };
}

const hashOf = ({ cipher }: Pick<Relay, 'cipher'>, token: string): string =>
  cipher.keyedHash('customer-page', token);

/** `/c/<token>` with its style, script and the check of a code. No session, no cookie. */
export function customerPageRoutes(relay: Relay): Hono<Env> {
  const asset = (c: Context<Env>, type: string, text: string, status: 200 | 404 | 429 = 200) =>
    c.body(text, status, {
      'Content-Type': `${type}; charset=utf-8`,
      'Content-Security-Policy': SCRIPTED_PAGE_CSP,
      'Cache-Control': 'no-store',
    });
  return new Hono<Env>()
    .get('/c/page.css', (c) => asset(c, 'text/css', css))
    .get('/c/page.js', (c) => asset(c, 'text/javascript', js))
    .get('/c/:token', async (c) => {
      const found = await rowOf(relay, c);
      const status = 'kind' in found ? (found.kind === 'locked' ? 429 : 404) : 200;
      return asset(c, 'text/html', await pageOf(relay, c, found), status);
    })
    .post('/c/:token/checks', async (c) => {
      const { code } = await readBody(c, checkRequest);
      const row = await rowOf(relay, c);
      if ('kind' in row) throw new Refused(row.kind === 'locked' ? 429 : 404, row);
      // the till may repeat the right code, this page may not
      if (row.state === 'verified') return c.json({ kind: 'spent' }, 410);
      const reply = await checkCode(relay, row, code);
      relay.log({ event: 'customer-checked', challenge: row.id, outcome: reply.kind });
      switch (reply.kind) {
        case 'verified':
          return c.json({ kind: 'verified' }, 200); // the grant is the till's
        case 'wrong-code':
          return c.json(reply, 200);
        default:
          return c.json({ kind: 'spent' }, 410);
      }
    });
}

type NoPage = { readonly kind: 'unknown-page' } | { readonly kind: 'locked' };

/** The page's challenge. Wrong addresses are limited to five tries; existing pages are never locked. */
async function rowOf(relay: Relay, c: Context<Env>): Promise<ChallengeRow | NoPage> {
  const id = await challengeOfPage(relay.db, hashOf(relay, c.req.param('token') ?? ''));
  const row = id === null ? null : await challengeById(relay.db, id);
  if (row !== null) return row;
  const tries = `customer-page:${clientAddress(c, relay)}`;
  await takeTry(relay, tries);
  return { kind: (await triesLockedUntil(relay, tries)) === null ? 'unknown-page' : 'locked' };
}

async function pageOf(
  relay: Relay,
  c: Context<Env>,
  found: ChallengeRow | NoPage,
): Promise<string> {
  const policy = relay.policy()?.policy;
  const language = acceptedLanguage(c, policy?.shop.messageLanguage ?? 'en');
  const words = PAGE_WORDS[language];
  const status = 'kind' in found ? null : await statusOf(relay, found);
  const led = 'kind' in found ? null : await challengeLedBy(relay.db, found.id);
  const deal =
    'kind' in found || policy === undefined
      ? null
      : dealWords(led === null ? [found] : [led, found], policy, language);
  const awaiting = status?.kind === 'awaiting-code' ? status : null;
  const person = 'kind' in found || awaiting === null ? null : await personName(relay, found);
  const ended = status?.kind === 'verified' ? words.already : words.over;
  return filled(html, {
    ...words,
    shop: deal === null ? words.title : deal.shop,
    action: deal?.action ?? '',
    amount: deal?.amount ?? '',
    person: person === null ? '' : words.person.replace('{name}', () => person),
    hint:
      awaiting === null
        ? ''
        : words[awaiting.channel === 'call' ? 'hintCall' : 'hint'].replace(
            '{phone}',
            awaiting.phoneMasked.replaceAll(' ', '\u00a0'),
          ),
    demo: awaiting?.demo ? words.demo : '',
    state: awaiting === null ? (deal === null ? words.unknown : ended) : '',
    form: awaiting === null ? 'hidden' : '',
    deal: deal === null ? 'hidden' : '',
  });
}

/** Name of the authorised person who is to be added or who gets the code; null: no such person is involved. */
async function personName(
  { db, cipher }: Relay,
  { action, customer, person, receipt }: ChallengeRow,
): Promise<string | null> {
  const wanted = action === 'authorise-person' ? receipt : person;
  if (wanted === null) return null;
  const row = (await personsOf(db, customer)).find((one) => one.person === wanted);
  return row === undefined ? null : cipher.decrypt(row.name);
}

const ACTIONS = {
  ru: {
    'sell-on-account': 'Записать в долг',
    'redeem-points': 'Списать баллы',
    'change-phone': 'Сменить ваш номер телефона',
    'issue-reserve-codes': 'Выдать резервные коды',
    'merge-customers': 'Объединить карточки',
    'correct-balance': 'Исправление: увеличить ваш долг',
    'cancel-repayment': 'Отмена оплаты: увеличить ваш долг',
    'authorise-person': 'Разрешить доверенному лицу покупать на ваш счёт',
    'return-goods': 'Возврат товара: вам вернут',
    'forget-customer': 'Удалить вашу карточку',
  },
  en: {
    'sell-on-account': 'Put on your account',
    'redeem-points': 'Take off your points',
    'change-phone': 'Change your phone number',
    'issue-reserve-codes': 'Issue reserve codes',
    'merge-customers': 'Merge cards',
    'correct-balance': 'Correction: raise your debt',
    'cancel-repayment': 'Payment cancelled: raise your debt',
    'authorise-person': 'Let an authorised person buy on your account',
    'return-goods': 'Goods returned: you get back',
    'forget-customer': 'Erase your card',
  },
} as const satisfies Record<Language, Record<Action, string>>;

const PAGE_WORDS = {
  ru: {
    lang: 'ru',
    other: 'en',
    otherName: 'English',
    title: 'Подтверждение покупки',
    asks: 'Магазин просит вашего согласия',
    person: 'Доверенное лицо: {name}',
    hint: 'Введите код из сообщения на {phone}. Не согласны — просто закройте страницу.',
    hintCall:
      'Введите последние цифры номера, с которого звонят на {phone}. Не согласны — просто закройте страницу.',
    code: 'Код',
    confirm: 'Согласен',
    wrong: 'Код не подошёл. Осталось попыток: {left}.',
    verified: 'Подтверждено. Касса уже знает об этом.',
    already: 'Уже подтверждено. Эта страница больше не нужна.',
    over: 'Этот запрос больше не действует. Попросите кассира отправить новый код.',
    unknown: 'Такой страницы нет. Попросите кассира показать QR-код ещё раз.',
    lost: 'Магазин не отвечает. Код пока не проверен — попробуйте ещё раз.',
    demo: 'Деморежим: код показан на странице «Телефоны покупателей», на настоящий телефон он не отправлен.',
    noscript: 'Для этой страницы нужен JavaScript. Можно просто назвать код кассиру.',
  },
  en: {
    lang: 'en',
    other: 'ru',
    otherName: 'Русский',
    title: 'Confirm your purchase',
    asks: 'The shop asks for your consent',
    person: 'Authorised person: {name}',
    hint: 'Type the code from the message to {phone}. If you do not agree, just close this page.',
    hintCall:
      'Type the last digits of the number that calls {phone}. If you do not agree, just close this page.',
    code: 'Code',
    confirm: 'I agree',
    wrong: 'That code is not right. Tries left: {left}.',
    verified: 'Confirmed. The till knows already.',
    already: 'Confirmed already. This page is no longer needed.',
    over: 'This request is no longer valid. Ask the cashier to send a new code.',
    unknown: 'There is no such page. Ask the cashier to show the QR code again.',
    lost: 'The shop does not answer. The code was not checked yet: try again.',
    demo: 'Demo mode: the code is shown on the page “Customers’ phones”; it was not sent to a real phone.',
    noscript: 'This page needs JavaScript. You can simply tell the cashier the code.',
  },
} as const;

/** The deal as the relay was asked to confirm it. `asked`: the challenges that the code confirms. */
const dealWords = (
  asked: readonly Pick<ChallengeRow, 'action' | 'amount'>[],
  { shop }: Policy,
  language: Language,
): { readonly shop: string; readonly action: string; readonly amount: string } => ({
  shop: shop.name,
  action: asked
    .map(({ action, amount }) =>
      action === 'correct-balance' && amount !== null && 'points' in amount
        ? ACTIONS[language]['redeem-points']
        : ACTIONS[language][action],
    )
    .join(' + '),
  amount: asked
    .flatMap(({ amount }) => (amount === null ? [] : [wordAmount(amount, shop.currency, language)]))
    .join(' + '),
});
