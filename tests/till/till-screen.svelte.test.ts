// The till screen itself: lines stay in sight, goods stay under a finger, a payment can be replaced.
import { createRawSnippet, tick } from 'svelte';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { cleanup, render } from 'vitest-browser-svelte';
import { demoGoods } from '$lib/domain/demo/goods';
import { money } from '$lib/domain/values/money';
import { ONE, quantity } from '$lib/domain/values/quantity';
import { NEW_CHECKOUT } from '$lib/domain/consent/checkout-state';
import { saveDraft } from '$lib/storage/sales/drafts';
import { till } from '$lib/state/till.svelte';
import { toasts } from '$lib/state/toasts.svelte';
import { setLanguage } from '$lib/ui/text/current.svelte';
import Toasts from '$lib/ui/Toasts.svelte';
import Dialog from '$lib/ui/Dialog.svelte';
import PinPad from '$lib/ui/PinPad.svelte';
import Till from '../../src/routes/till/Till.svelte';
import UnlistedDialog from '../../src/routes/till/UnlistedDialog.svelte';
import { expectAccessible } from '../support/axe-part';
import { importGoods } from '../support/goods';
import { ANNA, BORIS, CASHIER, NO_CREDIT, openShop, SENIOR } from '../support/storage-shop';

const goods = demoGoods({ code: 'RUB', digits: 2 }, 'en');

beforeAll(async () => {
  await setLanguage('en');
  await openShop(till.db);
  await importGoods(till.db, { products: goods });
  await till.policy.load();
  await till.catalogue.load();
  till.signIn.enterAsNew(SENIOR);
});
afterEach(() => till.register.startNew());
afterAll(async () => {
  cleanup();
  await till.register.draft.write();
  await till.db.delete({ disableAutoOpen: false });
  await till.policy.load();
  await page.viewport(1280, 800);
  await setLanguage('ru');
});

/** Adds one piece of the goods at this place of the list. */
function add(place: number): void {
  const product = goods.filter(({ unit }) => unit === 'piece')[place];
  if (product) till.register.add(product, product.name, ONE);
}

const linesIn = (screen: HTMLElement) => screen.querySelectorAll('ul[aria-label="Receipt"] > li');

/** Whether the last line is whole in the part of the list that is shown. */
function isLastInSight(screen: HTMLElement): boolean {
  const line = [...linesIn(screen)].at(-1);
  const list = line?.closest('.scroll');
  if (!line || !list) expect.fail('no line');
  const [{ top, bottom }, room] = [line.getBoundingClientRect(), list.getBoundingClientRect()];
  return top > room.top - 1 && bottom < room.bottom + 1;
}

for (const [width, height] of [
  [1280, 800],
  [800, 1280],
  [390, 844],
  [844, 390],
  [640, 400],
] as const)
  test(`at ${width} × ${height} each of 20 lines is whole in sight when it is added`, async () => {
    await page.viewport(width, height);
    const { container } = await render(Till);
    add(0);
    // on a phone the receipt is a sheet
    container.querySelector<HTMLElement>('.sheet .grip')?.click();
    await expect.poll(() => linesIn(container).length).toBe(1);
    const hidden: number[] = [];
    for (let count = 1; count <= 20; count++) {
      if (count > 1) add(count - 1);
      await tick();
      if (!isLastInSight(container)) hidden.push(count);
    }
    expect(hidden).toEqual([]);
  });

test('a customer chosen later takes room from the lines, and the newest one stays in sight', async () => {
  await page.viewport(1280, 800);
  const { container } = await render(Till);
  for (let place = 0; place < 20; place++) add(place);
  await expect.poll(() => linesIn(container).length).toBe(20);
  const room = () => linesIn(container)[0]?.closest('.scroll')?.clientHeight ?? 0;
  const before = room();
  await till.register.chooseCustomer(ANNA);
  await expect.poll(room).toBeLessThan(before);
  await expect.poll(() => isLastInSight(container)).toBe(true);
});

