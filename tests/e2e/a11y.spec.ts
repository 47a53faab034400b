// Every screen and dialogue: no axe violation, enough contrast, and room and targets in every size.
import type { Page } from '@playwright/test';
import { screens } from '../../src/routes/routes';
import { checkInBothThemes } from '../support/axe';
import { codeIn, messagesAt } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import { expectFits } from '../support/fits';
import { tamper } from '../support/till-disk';
import { OWNER, SHOP, type TillPage } from '../support/till-page';

test.use({ colorScheme: 'light' });
test.setTimeout(400_000);

const COUNTER = { width: 1280, height: 800 };
const SIZES = {
  'a tablet upright': { width: 800, height: 1280 },
  'a phone': { width: 390, height: 844 },
};

/** Elements that are wider than the page, and targets that are too small for a thumb: there must be none. */
async function checkFit(page: Page, place: string) {
  const found = await page.evaluate(async () => {
    // the layout follows a new size at the next frame
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    // elements under a dialogue cannot be touched
    const open = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
    const small = [
      ...open.querySelectorAll<HTMLElement>(
        'button, [role=tab], select, a.link, textarea, input:not([type=radio], [type=checkbox], [type=file])',
      ),
    ]
      .filter((target) => target.checkVisibility({ visibilityProperty: true }))
      .map((target) => {
        // the touch area of a grip may be larger than its visible part
        const beyond = Math.min(0, parseFloat(getComputedStyle(target, '::before').top) || 0);
        return { target, box: target.getBoundingClientRect(), beyond };
      })
      .filter(
        ({ box, beyond }) => box.width > 0 && (box.height - beyond < 47.5 || box.width < 43.5),
      )
      .map(
        ({ target, box }) =>
          `${(target.getAttribute('aria-label') ?? target.textContent).trim().slice(0, 40)}: ${Math.round(box.width)} × ${Math.round(box.height)}`,
      );
    return { wide: Math.max(0, wide), small };
  });
  expect.soft(found, place).toEqual({ wide: 0, small: [] });
}

/** Everything this file checks of what the page shows now. */
async function check(page: Page, place: string) {
  await checkInBothThemes(page, place);
  await checkSizes(page, place);
}

async function checkSizes(page: Page, place: string) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await checkFit(page, `${place}, ${size}`);
    await expectFits(page);
  }
  await page.setViewportSize(COUNTER);
}

const SCREENS = {
  sales: 'Sales',
  customers: 'Customers',
  catalogue: 'Goods',
  'catalogue/categories': 'Categories',
  import: 'Import goods',
  journal: 'Journal',
  'journal/check': 'Check of the journal',
  unconfirmed: 'Entries without a code',
  'to-settle': 'To settle',
  costs: 'Cost of codes',
  shift: 'Shift 1',
  'settings/messages': 'Messages',
  'settings/codes-and-limits': 'Codes and limits',
  'settings/discounts': 'Automatic discounts',
  'settings/scale-labels': 'Scale labels',
  'settings/staff': 'Staff and permissions',
  settings: 'Settings',
  'settings/shop': 'Shop',
  'settings/device': 'This till',
  'settings/tills': 'Tills of the shop',
  'settings/data': 'Data and backups',
  'settings/looks': 'Language and appearance',
};

