// The demo phones' page, where the demo provider's messages arrive: for this machine, or for who has the key. Never cached, no inline anything.
import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import css from './demo-page/phone.css?raw';
import html from './demo-page/phone.html?raw';
import js from './demo-page/phone.js?raw';
import { isFromThisMachine } from './address';
import { Refused, type Env } from './gate';
import { SCRIPTED_PAGE_CSP } from './headers';
import { acceptedLanguage, filled } from './pages';
import type { Relay } from './relay';

const WORDS = {
  ru: {
    lang: 'ru',
    title: 'Телефоны покупателей — демонстрация',
    explains:
      'Сюда приходят коды, пока не выбран настоящий сервис рассылки. Ни одно сообщение не уходит с этого компьютера; после перезапуска сервера магазина здесь пусто.',
    empty: 'Пока ничего не приходило. Отправьте код с кассы — он появится здесь.',
    call: 'Входящий звонок',
    digits: 'Код — последние четыре цифры номера',
    lost: 'Шлюз не отвечает. Жду…',
    over: 'Выбран настоящий сервис рассылки: новые коды сюда больше не приходят.',
    phone: 'Телефон',
    noscript: 'Для этой страницы нужен JavaScript.',
  },
  en: {
    lang: 'en',
    title: 'Customers’ phones — demo',
    explains:
      'Codes arrive here until a real messaging service is chosen. No message leaves this machine; after a restart of the relay this page is empty.',
    empty: 'Nothing has arrived yet. Send a code from the till and it appears here.',
    call: 'Incoming call',
    digits: 'The code is the last four digits of the number',
    lost: 'The relay does not answer. Waiting…',
    over: 'A real messaging service is in use: new codes no longer arrive here.',
    phone: 'Phone',
    noscript: 'This page needs JavaScript.',
  },
} as const;

/** Where the page is: with its key, unless it is opened on the relay's own machine. */
export function demoPhonePath(relay: Relay, fromThisMachine: boolean): string {
  return fromThisMachine ? '/demo-phone' : `/demo-phone?key=${relay.provider.demoKey}`;
}

/** `/demo-phone` with its style, its script and its messages. */
export function demoPhoneRoutes(relay: Relay): Hono<Env> {
  const asset = (c: Context<Env>, type: string, text: string): Response =>
    c.body(text, 200, {
      'Content-Type': `${type}; charset=utf-8`,
      'Content-Security-Policy': SCRIPTED_PAGE_CSP,
      'Cache-Control': 'no-store',
    });
  const needKey: MiddlewareHandler<Env> = async (c, next) => {
    if (!isFromThisMachine(c, relay) && !hasKey(c, relay))
      throw new Refused(403, { kind: 'key-needed' });
    await next();
  };
  return new Hono<Env>()
    .get('/demo-phone', needKey, (c) =>
      asset(c, 'text/html', filled(html, WORDS[acceptedLanguage(c)])),
    )
    .get('/demo-phone/phone.css', (c) => asset(c, 'text/css', css))
    .get('/demo-phone/phone.js', (c) => asset(c, 'text/javascript', js))
    .get('/demo-phone/messages', needKey, (c) => {
      const messages = relay.provider.demoMailbox.messages();
      c.header('Cache-Control', 'no-store');
      return c.json({ messages, over: !relay.provider.isDemo() }, 200);
    });
}

function hasKey(c: Context<Env>, relay: Relay): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(c.req.query('key') ?? ''), hash(relay.provider.demoKey));
}