/** Whether an element is whole on the screen: nothing scrolls or lies over any of its corners. */
function isWhole(element: Element | null): boolean {
  if (element === null) return false;
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return [
    [left + 4, top + 4],
    [right - 4, top + 4],
    [left + 4, bottom - 4],
    [right - 4, bottom - 4],
  ].every(([x, y]) => {
    const at = document.elementFromPoint(x ?? 0, y ?? 0);
    return at !== null && (element.contains(at) || at.contains(element));
  });
}

// a phone lying, and a tablet at 200 % zoom
for (const [width, height] of [
  [844, 390],
  [640, 400],
] as const)
  test(`at ${width} × ${height} the debt, what is to pay and the acts of the receipt are in sight or one tap away`, async () => {
    await page.viewport(width, height);
    const screen = await render(Till);
    const { container } = screen;
    add(0);
    await till.register.chooseCustomer(ANNA);
    await expect.poll(() => isWhole(container.querySelector('.customer .owe'))).toBe(true);
    expect(isWhole(container.querySelector('.comes-to'))).toBe(true);
    await screen.getByRole('button', { name: 'Hold, discount, clear' }).click();
    const acts = screen.getByRole('dialog', { name: 'Hold, discount, clear' });
    for (const name of ['Hold', 'Receipt discount', 'Clear'])
      await expect.element(acts.getByRole('button', { name, exact: true })).toBeInViewport();
    await acts.getByRole('button', { name: 'Close' }).click();

    till.register.openTender();
    till.register.setMoney('cash', money(100));
    till.register.setMoney('card', money(100));
    await expect.poll(() => isWhole(container.querySelector('.whose .debt strong'))).toBe(true);
    for (const part of ['.whose', '.result', '.due']) {
      const shown = container.querySelector(part);
      expect([part, isWhole(shown)]).toEqual([part, true]);
    }
  });

test('an unknown barcode is sold at a typed price, and the line keeps it', async () => {
  const screen = await render(Till);
  await screen.getByLabelText('Find a product').click();
  await userEvent.keyboard('2*4600000000022{Enter}');
  const dialog = screen.getByRole('dialog', { name: 'No product has the barcode 4600000000022' });
  await expect.element(dialog).toBeVisible();
  await userEvent.keyboard('0{Enter}');
  await expect.element(dialog.getByText('does not look like')).toBeVisible();
  await expectAccessible(dialog.element());
  await userEvent.keyboard('35{Enter}');
  await expect.element(dialog).not.toBeInTheDocument();
  expect(till.register.receipt.lines).toEqual([
    expect.objectContaining({
      product: null,
      name: 'Goods',
      barcode: '4600000000022',
      quantity: 2000,
      unitPrice: 3500,
      listPrice: 3500,
      priceFrom: 'free',
    }),
  ]);
});

for (const [width, height] of [
  [1280, 800],
  [390, 844],
  [844, 390],
] as const)
  for (const language of ['en', 'ru'] as const)
    test(`at ${width} × ${height} the dialogue of an unknown barcode has all in sight: ${language}`, async () => {
      await page.viewport(width, height);
      await setLanguage(language);
      till.signIn.enterAsNew(CASHIER);
      try {
        const currency = till.policy.current?.shop.currency;
        if (!currency) expect.fail('no policy');
        const nothing = () => undefined;
        const { container } = await render(UnlistedDialog, {
          code: '4600000000022',
          quantity: quantity(2 * ONE),
          currency,
          onsell: nothing,
          onadded: nothing,
          onclose: nothing,
        });
        for (const part of ['h2', '.body']) {
          const shown = container.querySelector(part) ?? expect.fail(part);
          expect([part, shown.scrollHeight]).toEqual([part, shown.clientHeight]);
        }
        expect(container.querySelector('dialog')?.offsetHeight).toBeLessThanOrEqual(height);
      } finally {
        till.signIn.enterAsNew(SENIOR);
        await setLanguage('en');
      }
    });