/** Dialogues that the first run's selling does not show; each opens from any screen. */
const DIALOGUES: Readonly<Record<string, (till: TillPage) => Promise<void>>> = {
  async 'age of the customer'(till) {
    await till.goTo('catalogue');
    await till.page.getByRole('button', { name: 'Dark chocolate' }).click();
    await till.dialog.getByLabel('Sold to').selectOption('18');
    await till.button('Save').click();
    await expect(till.dialog).toHaveCount(0);
    await till.goTo('till');
    await till.ring('Dark chocolate');
    await till.dialog.getByText('If in doubt').waitFor();
  },
  async 'marking code'(till) {
    await till.goTo('catalogue');
    await till.page.getByRole('button', { name: 'Milk chocolate' }).click();
    await till.dialog.getByText('Goods with marking codes').click();
    await till.button('Save').click();
    await expect(till.dialog).toHaveCount(0);
    await till.goTo('till');
    await till.ring('Milk chocolate');
    await till.dialog.getByText('Waiting for the scanner').waitFor();
  },
  async 'label mask'(till) {
    await till.goTo('settings/scale-labels');
    await till.button(/^20–22/).click();
    await till.dialog.getByLabel('The digits after that').selectOption('Another way');
    await till.dialog.getByLabel('Test: scan a label now').fill('2100123004126');
    await till.dialog.getByRole('button', { name: 'Check' }).click();
    await till.dialog.getByText('Nothing would be added').waitFor();
  },
  async return(till) {
    await till.goTo('sales');
    const rows = till.page.getByRole('list', { name: 'Sales' }).getByRole('listitem');
    await rows.first().getByRole('button').click();
    await till.button(/^Return$/).click();
    await till.button(/^All$/).click();
  },
  async 'return without a receipt'(till) {
    await till.goTo('sales');
    await till.button('Return without a receipt').click();
    await till.dialog.getByLabel('Find goods').fill('coffee');
    await till.page.keyboard.press('Enter');
    await till.dialog.getByLabel(/^At price:/).fill('400');
    await till.dialog.getByText('at most the price now').waitFor();
  },
  async correction(till) {
    await openCard(till);
    await till.button('Adjust balance').click();
    await till.dialog.getByLabel('By how much').waitFor();
  },
  async 'card, edited'(till) {
    await openCard(till);
    await till.dialog.getByRole('button', { name: 'Edit' }).click();
    await till.dialog.getByLabel('Phone').waitFor();
  },
  async 'an authorised person'(till) {
    await openCard(till);
    await till.button('Add an authorised person').click();
    await till.dialog.getByLabel('Phone').waitFor();
  },
  async 'goods, edited'(till) {
    await till.goTo('catalogue');
    await till.page.getByRole('button', { name: 'Carrier bag' }).click();
    await till.dialog.getByLabel('Sold to').waitFor();
  },
  async 'an unknown barcode'(till) {
    await till.goTo('till');
    await till.page.getByLabel('Find a product').waitFor();
    await till.scan('4006381333931');
    await till.dialog.getByLabel('Price').waitFor();
  },
};

async function openCard(till: TillPage): Promise<void> {
  await till.goTo('customers');
  await till.page.getByText('Vera Lugova').click();
}

test.describe('before the shop', () => {
  test.use({ shop: 'none' });

  test('no screen of the first run or of selling has a violation, in any size', async ({
    till,
    page,
    context,
    relay,
  }) => {
    await till.open();
    await till.button('English').waitFor();
    await check(page, 'language');
    await till.button('English').click();
    await till.button('Next').click();
    await check(page, 'shop, refused');
    await page.getByLabel('Name', { exact: true }).fill(SHOP);
    await page.getByLabel('Country').selectOption('GB');
    await till.button('Next').click();
    await till.button('Next').click();
    await check(page, 'owner, refused');
    await page.getByLabel('Your name').fill(OWNER.name);
    await page.getByLabel('PIN, 6 digits').fill(OWNER.pin);
    await page.getByLabel('PIN once more').fill(OWNER.pin);
    await till.button('Next').click();
    await till.button('Load demo goods').waitFor();
    await check(page, 'goods');
    await till.button('Load demo goods').click();
    await till.button('Often bought').waitFor();
    await check(page, 'till, empty');

    await page.getByLabel('Find a product').fill('zzzz');
    await page.getByText('Nothing found').waitFor();
    await check(page, 'nothing found');
    await till.ring('Ground coffee, 250 g');
    await till.changeQuantity(till.lines.first());
    await check(page, 'quantity');
    await till.dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Discount', exact: true }).click();
    await check(page, 'discount');
    await page.keyboard.press('Escape');
    await till.button('Choose a customer').click();
    await till.dialog.getByRole('button', { name: /Vera/ }).waitFor();
    await check(page, 'picker');
    await till.dialog.getByRole('button', { name: 'New customer' }).click();
    await till.dialog.getByRole('button', { name: 'Save' }).click();
    await check(page, 'new customer, refused');
    await till.dialog.getByRole('button', { name: 'Back' }).click();
    await till.dialog.getByRole('button', { name: /Vera/ }).click();
    await check(page, 'till, with a customer');
    await till.pay();
    await check(page, 'tender');
    await till.give('1');
    await check(page, 'on account');
    await till.saveAndSend();
    await till.codeField.waitFor();
    await check(page, 'code');
    const code = codeIn((await messagesAt(relay.url))[0]?.text ?? '');
    await page.keyboard.type(code === '000000' ? '111111' : '000000');
    await page.getByText('That code is not right').waitFor();
    await check(page, 'code, wrong');
    await till.otherWay('The code did not arrive');
    await page.getByText('Why without a code').waitFor({ state: 'attached' });
    await check(page, 'without a code');
    await till.goOnWithoutCode('No internet');
    await till.expectSaved();
    await check(page, 'saved');
    await till.next();
    await till.chip.click();
    await check(page, 'connection');
    await till.dialog.getByRole('button', { name: 'Close' }).click();
    await page.setViewportSize(SIZES['a phone']);
    await till.button('More').click();
    await checkInBothThemes(page, 'navigation');
    await page.keyboard.press('Escape');
    await page.setViewportSize(COUNTER);
    await till.lock();
    await check(page, 'lock');
    await page.keyboard.type('000111');
    await page.getByText('That PIN is not right').waitFor();
    await check(page, 'lock, refused');

    const phone = await context.newPage();
    await phone.goto(new URL('/demo-phone', page.url()).href);
    await phone.locator('.message').first().waitFor();
    await checkInBothThemes(phone, 'demo phone');
  });
});

