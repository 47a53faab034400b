// Without a network or without a relay: what still works, and who may go on without a code.
import type { Page } from '@playwright/test';
import {
  changePolicy,
  chooseService,
  expect,
  newOperator,
  ownersOtherTill,
  test,
} from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';
import { rowsOf } from '../support/till-disk';
import type { TillPage } from '../support/till-page';

test.use({ serviceWorkers: 'allow' });

test.beforeEach(async ({ till, page }) => {
  await till.openShop();
  await expectOfflineReady(page);
});

/** Waits until the worker has cached all files, so that the till starts without a network from now on. */
async function expectOfflineReady(page: Page) {
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state ?? null))
    .toBe('activated');
}

const lastEntry = async (page: Page) => (await rowsOf(page, 'journal')).at(-1);

/** Makes a short tender until the till says that no code can be sent. */
async function shortTenderOffline(till: TillPage, customer = 'Timur Sadykov') {
  await till.shortTender('Ground coffee, 250 g', customer);
  await till.saveAndSend();
  await expect(till.dialog).toContainText('The code can’t be sent');
}

test('without a network the till starts, says since when, and sells for cash', async ({
  till,
  page,
  context,
}) => {
  await expect(till.chip).toHaveText(/Demo codes/);
  // so that every file comes from the worker
  await (await context.newCDPSession(page)).send('Network.clearBrowserCache');
  await context.setOffline(true);
  await till.open();
  await till.signIn();
  await expect(till.chip).toHaveAttribute('data-status', 'offline');
  await expect(till.chip).toContainText('Offline');
  // the dialogues are a file of their own
  await page.keyboard.press('F4');
  await expect(till.dialog).toContainText('Timur Sadykov');
  await page.keyboard.press('Escape');
  await till.sellForCash('Carrier bag');
  expect(await rowsOf(page, 'sales')).toMatchObject([{ total: 10, onAccount: 0 }]);

  await context.setOffline(false);
  await till.chip.click();
  await till.dialog.getByRole('button', { name: 'Check now' }).click();
  await expect(till.chip).toHaveAttribute('data-status', 'codes-can-be-sent');
});

test('without the relay the till starts and sells, and reconnects by itself @long', async ({
  till,
  page,
  relay,
}) => {
  await relay.kill();
  await till.open();
  await till.signIn();
  await expect(till.chip).toHaveAttribute('data-status', 'offline');
  await till.sellForCash('Carrier bag');
  await till.next();
  await shortTenderOffline(till);
  // the duration is shown only after a while
  await expect(till.dialog).toContainText(/(can’t reach|has not reached) the shop server/);

  // the checkout is on the disk as well: no failure is shown, and a reload resumes it
  await expect(page.getByText('Writing to the device failed')).toHaveCount(0);
  await till.open();
  await till.signIn();
  await expect(till.dialog).toContainText('The code can’t be sent');

  await relay.start();
  await till.dialog.getByRole('button', { name: 'Send again' }).click();
  await expect(till.codeField).toBeFocused();
  await expect(till.chip).toHaveAttribute('data-status', 'codes-can-be-sent');
  expect(await rowsOf(page, 'sales')).toHaveLength(1);
});

test('with the right, a reason and room under the caps a debt goes on without a code, and the journal records all of it', async ({
  till,
  page,
  context,
}) => {
  await context.setOffline(true);
  await shortTenderOffline(till);
  await expect(till.dialog).toContainText(
    '£30.00 left without a code in 24 hours, £26.51 after this',
  );
  await till.button('Put it on account without a code').click();
  await expect(till.dialog).toContainText('Choose a reason');
  expect(await rowsOf(page, 'sales')).toHaveLength(0);

  await till.goOnWithoutCode('Other…');
  await expect(till.dialog).toContainText('Write what happened');
  await till.dialog.getByLabel('What happened').fill('Her phone is in the car');
  await till.button('Put it on account without a code').click();
  await till.expectSaved();

  const [owner] = await operatorIds(page);
  expect(await lastEntry(page)).toMatchObject({
    act: 'sale',
    body: {
      onAccount: 349,
      confirmations: [
        {
          kind: 'override',
          action: 'sell-on-account',
          askedBy: owner,
          by: owner,
          because: 'other',
          note: 'Her phone is in the car',
          connectivity: { state: 'offline' },
        },
      ],
    },
  });
});