test('a cashier who may not set prices calls a colleague for an unknown barcode', async () => {
  till.signIn.enterAsNew(CASHIER);
  try {
    const screen = await render(Till);
    await screen.getByLabelText('Find a product').click();
    await userEvent.keyboard('4600000000022{Enter}');
    await screen.getByLabelText('Price').fill('35');
    await screen.getByLabelText('What it is').fill('Candle');
    await screen.getByRole('button', { name: 'Call a colleague' }).click();
    const asked = screen.getByRole('dialog', { name: 'Who allows it?' });
    await expect.element(asked.getByRole('button').first()).toBeVisible();
    expect(till.register.receipt.lines).toEqual([]);
    const candle = { name: 'Candle', code: '4600000000022', price: money(3500), askAge: null };
    const goods = { ...candle, quantity: ONE };
    expect(till.register.addUnlisted(goods, SENIOR)).toBe(null);
    expect(till.register.receipt).toMatchObject({ allowedBy: SENIOR, lines: [{ name: 'Candle' }] });
  } finally {
    till.signIn.enterAsNew(SENIOR);
  }
});

test('goods at a typed price that are 18+ ask the age as a product does, once for a receipt', async () => {
  await page.viewport(1280, 800);
  const screen = await render(Till);
  const sell = async (price: string) => {
    await screen.getByLabelText('Find a product').click();
    await userEvent.keyboard('4600000000022{Enter}');
    await screen.getByRole('switch', { name: /^18\+/ }).click();
    await screen.getByLabelText('Price').click();
    await userEvent.keyboard(`${price}{Enter}`);
  };
  const unlisted = screen.getByRole('dialog', { name: /^No product has/ });
  const age = screen.getByRole('alertdialog', { name: 'Is the customer 18 or over?' });

  await sell('35');
  await expect.element(age).toHaveTextContent('Goods');
  await age.getByRole('button', { name: 'Don’t sell it' }).click();
  await expect.element(unlisted).not.toBeInTheDocument();
  expect(till.register.receipt).toMatchObject({ lines: [], ageConfirmed: null });

  await sell('35');
  await age.getByRole('button', { name: 'Yes' }).click();
  await expect.element(unlisted).not.toBeInTheDocument();
  await sell('40');
  await expect.element(unlisted).not.toBeInTheDocument();
  expect(till.register.receipt).toMatchObject({
    ageConfirmed: { age: 18, by: SENIOR },
    lines: [
      { product: null, unitPrice: 3500, askAge: 18 },
      { product: null, unitPrice: 4000, askAge: 18 },
    ],
  });
});

test('goods that are read while the list is pressed are shown after the release, and the tap counts', async () => {
  await page.viewport(1280, 800);
  const { container } = await render(Till);
  const tiles = () => [...container.querySelectorAll<HTMLElement>('.tiles button')];
  await expect.poll(() => tiles().length).toBeGreaterThan(9);
  const search = container.querySelector<HTMLInputElement>('[aria-label="Find a product"]');
  const pressed = tiles()[9];
  if (!search || !pressed) expect.fail('no goods');
  const name = pressed.title;
  const pointer = (type: string) =>
    pressed.dispatchEvent(new PointerEvent(type, { bubbles: true, isPrimary: true }));
  const type = async (text: string) => {
    search.value = text;
    search.dispatchEvent(new InputEvent('input', { bubbles: true }));
    // the worker answers in order
    await till.catalogue.search(text, 1);
    await tick();
  };
  pointer('pointerdown');
  await type('Lemon');
  expect(tiles()[9]).toBe(pressed);
  pointer('pointerup');
  pressed.click();
  expect(till.register.receipt.lines.map((line) => line.name)).toEqual([name]);

  await type('Lemon');
  await expect.poll(() => tiles().every(({ title }) => title.includes('emon'))).toBe(true);
});

