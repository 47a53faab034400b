// Every screen in five sizes, both themes and both languages, for people to review before a release.
import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { codeIn, messagesAt } from '../support/demo-phone';
import { connectionCode } from '../support/e2e';
import { damageTable } from '../support/till-disk';
import { Album, PIN, test } from './album';

test.use({ shop: 'none' });

/** Screens that need no input: the address, and the file name. */
const SCREENS = [
  'catalogue',
  'catalogue/categories',
  'costs',
  'settings',
  'settings/codes-and-limits',
  'settings/scale-labels',
  'settings/shop',
  'settings/device',
  'settings/data',
  'settings/looks',
] as const;

const WRONG_CODE = '000000';

for (const language of ['ru', 'en'] as const)
  test.describe(() => {
    test.use({ locale: language === 'ru' ? 'ru-RU' : 'en-GB' });
    const customer = language === 'ru' ? 'Вера' : 'Vera';
    const withPoints = language === 'ru' ? 'Тимур' : 'Timur';

    test(`the start in ${language}`, async ({ album: open, context, relay }) => {
      const album = open(language);
      const { words } = album;
      await album.found((step) => album.take(`00-start-${step}`));
      await album.take('01-till-explained');
      // another device of the same shop
      const other = await context.browser()!.newContext({ hasTouch: true, locale: language });
      const page = await other.newPage();
      await page.goto(`${relay.url}/#enrol=0000000000`);
      await page.getByRole('button', { name: language === 'ru' ? 'Русский' : 'English' }).click();
      await page.getByLabel(words.enrol.nameLabel).waitFor();
      await album.take('00-start-connect', { page });
      await page.goto(`${relay.url}/tablets.html`);
      await album.take('00-tablets', { page });
      await other.close();
    });

    test(`selling in ${language}`, async ({ album: open, page }) => {
      const album = open(language);
      const { words } = album;
      await album.found();
      await album.understood();
      await album.take('02-till-empty');
      await page.getByLabel(words.till.searchLabel).fill(language === 'ru' ? 'сы' : 'ch');
      await page.locator('.tiles button').first().waitFor();
      await album.take('02-till-found');
      await page.getByLabel(words.till.searchLabel).fill('zzzz');
      await page.getByText(words.till.notFoundText).waitFor();
      await album.take('02-till-nothing-found');
      await page.getByLabel(words.till.searchLabel).fill('');
      await album.ring(0, 3, 8, 13);
      await page
        .getByRole('list', { name: words.till.receipt })
        .getByRole('button', { name: new RegExp(`^${words.till.setQuantity}`) })
        .click();
      await album.dialog.waitFor();
      await album.take('03-quantity');
      await album.dialog.getByRole('button', { name: words.common.done }).click();
      await page.keyboard.press('F4');
      await album.dialog.getByRole('button', { name: customer }).waitFor();
      await album.take('03-picker');
      await album.dialog.getByRole('button', { name: words.tender.newCustomer }).click();
      await album.dialog.getByRole('button', { name: words.common.save }).click();
      await album.take('03-new-customer');
      await page.keyboard.press('Escape');
      if (await album.dialog.isVisible()) await page.keyboard.press('Escape');
      await album.choose(withPoints);
      await album.take('04-till-receipt');
      await album.pay();
      await album.take('05-payment');
      await page.keyboard.type('1');
      await album.take('05-payment-short');
      await page.keyboard.type('000');
      await album.take('05-payment-change');
      await album.main();
      await album.saved();
      await album.take('06-saved-change');
      await page.keyboard.press('Enter');
      await album.ring(1, 2);
      await album.choose(withPoints);
      await album.pay();
      await album.button(new RegExp(`^${words.tender.kinds.points}`)).click();
      await page.keyboard.type('10');
      await album.take('05-payment-points');
      await album.button(new RegExp(`^${words.tender.removeTender('')}`)).click();
      await album.button(new RegExp(`^${words.tender.kinds.card}`)).click();
      await album.saved();
      await album.take('06-saved-card');
      await album.button(words.tender.showReceipt).click();
      await album.dialog.locator('[data-slip]').waitFor();
      await album.take('07-receipt');
      await page.emulateMedia({ media: 'print', colorScheme: 'light' });
      await page.screenshot({ path: `.cache/pictures/${language}/07-receipt-printed.png` });
      await page.emulateMedia({ media: 'screen' });
      await album.dialog.getByRole('button', { name: words.common.close }).click();
      await album.button(words.tender.nextReceipt).click();
      await page.locator('[data-status]').first().click();
      await album.dialog.waitFor();
      await album.take('08-connection');
      await page.keyboard.press('Escape');
      await page.setViewportSize({ width: 390, height: 844 });
      await album.button(words.common.more).click();
      await album.take('08-more');
      await page.keyboard.press('Escape');
      await page.evaluate(() => document.querySelector<HTMLElement>('.rail .operator')?.click());
      await page.getByRole('heading', { name: words.signIn.title }).waitFor();
      await album.take('09-lock');
      await page.keyboard.type('000111');
      await page.getByText(words.signIn.wrong(4)).waitFor();
      await album.take('09-lock-refused');
    });

    test(`the code in ${language}`, async ({ album: open, page, context, relay }) => {
      const album = open(language);
      const { words } = album;
      await album.found();
      await album.understood();
      await album.ring(0, 1);
      await album.choose(customer);
      await album.pay();
      await page.keyboard.type('1');
      await album.main();
      await page.getByLabel(words.code.fieldLabel(6)).first().waitFor();
      await album.take('10-code');
      await page.keyboard.type(WRONG_CODE);
      await page.getByText(words.code.wrong(4)).waitFor();
      await album.take('10-code-wrong');
      await album.button(words.code.otherWay).click();
      await album.button(words.code.customerTypes).click();
      await album.button(words.code.side.takeBack).waitFor();
      await album.take('10-code-customer-side');
      await album.button(words.code.side.takeBack).click();
      await page.getByRole('group', { name: /PIN/ }).waitFor();
      await album.take('10-code-take-back');
      await page.keyboard.type(PIN);
      await album.button(words.code.otherWay).click();
      await album.button(words.code.customerPhone.button).click();
      const link = page.getByRole('link', { name: words.code.customerPhone.openHere });
      await link.waitFor();
      await album.take('10-code-qr');
      const phone = await context.newPage();
      await phone.goto((await link.getAttribute('href')) ?? '');
      await phone.getByRole('heading', { level: 1 }).waitFor();
      await album.take('11-customers-page', { page: phone });
      await phone.goto(`${relay.url}/demo-phone`);
      await phone.locator('.message').first().waitFor();
      await album.take('11-demo-phone', { page: phone });
      await phone.close();
      await album.button(words.code.customerPhone.back).click();
      await album.button(words.code.otherWay).click();
      await album.button(words.code.didNotArrive).click();
      await page.getByText(words.noCode.heading).waitFor();
      await album.take('12-without-a-code');
      const reason = album.dialog.getByRole('radio', {
        name: words.reasons.override['code-did-not-arrive'],
      });
      // a dialogue that has just opened takes no tap yet
      await expect(() => reason.check({ force: true, timeout: 1_000 })).toPass();
      await album.button(words.noCode.doOnAccount).click();
      await album.saved();
      await album.take('06-saved-on-account');
      await page.keyboard.press('Enter');

      await album.goTo('unconfirmed');
      await album.button(words.unconfirmed.dispute.open).first().waitFor();
      await album.take('22-unconfirmed', { whole: true });
      await album.button(words.unconfirmed.dispute.open).first().click();
      await album.dialog.waitFor();
      await album.take('22-dispute');
      await page.keyboard.press('Escape');
      await album.goTo('journal');
      await page.locator('td button').first().waitFor();
      await album.take('21-journal', { whole: true });
      await page.locator('td button').first().click();
      await album.dialog.waitFor();
      await album.take('21-journal-entry');
      await page.keyboard.press('Escape');
      await album.goTo('journal/check');
      await page.getByText(words.verify.check).waitFor();
      await album.take('21-journal-check');
      await album.goTo('costs');
      await album.take('23-costs-asked');
      await album.goTo('customers');
      await page.locator('main li button').first().waitFor();
      await album.take('20-customers', { whole: true });
      await page
        .locator('main li')
        .getByRole('button', { name: new RegExp(customer) })
        .click();
      await album.dialog.waitFor();
      await album.take('20-customer-card');
      await album.dialog.getByRole('button', { name: words.common.edit }).click();
      await album.dialog.getByLabel(words.common.name).waitFor();
      await album.take('20-customer-form');
    });

    test(`money and debts in ${language}`, async ({ album: open, page }) => {
      const album = open(language);
      const { words } = album;
      const list = (name: string) => page.getByRole('list', { name });
      await album.found();
      await album.understood();
      await album.ring(0, 0, 1, 3);
      await page.locator('.receipt li button').first().click();
      await album.button(words.till.discount).first().click();
      await album.dialog.waitFor();
      await album.take('40-line-discount');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: words.till.hold, exact: true }).click();
      await album.ring(2);
      await album.take('40-held');
      await album.button(words.till.held.button(1)).click();
      await album.dialog.waitFor();
      await album.take('40-held-list');
      await page.keyboard.press('Escape');
      await album.pay();
      await album.button(new RegExp(`^${words.tender.kinds.card}`)).click();
      await album.saved();
      await album.button(words.tender.nextReceipt).click();
      await album.ring(0, 0, 1);
      await album.choose(customer);
      await album.pay();
      await page.keyboard.type('1000');
      await album.main();
      await album.saved();

      await album.goTo('sales');
      await list(words.sales.list).getByRole('listitem').nth(1).waitFor();
      await album.take('41-sales');
      await list(words.sales.list).getByRole('button').first().click();
      await album.button(new RegExp(`^${words.returns.button}$`)).waitFor();
      await album.take('41-sale');
      await album.button(new RegExp(`^${words.returns.button}$`)).click();
      await album.button(words.returns.everything).waitFor();
      await album.take('42-return');
      await album.button(words.returns.everything).click();
      await album.take('42-return-whole');
      await album.dialog.getByLabel(words.returns.shown).selectOption('nothing');
      await album.dialog.getByLabel(words.returns.reason).selectOption('faulty');
      await album.main();
      await album.dialog.getByText(words.returns.savedTitle).waitFor();
      await album.take('42-return-saved');

      await album.goTo('customers');
      await album.button(new RegExp(`^${words.repayment.debtors.filter.owing}$`)).click();
      await page.getByText(words.repayment.debtors.total).waitFor();
      await album.take('43-debtors', { whole: true });
      await list(words.customers.list)
        .getByRole('button', { name: new RegExp(customer) })
        .click();
      await album.dialog.getByRole('button', { name: words.repayment.statement.button }).click();
      await album.dialog.locator('[data-slip]').first().waitFor();
      await album.take('43-statement');
      await page.keyboard.press('Escape');
      for (const [name, button] of [
        ['43-correction', words.correction.begin],
        ['43-merge', words.customers.merge.begin],
        ['43-forget', words.customers.forget.ask],
      ] as const) {
        await album.dialog.getByRole('button', { name: button }).click();
        await page.locator('dialog[open]').nth(1).waitFor();
        await album.take(name);
        await page.keyboard.press('Escape');
      }
      await album.dialog.getByRole('button', { name: words.repayment.begin }).click();
      await album.dialog.getByText(words.repayment.settlesNothing).waitFor();
      await album.take('44-repayment');
      await page.keyboard.type('500');
      await album.take('44-repayment-part');
      await album.dialog
        .getByRole('button', { name: new RegExp(`^${words.tender.main.accept('', null)}`) })
        .click();
      await album.dialog.getByText(words.repayment.savedTitle).waitFor();
      await album.take('44-repayment-saved');
      await page.keyboard.press('Escape');

      await album.goTo('shift');
      await album.button(new RegExp(`^${words.shift.close}`)).waitFor();
      await album.take('45-shift', { whole: true });
      await album.button(words.shift.cashOut).click();
      await album.dialog.waitFor();
      await album.take('45-cash-out');
      await page.keyboard.press('Escape');
      await album.button(new RegExp(`^${words.shift.close}`)).click();
      await page.getByText(words.shift.counted).waitFor();
      await album.take('45-count');
      await page.getByLabel(words.shift.terminalTotal.card).fill('1');
      await page.getByLabel(words.shift.pieces(language === 'ru' ? '200 ₽' : '£20')).fill('1');
      await album.take('45-count-differs', { whole: true });
      await page.getByRole('radio').first().check();
      await page.locator('.pane-foot button').last().click();
      await album.dialog.locator('[data-slip]').first().waitFor();
      await album.take('45-z-report');
      await page.keyboard.press('Escape');

      await album.goTo('to-settle');
      await album.take('46-to-settle');
      await album.goTo('settings/discounts');
      await album.button(words.discountRules.add).click();
      await album.dialog.waitFor();
      await album.take('47-discount-rule', { whole: true });
    });

    test(`the admin screens in ${language}`, async ({ album: open, page }) => {
      const album = open(language);
      const { words } = album;
      await album.found();
      await album.understood();
      for (const screen of SCREENS) {
        await album.goTo(screen);
        await album.take(`30-${screen.replace('/', '-')}`, { whole: true });
      }
      await album.goTo('import');
      await page.locator('input[type=file]').waitFor({ state: 'attached' });
      await album.take('31-import');
      await page.locator('input[type=file]').setInputFiles({
        name: 'price.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(
          [
            'Штрихкод;Наименование;Цена;Ед. изм.;Остаток',
            '4607163091591;Сок яблочный;79,50;шт;67',
            '4610008490152;Гематоген;1\u00a0299,90;шт;110',
            '4610008490152;Гематоген второй раз;10,00;шт;1',
            ';Без цены;;шт;3',
            '4640010207097;Крабовые палочки;тридцать;шт;57',
          ].join('\r\n'),
        ),
      });
      await album.button(words.imports.start).waitFor();
      await album.take('31-import-columns', { whole: true });
      await album.button(words.imports.start).click();
      await page.getByText(words.imports.resultTitle).waitFor();
      await album.take('31-import-report', { whole: true });

      await album.goTo('settings/messages');
      // right after the first run no PIN is asked for
      await page.getByLabel(words.settings.messages.provider, { exact: true }).waitFor();
      await album.take('32-messages', { whole: true });
      await page
        .getByLabel(words.settings.messages.provider, { exact: true })
        .selectOption({ label: 'SMS.RU' });
      await album.take('32-messages-service', { whole: true });
      await album.goTo('settings/staff');
      // the changes above are not saved
      await album.button(words.common.unsaved.leave).click();
      await album.button(words.staff.addOperator).waitFor();
      await album.take('33-staff');
      await album.button(words.staff.addOperator).click();
      await album.take('33-staff-operator');
      await page.keyboard.press('Escape');
      await page.getByRole('tab', { name: words.staff.groups }).click();
      await album.take('33-staff-groups');
      await page.locator('main .list button').nth(1).click();
      await album.dialog.waitFor();
      await album.take('33-staff-group', { whole: true });
      await page.keyboard.press('Escape');
      // right after the first run no PIN is asked for
      await page.evaluate(() => document.querySelector<HTMLElement>('.rail .operator')?.click());
      await page.getByRole('heading', { name: words.signIn.title }).waitFor();
      await page.keyboard.type(PIN);
      await page.locator('.rail').waitFor();
      await album.goTo('settings/tills');
      await album.button(words.settings.device.showTills).click();
      await album.dialog.getByRole('group', { name: /PIN/ }).waitFor();
      await album.take('34-tills-pin');
      await page.keyboard.type(PIN);
      await album.button(words.settings.device.connect).waitFor();
      await album.take('34-tills');
      await album.button(words.settings.device.connect).click();
      await page.getByText(words.settings.device.connectTitle).waitFor();
      await album.take('34-tills-connect');
      await page.keyboard.press('Escape');
      await album.goTo('settings/data');
      await album.button(words.backup.restore).click();
      await album.take('35-restore');
      await page.keyboard.press('Escape');
      // as Chromium does where the till can be installed
      await page.evaluate(() => {
        const event = new Event('beforeinstallprompt', { cancelable: true });
        dispatchEvent(
          Object.assign(event, { userChoice: Promise.resolve({ outcome: 'dismissed' }) }),
        );
      });
      await album.goTo('settings/device');
      await album.take('35-device-install', { whole: true });
      await album.goTo('till');
      await album.take('35-till-install');
    });

    test(`two tills in ${language}`, async ({ album: open, page, relay, browser }) => {
      const album = open(language);
      const { words } = album;
      await album.found();
      await album.understood();

      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        hasTouch: true,
        locale: language === 'ru' ? 'ru-RU' : 'en-GB',
        serviceWorkers: 'block',
      });
      const second = new Album(await context.newPage(), language, () => relay.url);
      await second.connect(await connectionCode(relay));
      await second.goTo('customers');
      const customers = (of: Album) =>
        of.page.locator('main li').getByRole('button', { name: new RegExp(customer) });
      await customers(second).waitFor();

      /** A limit of the customer's own, set at this till. */
      async function limit(of: Album, amount: string): Promise<void> {
        await of.goTo('customers');
        await customers(of).click();
        await of.dialog.getByRole('button', { name: words.common.edit }).click();
        await of.dialog.getByRole('radio', { name: words.customers.kinds['own-limit'] }).check();
        await of.dialog.getByLabel(words.customers.limit, { exact: true }).fill(amount);
        await of.dialog.getByRole('button', { name: words.common.save }).click();
        await of.page.getByText(words.customers.saved).waitFor();
        await of.page.keyboard.press('Escape');
      }
      async function onAccount(of: Album): Promise<void> {
        await of.goTo('till');
        await of.ring(0, 1, 2, 3);
        await of.choose(customer);
        await of.pay();
        await of.button(new RegExp(`^${words.tender.onAccount}`)).click();
        await of.main();
      }

      // both put a sale on account and change the limit while one is away
      await limit(album, language === 'ru' ? '1600' : '16');
      // an open card does not follow what other tills write on it
      await expect(async () => {
        await second.page.keyboard.press('Escape');
        await customers(second).click({ timeout: 1_000 });
        await expect(second.dialog).toContainText(/\b16\.00|1\s?600/, { timeout: 1_000 });
      }).toPass();
      await second.page.keyboard.press('Escape');
      const relayCalls = /\/api\//;
      await context.route(relayCalls, (route) => route.abort());
      await onAccount(second);
      const reason = second.dialog.getByRole('radio').first();
      // a dialogue that has just opened takes no tap yet
      await expect(() => reason.check({ force: true, timeout: 1_000 })).toPass();
      await second.button(words.noCode.doOnAccount).click();
      await second.saved();
      await second.page.keyboard.press('Enter');
      await limit(second, language === 'ru' ? '7000' : '70');
      await onAccount(album);
      await page.getByLabel(words.code.fieldLabel(6)).first().waitFor();
      await page.keyboard.type(codeIn((await messagesAt(relay.url))[0]?.text ?? ''));
      await album.saved();
      await page.keyboard.press('Enter');
      await limit(album, language === 'ru' ? '1700' : '17');

      // a till that is not in contact with the shop server
      const db = new Sqlite(join(relay.dataDir, 'relay.db'));
      db.prepare('UPDATE tills SET seen_at = ?').run(Date.now() - 20 * 60_000);
      db.close();
      await album.goTo('settings/tills');
      // right after the first run no PIN is asked for
      await album.button(words.settings.device.showTills).click();
      await page.locator('main .ruled li').nth(1).waitFor();
      await album.take('50-tills-silent');
      await second.goTo('settings/tills');
      await second.take('50-tills-offline');

      await context.unroute(relayCalls);
      await album.goTo('to-settle');
      await page.locator('main li').nth(1).waitFor();
      await album.take('51-to-settle', { whole: true });
      await album.button(words.toSettle.answer).first().click();
      await album.dialog.waitFor();
      await album.take('51-to-settle-decide');
      await page.keyboard.press('Escape');

      // what answers is not the shop server
      const json = { kind: 'journal', entries: [], head: 'x', checkpoint: '' };
      await context.route(/\/api\/v1\/journal\?/, (route) => route.fulfill({ json }));
      await second.open();
      await second.signIn();
      await second.goTo('till');
      await second.page.getByText(words.status.othersTitle).waitFor({ timeout: 60_000 });
      await second.take('52-others-missing');
      await second.ring(0, 1);
      await second.choose(customer);
      await second.take('52-others-missing-receipt');
      await second.page.locator('[data-status]').first().click();
      await second.take('52-others-missing-panel');
      await context.close();

      await album.goTo('customers');
      await damageTable(page, 'customers', 'reading');
      await album.goTo('till');
      await album.goTo('customers');
      await page.getByText(words.disk.inUse).waitFor();
      await album.take('53-damage');
      await page.getByText(words.disk.inUseMore).click();
      await album.take('53-damage-more');
    });
  });