test('over a cap the debt is refused with the sum still allowed @long', async ({
  till,
  page,
  context,
}) => {
  await context.setOffline(true);
  const cheese = async (kilograms: string) => {
    await till.ring('Semi-hard cheese');
    await page.keyboard.type(kilograms);
    await till.dialog.getByRole('button', { name: 'Done' }).click();
    await till.pay();
    await till.give('1');
    await till.chooseCustomer('Timur Sadykov');
    await till.saveAndSend();
  };
  // 4 kg at 8.99 with one pound paid leaves 34.96, more than the cap of one act
  await cheese('4');
  await expect(till.dialog).toContainText('No more than £30.00 at once can go without a code');
  await expect(till.button('Put it on account without a code')).toHaveCount(0);
  await till.dialog.getByRole('button', { name: 'Back to payment' }).click();
  await till.toReceipt();
  await till.changeQuantity(till.lines.first());
  await till.dialog.getByLabel('How much, kg').fill('3');
  await till.dialog.getByRole('button', { name: 'Done' }).click();
  // 3 kg leave 25.97, which is allowed; 4.03 remain for the day
  await till.pay();
  await till.give('1');
  await expect(till.main).toHaveText(/^\s*Put it on account £25\.97, no connection for a code\s*$/);
  await till.saveAndSend();
  await till.goOnWithoutCode('No internet');
  await till.expectSaved();
  await till.next();

  await cheese('1');
  await expect(till.dialog).toContainText('This customer can have another £4.03 without a code');
  expect(await rowsOf(page, 'sales')).toMatchObject([{ onAccount: 2597 }]);
});

test('a cashier sees which groups may go on, and a colleague’s PIN allows this one act @long', async ({
  till,
  page,
  relay,
  context,
}) => {
  const cashier = newOperator('Kirill', 'cashier', '2580');
  const senior = newOperator('Svetlana', 'senior-cashier', '864209');
  const other = await ownersOtherTill(relay);
  await changePolicy(other, (policy) => ({
    ...policy,
    operators: [...policy.operators, cashier, senior],
  }));
  await till.open();
  await till.signIn('Kirill', '2580');
  await context.setOffline(true);
  await shortTenderOffline(till);
  await expect(till.dialog).toContainText('You are not allowed to go on without a code');
  await expect(till.dialog).toContainText('Senior cashier, Manager, Owner');
  await expect(till.button('Put it on account without a code')).toHaveCount(0);

  await till.button('Call a colleague').click();
  await till.dialog.getByRole('button', { name: /Svetlana/ }).click();
  await page.keyboard.type('111222');
  await expect(till.dialog).toContainText('That PIN is not right');
  await page.keyboard.type('864209');
  await expect(till.dialog).toContainText('Allowed by Svetlana, senior cashier');
  await till.goOnWithoutCode('Phone not at hand');
  await till.expectSaved();
  expect(await lastEntry(page)).toMatchObject({
    operator: cashier.id,
    body: {
      confirmations: [
        {
          kind: 'override',
          askedBy: cashier.id,
          by: senior.id,
          because: 'phone-not-at-hand',
          connectivity: { state: 'offline' },
        },
      ],
    },
  });
  await till.next();

  // the PIN counted for one act only
  await shortTenderOffline(till);
  await expect(till.dialog).toContainText('You are not allowed to go on without a code');
});

test('a relay in reach with an unavailable messaging service is a state of its own @long', async ({
  till,
  relay,
}) => {
  const smsru = await FakeSmsru.start();
  try {
    await chooseService(await ownersOtherTill(relay), relay, smsru);
    await smsru.stop();
    await till.ring('Ground coffee, 250 g');
    await till.pay();
    await till.give('1');
    await till.newCustomer('Harriet Poole', '07400 123456');
    await till.saveAndSend();
    await expect(till.dialog).toContainText('The code can’t be sent');
    await expect(till.chip).toHaveAttribute('data-status', 'provider-unavailable');
    await expect(till.chip).toHaveText(/Codes can’t be sent/);
  } finally {
    await smsru.stop();
  }
});

/** Ids of the operators; the owner's is first. */
async function operatorIds(page: Page): Promise<string[]> {
  const [row] = await rowsOf(page, 'policy');
  const [, payload] = String(row?.['jws']).split('.');
  const policy = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as {
    operators: { id: string }[];
  };
  return policy.operators.map(({ id }) => id);
}
