// What a trial day met beside the plain screens: questions, mistakes, slow answers, colleagues.
import type { Locator, Page } from '@playwright/test';
import { codeIn, messagesAt } from '../support/demo-phone';
import { type Album, test } from './album';

test.use({ shop: 'none' });

const NO_PRODUCT = '4006381333931';
const CASHIER_PIN = '4729';

for (const language of ['ru', 'en'] as const)
  test.describe(() => {
    test.use({ locale: language === 'ru' ? 'ru-RU' : 'en-GB' });
    const isRu = language === 'ru';
    const customer = isRu ? 'Вера' : 'Vera';
    const withPoints = isRu ? 'Тимур' : 'Timur';
    const withoutCredit = isRu ? 'Артём' : 'Artyom';
    const cheese = isRu ? 'Сыр полутвёрдый' : 'Semi-hard cheese';

    const touch = async (album: Album, name: string) => {
      await album.page.getByLabel(album.words.till.searchLabel).fill(name);
      await album.page.locator('.tiles').getByRole('button', { name }).first().click();
    };
    /** Answers what has just opened and takes no tap yet. */
    const press = (where: Page | Locator, name: string | RegExp) =>
      where.getByRole('button', { name }).first().click();
    const gone = (album: Album) =>
      album.page.locator('dialog[open]').waitFor({ state: 'detached' });

    test(`mistakes at the counter in ${language}`, async ({ album: open, page }) => {
      const album = open(language);
      const { words } = album;
      await album.found();
      await album.understood();
      await touch(album, cheese);
      const weight = album.dialog.getByRole('textbox');
      await weight.fill('412');
      await album.take('60-weight');
      await press(album.dialog, words.common.done);
      await album.button(words.till.weightDoubt.yesGrams(412)).waitFor();
      await album.take('60-weight-grams');
      await page.keyboard.press('Escape');
      await weight.fill(isRu ? '25,5' : '25.5');
      await press(album.dialog, words.common.done);
      await album.button(words.till.weightDoubt.yes('').trim()).first().waitFor();
      await album.take('60-weight-much');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await gone(album);
      await page.getByLabel(words.till.searchLabel).fill('');

      await album.scan(NO_PRODUCT);
      await album.dialog.getByLabel(words.till.unlisted.price).fill('28');
      await album.take('61-unknown-barcode');
      await page.keyboard.press('Escape');
      await gone(album);

      await album.ring(0, 1);
      await page.locator('.receipt li button').first().click();
      await album.button(words.till.discount).first().click();
      await album.dialog.getByLabel(words.till.discounts.price).fill('2835');
      await album.take('62-price');
      await press(album.dialog, words.common.done);
      await album.button(words.till.discounts.correct).waitFor();
      await album.take('62-price-asked');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await gone(album);
      await album.button(words.till.discounts.ofReceipt).first().click();
      await album.dialog.waitFor();
      await album.take('62-receipt-discount');
      await page.keyboard.press('Escape');
      await album.button(words.till.removeLine).first().click();
      await album.button(words.common.undo).waitFor();
      await album.take('63-undo');
      for (let place = 2; place < 16; place++) await album.ring(place);
      await album.take('63-many-lines');

      await album.pay();
      await page.keyboard.type('5');
      await album.button(new RegExp(`^${words.tender.kinds.card}`)).click();
      await album.dialog.waitFor();
      await album.take('64-split');
      await press(album.dialog, new RegExp(words.tender.split.part.card('.+')));
      await gone(album);
      await album.take('64-part-by-card');
      await album
        .button(new RegExp(`^${words.tender.removeTender(words.tender.kinds.card)}`))
        .click();
      await album.dialog.waitFor();
      await album.take('64-take-off');
      await press(album.dialog, words.tender.takeOff.remove);
      await gone(album);
      await album.button(words.tender.exact).click();
      await album.button(new RegExp(`^${words.tender.onAccount}`)).click();
      await album.take('64-on-account');
      await album.choose(withoutCredit);
      await album.take('65-no-credit');
      await album.choose(customer);
      await page.keyboard.type('5', { delay: 80 });
      await album.take('65-debt-due');
      await album.choose(withPoints);
      await album.take('65-other-customer');
      await album.sold('card');

      await album.ring(0);
      await album.pay();
      await album.button(words.tender.exact).click();
      await album.main();
      await album.saved();
      await album.button(words.tender.corrected.button).click();
      await album.dialog.waitFor();
      await album.take('66-paid-another-way');
      await album.dialog
        .getByRole('radio', { name: words.tender.kinds.card })
        .check({ force: true });
      await press(album.dialog, words.tender.corrected.act);
      await gone(album);
      await album.take('66-corrected');
    });

    test(`a code that takes long in ${language}`, async ({ album: open, page, relay }) => {
      const album = open(language);
      const { words } = album;
      await album.found();
      await album.understood();
      await album.ring(0, 1);
      await album.choose(withPoints);
      await album.pay();
      await album.button(new RegExp(`^${words.tender.kinds.points}`)).click();
      await page.keyboard.type('10', { delay: 80 });
      await album
        .button(new RegExp(`^${words.tender.kinds.cash}`))
        .first()
        .click();
      await page.keyboard.type('1', { delay: 80 });
      await album.main();
      const field = page.getByLabel(words.code.fieldLabel(6)).first();
      await field.waitFor();
      await album.take('70-two-codes');
      await album.button(words.code.otherWay).click();
      await album.dialog.waitFor();
      await album.take('70-ways');
      await page.keyboard.press('Escape');
      await album.button(words.code.cancel).click();
      await page.getByRole('alertdialog').waitFor();
      await album.take('70-cancel');
      await page.keyboard.press('Escape');
      await page.keyboard.type('000000');
      await page.getByText(words.code.wrong(4)).waitFor();
      await album.button(words.code.resend).click({ timeout: 60_000 });
      await page.keyboard.type('12');
      await album.take('70-sent-again');
      await album.button(words.code.otherWay).click();
      await press(album.dialog, words.code.ways.hold);
      await gone(album);
      await album.button(words.till.held.button(1)).click();
      await album.dialog.waitFor();
      await album.take('71-held-with-code');
      await page.keyboard.press('Escape');

      await album.goTo('till');
      await album.ring(0, 1);
      await album.choose(customer);
      await album.pay();
      await page.keyboard.type('1', { delay: 80 });
      const codes = '**/api/v1/challenges/**';
      let answer: () => void = () => undefined;
      const answered = new Promise<void>((done) => (answer = done));
      await page.route(codes, async (route) => {
        await answered;
        await route.continue();
      });
      await album.main();
      await page.getByText(words.code.sendingSlow).waitFor();
      await album.take('72-waits');
      await page.getByText(words.noCode.because.overdue).waitFor();
      await album.take('72-offers');
      answer();
      await field.waitFor();
      await album.take('72-answered-late');
      await page.keyboard.type(codeIn((await messagesAt(relay.url))[0]?.text ?? ''));
      await album.saved();
    });

    test(`a cashier and their colleague in ${language}`, async ({ album: open, page }) => {
      const album = open(language);
      const { words } = album;
      await album.found();
      await album.understood();
      await album.cashier(isRu ? 'Кирилл' : 'Kirill', CASHIER_PIN);
      await album.scan(NO_PRODUCT);
      await album.dialog.getByLabel(words.till.unlisted.price).fill('28');
      await album.take('80-unknown-barcode-cashier');
      await press(album.dialog, words.noCode.colleague);
      await page.locator('dialog[open]').nth(1).waitFor();
      await album.take('80-colleague');
      await album.dialog.getByRole('button', { name: isRu ? /Ольга/ : /Olga/ }).click();
      await album.dialog.getByRole('group', { name: /PIN/ }).waitFor();
      await album.take('80-colleague-pin');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await gone(album);
      await album.ring(0, 1);
      await album.pay();
      await album.sold('card');
      await album.goTo('sales');
      await page.getByRole('list', { name: words.sales.list }).getByRole('button').first().click();
      await album.button(new RegExp(`^${words.returns.button}$`)).click();
      await album.button(words.returns.everything).click();
      await album.dialog.getByLabel(words.returns.shown).selectOption('copy');
      await album.dialog.getByLabel(words.returns.reason).selectOption('faulty');
      await album.take('81-return-cashier');
      await page.keyboard.press('Escape');
      await page.evaluate(() => document.querySelector<HTMLElement>('.rail .operator')?.click());
      await page.getByRole('heading', { name: words.signIn.title }).waitFor();
      await album.take('82-two-people');
    });

    test(`customers' money in ${language}`, async ({ album: open, page, relay }) => {
      const album = open(language);
      const { words } = album;
      const card = async (name: string) => {
        await album.goTo('customers');
        await page
          .locator('main li')
          .getByRole('button', { name: new RegExp(name) })
          .click();
        await album.dialog.waitFor();
      };
      await album.found();
      await album.understood();
      await album.ring(0, 1);
      await album.pay();
      await album.sold('card');
      await touch(album, cheese);
      await album.dialog.getByRole('textbox').fill(isRu ? '0,412' : '0.412');
      await page.keyboard.press('Enter');
      await gone(album);
      await album.pay();
      await album.sold('transfer');
      await album.goTo('sales');
      await page
        .getByRole('searchbox', { name: words.sales.searchLabel })
        .fill(isRu ? 'сыр' : 'cheese');
      await album.button(words.sales.ofProduct(cheese)).waitFor();
      await album.take('90-sales-by-goods');

      await card(customer);
      await press(album.dialog, words.correction.begin);
      await album.dialog.getByLabel(words.correction.sum).fill(isRu ? '300' : '3');
      await album.take('91-correction');
      await page.keyboard.press('Escape');
      await press(album.dialog, words.repayment.begin);
      await album.dialog.getByText(words.repayment.settlesNothing).waitFor();
      await press(album.dialog, new RegExp(`^${words.repayment.kinds.card}$`));
      await page.keyboard.type(isRu ? '209' : '2.09', { delay: 80 });
      await album.take('92-repayment-card');
      await press(album.dialog, words.repayment.anotherWay);
      await page.keyboard.type(isRu ? '500' : '5', { delay: 80 });
      await album.take('92-repayment-two-ways');
      await page.keyboard.press('Escape');
      if (await album.dialog.isVisible()) await page.keyboard.press('Escape');

      await card(customer);
      await press(album.dialog, words.customers.reserve.issue);
      await album.dialog.getByText(words.customers.reserve.send).waitFor();
      await album.take('93-reserve-codes');
      await press(album.dialog, words.customers.reserve.send);
      await album.dialog.getByLabel(words.code.fieldLabel(6)).waitFor();
      await album.take('93-reserve-codes-code');
      await page.keyboard.type(codeIn((await messagesAt(relay.url))[0]?.text ?? ''));
      await album.dialog.getByText(words.customers.reserve.demo).waitFor();
      await album.take('93-reserve-codes-issued');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');

      await card(withoutCredit);
      await press(album.dialog, words.customers.forget.ask);
      await album.dialog.getByText(words.customers.forget.forEver).waitFor();
      await album.take('94-forget');
      await press(album.dialog, words.customers.forget.sendCode);
      await album.dialog.getByLabel(words.code.fieldLabel(6)).waitFor();
      await album.take('94-forget-code');
      await page.keyboard.type(codeIn((await messagesAt(relay.url))[0]?.text ?? ''));
      await page.getByRole('region', { name: words.customers.forget.soon.title }).waitFor();
      await album.take('94-erased-soon');

      await album.button(words.customerImport.open).click();
      await album.dialog.locator('input[type=file]').waitFor({ state: 'attached' });
      await album.take('95-import');
      await album.dialog.locator('input[type=file]').setInputFiles({
        name: 'customers.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(
          [
            'name;phone;debt;points',
            'Клара Осипова;+79161234501;1250,50;30',
            'Denis Orlov;+79161234502;320;0',
            'Без телефона;;100;0',
            ';+79161234503;10;0',
          ].join('\n'),
        ),
      });
      await album.dialog.getByText(words.customerImport.whenTold).waitFor();
      await album.take('95-import-plan');
      await album.dialog
        .getByRole('radio', { name: words.customerImport.tellLater })
        .check({ force: true });
      await album.take('95-import-told-later');
      await page.keyboard.press('Escape');

      await album.goTo('shift');
      await album.button(words.shift.cashIn).click();
      await album.dialog.waitFor();
      await album.take('96-cash-in');
    });
  });