const paid = () => till.register.receipt.tenders.map(({ kind, amount }) => [kind, amount] as const);

test('a way tapped by mistake is replaced by the next one that is tapped, whichever it is', async () => {
  await page.viewport(1280, 800);
  const screen = await render(Till);
  add(0);
  till.register.openTender();
  const { total } = till.register;
  const tap = (name: RegExp) => screen.getByRole('button', { name }).click();
  const ways = { cash: /^Exact/, card: /^Card(?!:)/, transfer: /^Transfer(?!:)/ } as const;
  const kinds = ['cash', 'card', 'transfer'] as const;
  for (const from of kinds)
    for (const to of kinds) {
      if (from === to) continue;
      for (const each of kinds) till.register.setMoney(each, each === from ? total : money(0));
      await tap(ways[to]);
      expect([from, to, paid()]).toEqual([from, to, [[to, total]]]);
    }
  for (const from of kinds) {
    for (const each of kinds) till.register.setMoney(each, each === from ? total : money(0));
    await tap(/^On account/);
    expect([from, paid()]).toEqual([from, []]);
    await expect
      .element(screen.getByRole('button', { name: /^On account/ }))
      .toHaveAttribute('aria-pressed', 'true');
    await expect.element(screen.getByRole('button', { name: /^Whose account/ })).toBeVisible();
  }
  // part in cash and part by card: all of it by card
  till.register.setMoney('cash', money(total - 100));
  till.register.setMoney('card', money(100));
  await tap(ways.card);
  expect(paid()).toEqual([['card', total]]);
  expect(till.register.checkout.current.kind).toBe('tendering');
});

test('a card payment whose save failed is replaced by another way only once its refund was asked about', async () => {
  await page.viewport(1280, 800);
  const screen = await render(Till);
  const tap = (name: RegExp) => screen.getByRole('button', { name }).click();
  const question = screen.getByRole('alertdialog', { name: 'Remove the payment?' });
  add(0);
  await till.register.chooseCustomer(ANNA);
  till.register.openTender();
  const { total } = till.register;
  const fail = (_key: unknown, _row: unknown, act: { abort: () => void }) => act.abort();
  till.db.journal.hook('creating', fail);
  try {
    await tap(/^Card(?!:)/);
    await tap(/^Back to/);
    await expect.poll(() => till.register.checkout.current.kind).toBe('tendering');
  } finally {
    till.db.journal.hook('creating').unsubscribe(fail);
  }
  // the receipt was looked at in between: the card may have been charged all the same
  till.register.closeTender();
  till.register.openTender();

  for (const way of [/^Exact/, /^Transfer(?!:)/, /^Points/, /^On account/]) {
    await tap(way);
    await expect.element(question).toHaveTextContent('refund it on the terminal first');
    await tap(/^Keep it/);
    expect([way, paid()]).toEqual([way, [['card', total]]]);
  }
  await tap(/^Card:/);
  await expectAccessible(screen.getByRole('dialog').element());
  await screen.getByRole('dialog').getByRole('button', { name: 'Cash' }).click();
  await expect.element(question).toHaveTextContent('refund it on the terminal first');
  await expectAccessible(question.element());
  await tap(/^Keep it/);
  expect(paid()).toEqual([['card', total]]);

  await tap(/^Transfer(?!:)/);
  await tap(/^Remove$/);
  expect(paid()).toEqual([['transfer', total]]);
  expect(till.register.checkout.current.kind).toBe('tendering');
});

test('of a customer without credit it says “no credit” beside a card that may be tapped', async () => {
  await page.viewport(1280, 800);
  const screen = await render(Till);
  add(0);
  await till.register.chooseCustomer(NO_CREDIT);
  till.register.openTender();
  await expect
    .element(screen.getByRole('button', { name: /^On account/ }))
    .toHaveTextContent('no credit');
  await expect
    .element(screen.getByRole('region', { name: 'Customer' }))
    .toHaveTextContent('no credit');
  await expect
    .element(screen.getByRole('button', { name: /^Card/ }))
    .not.toHaveAttribute('aria-disabled');
});

