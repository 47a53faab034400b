// The page with the demo provider's messages, for this machine or with its key. Never cached.
import { Hono, type Context } from 'hono';
import css from './demo-page/phone.css?raw';
import html from './demo-page/phone.html?raw';
import js from './demo-page/phone.js?raw';
import { demoCustomers } from '$lib/domain/demo/customers';
import type { Language } from '$lib/domain/values/language';
import { isFromThisMachine } from '../../http/address';
import { equalInConstantTime } from '../../constant-time';
import { Refused, type Env } from '../../http/request';
import { SCRIPTED_PAGE_CSP } from '../../http/headers';
import { acceptedLanguage, filled, keyNeededPage } from '../../http/pages';
import type { Relay } from '../../context';

const WORDS = {
  ru: {
    lang: 'ru',
    title: 'Телефоны покупателей · демо',
    explains:
      'Здесь видны сообщения, которые получили бы покупатели, пока не выбран настоящий сервис рассылки. На настоящие телефоны ничего не отправляется. После перезапуска сервера магазина эта страница пуста.',
    empty: 'Сообщений ещё нет. Отправьте код с кассы, и он появится здесь.',
    call: 'Входящий звонок',
    digits: 'Код — последние четыре цифры номера',
    lost: 'Сервер магазина не отвечает. Ждём…',
    over: 'Выбран настоящий сервис рассылки: новые коды сюда больше не приходят.',
    phone: 'Телефон',
    noscript: 'Для этой страницы нужен JavaScript.',
  },
  en: {
    lang: 'en',
    title: 'Customers’ phones · demo',
    explains:
      'This page shows the messages your customers would get, until you choose a real messaging service. Nothing is sent to real phones. Restarting the shop server empties the page.',
    empty: 'No messages yet. Send a code from the till, and it will appear here.',
    call: 'Incoming call',
    digits: 'The code is the last four digits of the number',
    lost: 'The shop server does not answer. Waiting…',
    over: 'A real messaging service has been chosen: new codes no longer appear here.',
    phone: 'Phone',
    noscript: 'This page needs JavaScript.',
  },
} as const;

/** Path of the page; with its key, unless it is opened on the relay's own machine. */
export const demoPhonePath = (relay: Relay, fromThisMachine: boolean): string =>
  fromThisMachine ? '/demo-phone' : `/demo-phone?key=${relay.provider.demoKey}`;

/** `/demo-phone` with its style, its script and its messages. */
export function demoPhoneRoutes(relay: Relay): Hono<Env> {
  const asset = (c: Context<Env>, type: string, text: string): Response =>
    c.body(text, 200, {
      'Content-Type': `${type}; charset=utf-8`,
      'Content-Security-Policy': SCRIPTED_PAGE_CSP,
      'Cache-Control': 'no-store',
    });
  const mayLook = (c: Context<Env>): boolean => isFromThisMachine(c, relay) || hasKey(c, relay);
  return new Hono<Env>()
    .get('/demo-phone', (c) =>
      mayLook(c)
        ? asset(c, 'text/html', filled(html, WORDS[languageFor(c, relay)]))
        : keyNeededPage(),
    )
    .get('/demo-phone/phone.css', (c) => asset(c, 'text/css', css))
    .get('/demo-phone/phone.js', (c) => asset(c, 'text/javascript', js))
    .get('/demo-phone/messages', (c) => {
      if (!mayLook(c)) throw new Refused(403, { kind: 'key-needed' });
      const names = namesIn(relay);
      const messages = relay.provider.demoMailbox
        .messages()
        .map((message) => ({ ...message, name: names.get(message.phone) ?? null }));
      c.header('Cache-Control', 'no-store');
      const language = languageFor(c, relay);
      return c.json({ messages, over: !relay.provider.isDemo(), language }, 200);
    });
}

/** The shop's language of messages; the browser's before there is a shop. */
const languageFor = (c: Context<Env>, relay: Relay): Language =>
  relay.policy()?.policy.shop.messageLanguage ?? acceptedLanguage(c, 'en');

/** Names by number: staff and demo customers. The relay knows no other customers' names. */
function namesIn(relay: Relay): ReadonlyMap<string, string> {
  const policy = relay.policy()?.policy;
  if (policy === undefined) return new Map();
  const { currency, messageLanguage } = policy.shop;
  return new Map(
    [...demoCustomers(currency, messageLanguage), ...policy.operators].flatMap(
      ({ phone, name }): [string, string][] => (phone === null ? [] : [[phone, name]]),
    ),
  );
}

const hasKey = (c: Context<Env>, relay: Relay): boolean =>
  equalInConstantTime(c.req.query('key') ?? '', relay.provider.demoKey);
