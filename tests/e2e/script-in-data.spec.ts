// Scripts in typed or imported texts are shown as text on every screen and never run.
import type { Page } from '@playwright/test';
import { changePolicy, expect, newOperator, ownersOtherTill, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';
import { OWNER } from '../support/till-page';

test.use({ shop: 'shared' });

const EVENTS = ['onerror', 'onload', 'onfocus', 'ontoggle', 'onmouseover', 'onanimationstart'];
const ATTRIBUTE = [
  (event: string) => `<img src=x ${event}=alert(1)>`,
  (event: string) => `<svg ${event}=alert(1)>`,
  (event: string) => `"><body ${event}=alert(1)>`,
  (event: string) => `' autofocus ${event}=alert(1) x='`,
  (event: string) => `<details open ${event}="alert(1)">`,
  (event: string) => `<input autofocus ${event}=alert&lpar;1&rpar;>`,
  (event: string) => `<video><source ${event}=alert(1)></video>`,
  (event: string) => `<math><mtext><style ${event}=alert(1)></style>`,
];
const URLS = [
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:alert(1)',
];
const LINKS = [
  (url: string) => `<a href="${url}">`,
  (url: string) => `<iframe src="${url}">`,
  (url: string) => `<form action="${url}"><button>`,
  (url: string) => `<object data="${url}">`,
  (url: string) => `<meta http-equiv=refresh content="0;url=${url}">`,
  (url: string) => `<base href="${url}//">`,
];
const CLOSINGS = [
  '',
  '</title>',
  '</style>',
  '</script>',
  '</option>',
  '</textarea>',
  '-->',
  ']]>',
  '`}',
  '"}',
  "'}",
];
const BODIES = [
  '<script>alert(1)</script>',
  '<ScRiPt src=//x.example/a.js></sCrIpT>',
  '<svg><script>alert&#40;1)</script>',
  '<img/src=x/onerror=alert(1)//',
  '{@html "<img src=x onerror=alert(1)>"}',
  '${alert(1)}',
  '{{constructor.constructor("alert(1)")()}}',
  '<template><img src=x onerror=alert(1)></template>',
  '\u2028alert(1)\u2029',
  '&lt;img src=x onerror=alert(1)&gt;',
  '<link rel=stylesheet href=//x.example/a.css>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
];
const PAYLOADS = [
  ...ATTRIBUTE.flatMap((of) => EVENTS.map(of)),
  ...LINKS.flatMap((of) => URLS.map(of)),
  ...CLOSINGS.flatMap((closing) => BODIES.map((body) => `${closing}${body}`)),
  ...BODIES.map((body) => `${body} `.repeat(3).trim()),
];

const SCREENS = [
  ...['till', 'customers', 'catalogue', 'shift', 'journal', 'unconfirmed', 'costs', 'settings'],
  ...['settings/shop', 'settings/codes-and-limits', 'settings/messages', 'settings/staff'],
  ...['settings/device', 'settings/tills', 'settings/data'],
];

declare global {
  interface Window {
    /** Scripts that ran, and actions that the content security policy refused. */
    seen?: { ran: unknown[]; refused: string[] };
  }
}

/** Records what a script in a text would do, from the start of every page. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = { ran: [] as unknown[], refused: [] as string[] };
    window.seen = seen;
    window.alert = (...said: unknown[]) => seen.ran.push(said);
    document.addEventListener('securitypolicyviolation', (event) =>
      seen.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    );
  });
}

const seen = (page: Page) => page.evaluate(() => window.seen);
const NOTHING = { ran: [], refused: [] };

const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

test('no script in a name of goods, customers, staff, till or shop runs at any screen @long', async ({
  till,
  page,
  relay,
}) => {
  test.setTimeout(60_000);
  expect(PAYLOADS.length).toBe(210);
  await watch(page);
  const owner = await ownersOtherTill(relay);
  const [first = '', second = '', third = ''] = PAYLOADS;
  await changePolicy(owner, (policy) => ({
    ...policy,
    shop: { ...policy.shop, name: first },
    operators: [...policy.operators, newOperator(second, 'cashier', '2580')],
    groups: policy.groups.map((group) =>
      group.id === 'cashier' ? { ...group, name: third } : group,
    ),
  }));
  await till.open();
  await expect(page.getByText(first).first()).toBeVisible();
  await expect(page.getByText(second).first()).toBeVisible();
  await till.signIn(OWNER.name, OWNER.pin);

  await till.goTo('import');
  await page.locator('input[type=file]').setInputFiles({
    name: `${second.replaceAll('/', '')}.csv`,
    mimeType: 'text/csv',
    buffer: Buffer.from(
      [
        'name;price;barcode',
        ...PAYLOADS.map((text, row) => `${cell(text)};1,00;${cell(`x${row}`)}`),
      ].join('\r\n'),
    ),
  });
  await till.button('Read the file').click();
  await till.button(/^Import 210 products$/).click();
  await expect(page.getByText('Goods imported')).toBeVisible();
  await till.button('To the till').click();

  // found by its own name, sold, and printed
  for (const text of [PAYLOADS[0], PAYLOADS[50], PAYLOADS[80]].map((one) => one ?? '')) {
    await till.newCustomer(text, '');
    await page.getByLabel('Find a product').fill(text);
    await page.locator('.tiles').getByRole('button', { name: text }).first().click();
    await till.pay();
    await till.button('Exact').click();
    await till.accept();
    await till.expectSaved();
    await till.button('Show or print the receipt').click();
    await expect(till.dialog.locator('[data-slip]')).toContainText(text.slice(0, 12));
    await page.keyboard.press('Escape');
    await till.next();
  }
  expect(await rowsOf(page, 'sales')).toHaveLength(3);
  for (const screen of SCREENS) {
    await till.goTo(screen);
    await expect(page.locator('main')).toBeVisible();
  }
  expect(await seen(page)).toEqual(NOTHING);
});

// comes last, because nothing is left of the page
test('a text set as markup runs nothing: the page’s security policy refuses it, and this is noticed @long', async ({
  till,
  page,
}) => {
  await watch(page);
  await till.open();
  await expect(till.button(/^Olga/)).toBeVisible();
  await page.evaluate(() => {
    document.body.innerHTML = '<img src=x onerror=alert(1)>';
  });
  await expect
    .poll(() => seen(page))
    .toEqual({ ran: [], refused: [expect.stringMatching(/^script-src-attr inline/)] });
});