test('the payment has ways to pay and the customer, and no button that would send the receipt', async () => {
  await page.viewport(1280, 800);
  const { container } = await render(Till);
  add(0);
  await till.register.chooseCustomer(ANNA);
  till.register.openTender();
  await expect.poll(() => container.querySelector('.tender')).not.toBeNull();
  const buttons = [...container.querySelectorAll('.tender button')];
  const names = buttons
    .filter((button) => button.closest('.keys, .quick') === null)
    .map((button) => button.querySelector('b, small')?.textContent ?? button.textContent);
  expect(names.map((name) => name.trim()).filter((name) => !name.startsWith('Checking'))).toEqual([
    'Receipt',
    'Someone else',
    'Card',
    'Transfer',
    'Points',
    'On account',
    'or choose another way to pay',
  ]);
});

test('a way that cannot be taken says why, on the button and when it is tapped', async () => {
  await page.viewport(1280, 800);
  const screen = await render(Till);
  add(0);
  await till.register.chooseCustomer(BORIS);
  till.register.openTender();
  till.register.setMoney('cash', till.register.total);
  const points = screen.getByRole('button', { name: /^Points/ });
  await expect.element(points).toHaveTextContent('no points yet');
  await expect.element(points).toHaveAttribute('aria-disabled', 'true');
  await points.click({ force: true });
  expect(toasts.list.at(-1)?.text).toBe('no points yet');
});

/** By how many pixels the chosen text is wider than its field. */
function cutOff(select: HTMLSelectElement | null): number {
  const text = select?.selectedOptions[0]?.textContent;
  if (!select || !text) expect.fail('nothing is chosen');
  const { font, paddingLeft, paddingRight } = getComputedStyle(select);
  const drawn = new OffscreenCanvas(1, 1).getContext('2d') ?? expect.fail('no canvas');
  drawn.font = font;
  const room = select.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  return Math.max(0, Math.ceil(drawn.measureText(text).width - room));
}

for (const [width, height] of [
  [844, 390],
  [640, 400],
] as const)
  for (const language of ['en', 'ru'] as const)
    test(`at ${width} × ${height} whose debt it is, the sums and its date need no scrolling: ${language}`, async () => {
      await page.viewport(width, height);
      await setLanguage(language);
      add(0);
      await till.register.chooseCustomer(ANNA);
      till.register.openTender();
      till.register.setMoney('cash', money(10));
      // the longest of the terms
      till.register.setDueDays(90);
      const { container } = await render(Till);
      await expect.poll(() => container.querySelector('.term select')).not.toBeNull();
      for (const [part, around] of [
        ['.whose', '.top'],
        ['.result .figure', '.top'],
        ['.due .value', '.rows'],
        ['.term select', '.rows'],
      ] as const) {
        const shown = container.querySelector(part)?.getBoundingClientRect();
        const room = container.querySelector(around)?.getBoundingClientRect();
        if (!shown || !room) expect.fail(part);
        const isWhole = shown.top > room.top - 1 && shown.bottom < room.bottom + 1;
        expect(isWhole, `${part} ${shown.top}–${shown.bottom} in ${room.top}–${room.bottom}`).toBe(
          true,
        );
      }
      expect(cutOff(container.querySelector('.term select'))).toBe(0);
      await setLanguage('en');
    });

