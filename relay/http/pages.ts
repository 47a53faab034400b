// Shared parts of the relay's own pages, and three pages: wrong address, till not built, key needed.
import type { Context } from 'hono';
import type { Language } from '$lib/domain/values/language';
import type { Env } from './request';
import { pageCsp } from './headers';

/** The language the reader chose by `?lang=`; else the first of ours the browser asks for; else `otherwise`. */
export function acceptedLanguage(c: Context<Env>, otherwise: Language): Language {
  const chosen = c.req.query('lang');
  const asked = [chosen ?? '', ...(c.req.header('accept-language') ?? '').split(',')].map((part) =>
    part.trim().slice(0, 2).toLowerCase(),
  );
  return asked.find((language) => language === 'ru' || language === 'en') ?? otherwise;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A page with its `{names}` filled in one pass, HTML-escaped. */
export function filled(html: string, words: Readonly<Record<string, string>>): string {
  const escaped = (text: string): string => text.replace(/[&<>"']/g, (it) => ENTITIES[it] ?? it);
  return html.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const word = words[name];
    return word === undefined ? whole : escaped(word);
  });
}

const STYLE = `
body { margin: 0; padding: 2rem; font: 1.125rem/1.5 system-ui, sans-serif; color: #1c1b19; background: #f4f2ee; }
main { max-width: 40rem; margin: 0 auto; display: grid; gap: 2rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
code { font-size: 1em; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { body { color: #ece9e2; background: #141311; } a { color: #7cc4a8; } }
`;

const CSP = pageCsp(STYLE);

/** For an address at which the till cannot work or must not be opened. */
export function wrongAddressPage(address: string): Response {
  const howTo = `<a href="${address}/tablets.html">${address}/tablets.html</a>`;
  const link = `<a href="${address}/">${address}/</a>`;
  return page(
    421,
    `<section lang="ru"><h1>По этому адресу касса не работает</h1>
<p>Касса хранит деньги и подписи покупателей, поэтому браузер запускает её только по защищённому адресу (secure context): по https или на том же компьютере, где работает сервер магазина.</p>
<p>Откройте ${link}</p>
<p>Планшету нужен адрес, который начинается с https. Как его настроить, написано здесь: ${howTo}. Откройте эту страницу на компьютере, где работает сервер магазина.</p></section>
<section lang="en"><h1>The till does not work at this address</h1>
<p>The till keeps money and customers’ consent, so browsers run it only in a secure context: over https, or on the computer that runs the shop server.</p>
<p>Open ${link}</p>
<p>A tablet needs an address that starts with https. This page says how to set one up: ${howTo}. Open it on the computer that runs the shop server.</p></section>`,
  );
}

/** While the till is not built. */
export const notBuiltPage = (): Response =>
  page(
    503,
    `<section lang="ru"><h1>Касса ещё не собрана</h1><p>Остановите сервер магазина и запустите <code>npm start</code>: он соберёт её.</p></section>
<section lang="en"><h1>The till is not built yet</h1><p>Stop the shop server and run <code>npm start</code>: it builds the till.</p></section>`,
  );

/** In place of the demo phones, opened on another device without the page's key. */
export const keyNeededPage = (): Response =>
  page(
    403,
    `<section lang="ru"><h1>Этой странице нужен ключ</h1>
<p>Телефоны покупателей видны на компьютере, где работает сервер магазина. На другом устройстве откройте адрес с ключом: сервер магазина печатает его при запуске, в строке со словом <code>demo-phone</code>. Управляющий откроет её и из кассы: «Настройки → Сообщения».</p></section>
<section lang="en"><h1>This page needs its key</h1>
<p>The customers’ phones are shown on the computer that runs the shop server. On another device open the address with the key: the shop server prints it when it starts, in the line that says <code>demo-phone</code>. A manager opens it from the till, too: Settings → Messages.</p></section>`,
  );

function page(status: number, main: string): Response {
  const html = `<!doctype html><html lang="ru"><head><meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" /><title>Counterfoil</title><style>${STYLE}</style></head><body><main>${main}</main></body></html>`;
  return new Response(html, {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': CSP },
  });
}