test('no other screen or dialogue has a violation, in any size @long', async ({ till, page }) => {
  const paths = Object.values(screens).map(({ path }) => path.slice(1));
  // the story above checks the till
  expect(Object.keys(SCREENS).toSorted()).toEqual(paths.filter((it) => it !== 'till').toSorted());
  await till.openShop();
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await till.codeField.waitFor();
  await till.otherWay('The code did not arrive');
  await till.goOnWithoutCode('No internet');
  await till.expectSaved();
  await till.next();
  for (const [screen, title] of Object.entries(SCREENS)) {
    await page.goto(`${new URL('/', page.url()).href}#/${screen}`);
    await expect(page.getByRole('heading', { name: title, exact: true }).first()).toBeVisible();
    await expect(page.locator('main#content').locator(':scope > *').first()).toBeVisible();
    await expect(page.getByText('Loading…')).toHaveCount(0);
    await check(page, screen);
  }

  await till.goTo('customers');
  await till.button(/^Owe$/).click();
  await page.getByText('Owed in all').waitFor();
  await check(page, 'debtors');
  await page.getByText('Vera Lugova').click();
  await till.dialog.getByText('Movements').waitFor();
  await check(page, 'what is owed');
  await page.getByRole('tab', { name: 'Points' }).click();
  await till.dialog.getByText('Earned by a purchase').waitFor();
  await check(page, 'what moved the points');
  await till.button('Statement').click();
  await till.dialog.locator('[data-slip]').waitFor();
  await check(page, 'statement');
  await page.keyboard.press('Escape');
  await till.button('Take a payment').click();
  await till.give('5');
  await till.dialog.getByText('Still owed after it').waitFor();
  await check(page, 'repayment');
  await till.main.click();
  await till.dialog.getByText('Payment saved').waitFor();
  await check(page, 'repaid');
  await till.button('Done').click();
  for (const [name, open] of Object.entries(DIALOGUES)) {
    await open(till);
    await check(page, name);
    await page.keyboard.press('Escape');
    if (await till.dialog.isVisible()) await page.keyboard.press('Escape');
  }
  // a persistent difference of the sums needs a fault, so it is written into the database
  const differed = { droppedAt: Date.now(), now: 'differ' };
  await tamper(page, 'meta', () => [{ key: 'sums-compared', value: { at: Date.now(), differed } }]);
  await till.open('#/settings/tills');
  await till.signIn();
  await page.getByRole('status').filter({ hasText: 'Debts and points here differ' }).waitFor();
  await check(page, 'control sums that differ');
});

test('in Russian every screen fits in any size @long', async ({ till, page }) => {
  await till.openShop();
  // its words are longer
  await till.speak('Русский');
  const shown = () => page.locator('main').textContent();
  for (const screen of Object.keys(SCREENS)) {
    const before = await shown();
    await till.goTo(screen);
    await expect.poll(shown).not.toBe(before);
    await expect(page.getByText('Загружаем…')).toHaveCount(0);
    await checkSizes(page, `${screen}, in Russian`);
  }
  await till.goTo('till');
  await page.locator('.tiles').getByRole('button').first().click();
  await checkSizes(page, 'till, in Russian');
  await till
    .button(/^К оплате/)
    .filter({ visible: true })
    .click();
  await expect(page.getByRole('group', { name: 'Чем платят' })).toBeVisible();
  await checkSizes(page, 'tender, in Russian');
});