/** Shows one or two long messages and says over which parts they lie that must stay in sight. */
async function coveredByMessages(count: number): Promise<string[]> {
  const undo = () => undefined;
  const text = 'The receipt was put on hold: it is in the list above the goods';
  const list = [
    { id: 1, text, tone: 'warn' as const, undo: null },
    { id: 2, text: `${text}, under its time`, tone: 'plain' as const, undo },
  ];
  const messages = await render(Toasts, { toasts: list.slice(0, count), onclose: undo });
  const box = messages.container.querySelector('.toasts')?.getBoundingClientRect();
  if (!box || box.height === 0) expect.fail('no message');
  expect(box.bottom).toBeLessThanOrEqual(innerHeight);
  const kept = [...document.querySelectorAll('[data-keep-clear], .pane-foot, .ways')];
  expect(kept.length).toBeGreaterThan(0);
  return kept.flatMap((part) => {
    const { left, top, right, bottom } = part.getBoundingClientRect();
    const isOver = left < box.right && right > box.left && top < box.bottom && bottom > box.top;
    return isOver ? [part.className] : [];
  });
}

for (const [width, height, count] of [
  [1280, 800, 2],
  [800, 1280, 2],
  [390, 844, 2],
  [844, 390, 2],
  // has room for one
  [640, 400, 1],
] as const)
  test(`at ${width} × ${height} messages lie over no PIN pad, total, way to pay, main button or buttons of a dialogue`, async () => {
    await page.viewport(width, height);
    add(0);
    const { unmount } = await render(Till);
    await tick();
    expect(await coveredByMessages(count)).toEqual([]);
    till.register.openTender();
    await tick();
    expect(await coveredByMessages(count)).toEqual([]);
    await unmount();
    const pad = await render(PinPad, { digits: 4, label: 'PIN', onfull: () => undefined });
    expect(await coveredByMessages(count)).toEqual([]);
    await pad.unmount();
    const snippetOf = (html: string) => createRawSnippet(() => ({ render: () => html }));
    await render(Dialog, {
      title: 'Forget this customer?',
      size: 'narrow',
      children: snippetOf('<p style="block-size: 100vh">Erased</p>'),
      actions: snippetOf('<button>Forget</button>'),
    });
    await tick();
    expect(await coveredByMessages(count)).toEqual([]);
  });

test('a receipt whose payment was interrupted says so in the payment, until it is saved', async () => {
  add(0);
  till.register.openTender();
  till.register.setMoney('card', till.register.total);
  const { receipt } = till.register;
  till.register.startNew();
  await till.register.draft.written();
  // what the disk has after a stop
  await saveDraft(till.db, {
    receipt,
    place: 'tender',
    checkout: NEW_CHECKOUT,
    askedBy: null,
    begun: true,
  });
  await till.register.resume();
  await render(Till);
  const said = page.getByText('The till stopped during the payment');
  await expect.element(said).toBeVisible();
  await expect.element(page.getByText('Don’t charge it again.')).toBeVisible();
  await page.getByRole('button', { name: /^Accept/ }).click();
  await expect.element(page.getByText('Sale saved')).toBeVisible();
  expect(till.register.checkout.saved?.body.sale).toBe(receipt.id);
  await expect.element(said).not.toBeInTheDocument();
});

// a phone lying, and a tablet at 200 % zoom
for (const [width, height] of [
  [844, 390],
  [640, 400],
] as const)
  for (const language of ['en', 'ru'] as const)
    test(`at ${width} × ${height} a saved sale shows the debt, and is corrected by one tap: ${language}`, async () => {
      await page.viewport(width, height);
      await setLanguage(language);
      try {
        add(0);
        await till.register.chooseCustomer(ANNA);
        till.register.openTender();
        const screen = await render(Till);
        await screen.getByRole('button', { name: /^(Card|Карта)(?!:)/ }).click();
        const correct = screen.getByRole('button', { name: /Paid another way|Оплачено иначе/ });
        await expect.element(correct).toBeVisible();
        expect(isWhole(correct.element())).toBe(true);
        const debt = screen.getByRole('listitem').filter({ hasText: /Debt now|Долг теперь/ });
        await expect.element(debt).toBeVisible();
        expect(isWhole(debt.element())).toBe(true);
        await correct.click();
        await expect.element(screen.getByRole('dialog')).toBeVisible();
      } finally {
        await setLanguage('en');
      }
    });
