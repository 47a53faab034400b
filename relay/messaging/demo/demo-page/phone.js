// The demo phones' page: polls every second and shows messages, newest first.
// Never sets markup, only text.
const words = document.body.dataset;
const phones = document.getElementById('phones');
const state = document.getElementById('state');
const empty = document.getElementById('empty');
const seen = new Set();
const screens = new Map();
/** Proper names are the same in every language; a call has a word of its own. */
const SERVICES = { sms: 'SMS', viber: 'Viber', whatsapp: 'WhatsApp', telegram: 'Telegram' };
const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

function element(tag, className, text = '') {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** `+7 000 000 00 01`, or the number as it is. */
function spaced(phone) {
  return phone.replace(/^(\+7)(\d{3})(\d{3})(\d{2})(\d{2})$/, '$1 $2 $3 $4 $5');
}

/** The text with its code marked, so that it is easy to read out. */
function worded(text) {
  const line = element('p', 'text');
  for (const part of text.split(/(?<!\d)(\d{4,8})(?!\d)(?=[^\d]*$)/))
    line.append(/^\d{4,8}$/.test(part) ? element('strong', '', part) : part);
  return line;
}

function called(caller) {
  const spread = caller.slice(0, -4).replace(/^(\+7)(\d{3})(\d{3})$/, '$1 $2 $3');
  const line = element('p', 'caller', `${spread} `);
  line.append(element('strong', '', caller.slice(-4)));
  return line;
}

function bubble(message) {
  const made = element('li', `message fresh ${message.caller === null ? '' : 'call'}`);
  const from = element('p', 'from');
  from.append(
    element('span', '', SERVICES[message.channel] ?? words.call),
    element('time', '', clock.format(message.at)),
  );
  made.append(from);
  if (message.caller === null) made.append(worded(message.text ?? ''));
  else made.append(called(message.caller), element('small', '', words.digits));
  return made;
}

function screenOf({ phone, name }) {
  const known = screens.get(phone);
  if (known) return known;
  const screen = element('section', 'phone');
  const list = element('ol', '');
  list.tabIndex = 0;
  list.setAttribute('aria-label', [words.phone, name, spaced(phone)].filter(Boolean).join(' '));
  const title = element('h2', '', name ?? spaced(phone));
  if (name !== null) title.append(element('small', '', spaced(phone)));
  screen.append(title, list);
  const made = { screen, list };
  screens.set(phone, made);
  return made;
}

function show(messages) {
  // oldest first, each to the top: the newest phone and message end up first
  for (const message of messages.toReversed()) {
    if (seen.has(message.id)) continue;
    seen.add(message.id);
    const { screen, list } = screenOf(message);
    list.prepend(bubble(message));
    phones.prepend(screen);
  }
  empty.hidden = screens.size > 0;
}

function say(text) {
  state.textContent = text;
  state.hidden = text === '';
}

async function ask() {
  try {
    const reply = await fetch(`/demo-phone/messages${location.search}`, { cache: 'no-store' });
    if (!reply.ok) throw new Error(String(reply.status));
    const { messages, over, language } = await reply.json();
    // the shop's language has changed, or the shop is new
    if (language !== document.documentElement.lang) return location.reload();
    show(messages);
    say(over ? words.over : '');
  } catch {
    say(words.lost);
  }
  setTimeout(ask, document.hidden ? 3000 : 1000);
}

ask();
