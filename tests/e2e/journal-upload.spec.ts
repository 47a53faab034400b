// Uploads of the journal: what waits, a till from an old copy, and a relay that lost its data.
import type { Page } from '@playwright/test';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeIn, messagesAt } from '../support/demo-phone';
import { changePolicy, connectionCode, expect, ownersOtherTill, test } from '../support/e2e';
import { launch, loseDatabases, withProfile } from '../support/profile';
import { SettingsPage } from '../support/settings-page';
import { balancesAt, flagsAt, journalAt, salesAt } from '../support/relay-store';
import { newRows, policyRow, putPolicyRow, rowsOf } from '../support/till-disk';
import { OWNER, TillPage } from '../support/till-page';

test.use({ serviceWorkers: 'allow' });

/** Waits until the relay's watermark reaches the end of the journal. */
async function expectAllAtRelay(page: Page): Promise<void> {
  const stands = async () => {
    const [meta, journal] = await Promise.all([rowsOf(page, 'meta'), rowsOf(page, 'journal')]);
    const mark = meta.find(({ key }) => key === 'watermark')?.['value'] as
      { seq: number } | undefined;
    return [mark?.seq, journal.at(-1)?.['seq']];
  };
  await expect.poll(async () => new Set(await stands()).size).toBe(1);
}

const salesOn = async (page: Page) =>
  (await rowsOf(page, 'sales')).map(({ id }) => String(id)).sort();

test.describe('at one till after another', () => {
  test.use({ shop: 'shared' });

  test('a sale made offline by right waits, says since when, and is uploaded when the relay is back; the customer gets a notice', async ({
    till,
    page,
    relay,
  }) => {
    await expectAllAtRelay(page);
    await relay.kill();
    await till.shortTender('Ground coffee, 250 g', 'Timur Sadykov');
    await till.saveAndSend();
    await expect(till.dialog).toContainText('The code can’t be sent');
    await till.goOnWithoutCode('No internet');
    await till.expectSaved();
    await till.next();
    await till.chip.click();
    await expect(till.dialog).toContainText(
      /2\sentries not uploaded yet, since (?:yesterday, )?\d\d:\d\d/,
    );
    await expect(till.dialog).toContainText('Until then it exists only on this device');
    await page.keyboard.press('Escape');

    await relay.start();
    await expect(till.chip).toHaveAttribute('data-status', 'codes-can-be-sent');
    await expectAllAtRelay(page);
    expect(salesAt(relay)).toEqual(await salesOn(page));
    await till.chip.click();
    await expect(till.dialog).not.toContainText('not uploaded yet');
    const other = await ownersOtherTill(relay);
    await expect
      .poll(async () => (await other.call('GET', '/notices?since=0')).json['notices'])
      .toMatchObject([{ state: 'sent', recipients: [{ to: 'customer', state: 'sent' }] }]);
  });

  test('a till removed from the shop uploads its journal and then sells nothing until it is connected again @long', async ({
    till,
    page,
    relay,
  }) => {
    await expectAllAtRelay(page);
    const other = await ownersOtherTill(relay);
    await page.context().setOffline(true);
    await till.sellForCash('Carrier bag');
    await till.next();
    const [own] = await newRows(page, 'sales');
    expect((await other.call('DELETE', `/tills/${String(own?.['till'])}`)).status).toBe(204);

    await page.context().setOffline(false);
    await expect(page.getByText('This till was removed from the shop.')).toBeVisible();
    await expect(page.getByText('Everything on this till has been uploaded.')).toBeVisible();
    expect(salesAt(relay)).toEqual(await salesOn(page));
    await page.getByRole('link', { name: 'Connect again' }).click();
    await till.button('Connect again').click();
    const code = await connectionCode(relay);
    await page.getByLabel('Connection code').fill(code.toLowerCase());
    await till.button('Connect again').click();
    await expect(page.getByText('The till is connected.')).toBeVisible();
    await till.goTo('till');
    await till.sellForCash('Carrier bag');
    await expectAllAtRelay(page);
    expect(salesAt(relay)).toHaveLength((await salesOn(page)).length);
    expect(await newRows(page, 'sales')).toHaveLength(2);
  });
});

test('a till restored from an old copy goes on selling, says so, and is connected again with nothing lost or doubled @long', async ({
  relay,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-copy-'));
  const [profile, copy] = [join(folder, 'profile'), join(folder, 'copy')];
  try {
    let { context, page } = await launch(profile);
    let till = new TillPage(page, () => relay.url);
    await till.openShop();
    await till.sellForCash('Carrier bag');
    await expectAllAtRelay(page);
    await context.close();
    cpSync(profile, copy, { recursive: true });

    ({ context, page } = await launch(profile));
    till = new TillPage(page, () => relay.url);
    await till.open();
    await till.signIn();
    await till.sellForCash('Carrier bag');
    await expectAllAtRelay(page);
    const sold = await salesOn(page);
    await context.close();

    ({ context, page } = await launch(copy));
    till = new TillPage(page, () => relay.url);
    await till.open();
    await till.signIn();
    await expect(page.getByText('the shop server rejects this till’s journal')).toBeVisible();
    await till.sellForCash('Ground coffee, 250 g');
    await till.next();
    await page.getByRole('link', { name: 'Connect again' }).click();
    await expect(page.locator('[data-re-enrolment]')).toContainText('restored from an old copy');
    await till.button('Connect again').click();
    await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
    await page.keyboard.type(OWNER.pin);
    await expect(page.getByText('The till is connected.')).toBeVisible();
    await expect(
      page.getByText('Everything on this till has been uploaded to the shop server.'),
    ).toBeVisible();
    await expect(page.getByText('the shop server rejects this till’s journal')).toHaveCount(0);

    await expectAllAtRelay(page);
    const all = [...new Set([...sold, ...(await salesOn(page))])].sort();
    expect(all).toHaveLength(3);
    expect(salesAt(relay)).toEqual(all);
    // and the till sells under its new id
    await till.goTo('till');
    await till.sellForCash('Carrier bag');
    await expectAllAtRelay(page);
    expect(salesAt(relay)).toHaveLength(4);
    await context.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a till that lost its key and its newest policy is connected again from the lock screen @long', async ({
  relay,
}) => {
  await withProfile(async (profile) => {
    const first = await launch(profile);
    const till = new TillPage(first.page, () => relay.url);
    await till.openShop();
    const older = await policyRow(first.page);
    await changePolicy(await ownersOtherTill(relay), (policy) => ({
      ...policy,
      overrideCaps: { ...policy.overrideCaps, perAct: 100 },
    }));
    await till.open();
    await till.signIn();
    await till.sellForCash('Ground coffee, 250 g');
    await expectAllAtRelay(first.page);
    await first.context.close();
    loseDatabases(profile);

    const second = await launch(profile);
    const { page } = second;
    const again = new TillPage(page, () => relay.url);
    await again.open();
    await again.signIn();
    await expect(page.getByText(/The browser lost the till’s records/)).toBeVisible();
    await putPolicyRow(page, older);
    await again.open();
    await expect(page.getByText('an older version was put in')).toBeVisible();
    await expect(page.getByText('The browser lost the till’s database')).toBeVisible();
    await again.button('Connect again').click();
    await page.getByLabel('Connection code').fill(await connectionCode(relay));
    await again.button('Connect again').click();
    await again.signIn();
    await again.sellForCash('Ground coffee, 250 g');
    // the receipt has the till's new number, so it cannot equal one that the till printed before
    await expect(page.getByText(/Receipt no\. [2-9]-000001/)).toBeVisible();
    await expectAllAtRelay(page);
    expect(salesAt(relay)).toHaveLength(2);
    await second.context.close();
  });
});

test('a relay that lost its data is accepted only after a person confirms; then it gets the whole journal, and the shop goes on there @long', async ({
  till,
  page,
  relay,
}) => {
  await till.openShop();
  await till.shortTender('Ground coffee, 250 g', 'Timur Sadykov');
  await till.saveAndSend();
  await expect(till.codeField).toBeVisible();
  await page.keyboard.type(codeIn((await messagesAt(relay.url))[0]!.text));
  await till.expectSaved();
  await till.next();
  await expectAllAtRelay(page);
  const [held, owing] = [journalAt(relay), balancesAt(relay)];
  expect(owing).not.toEqual([]);
  const before = await policyRow(page);
  await relay.kill();
  rmSync(relay.dataDir, { recursive: true });
  mkdirSync(relay.dataDir);
  await relay.start();

  await till.sellForCash('Carrier bag');
  await till.next();
  await expect(page.getByText('the shop server rejects this till’s journal')).toBeVisible();
  expect(await policyRow(page)).toEqual(before);

  await page.getByRole('link', { name: 'Connect again' }).click();
  await expect(page.locator('[data-re-enrolment]')).toContainText('It has probably lost its data');
  await till.button('Connect again').click();
  await expect(till.dialog).toContainText('it has a different key');
  await expect(till.dialog).toContainText('this till will upload its own');
  await expect(till.dialog).toContainText('including those the old shop server already had');
  expect(journalAt(relay)).toEqual([]);
  await till.button('Trust this shop server').click();
  await expect(page.getByText('The till is connected.')).toBeVisible();
  await expectAllAtRelay(page);
  expect((await policyRow(page)).jws).not.toBe(before.jws);
  const carried = journalAt(relay).map(({ body }) => body['entry']);
  expect(carried.slice(1, 1 + held.length)).toEqual(held);
  // nothing of the journal counts at that relay until an owner accepts it
  expect(balancesAt(relay)).toEqual([]);
  expect(flagsAt(relay)).toEqual(['former-relay']);

  // the staff are back as well, and codes are sent again
  await till.goTo('till');
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await expect(till.codeField).toBeVisible();
  expect(await salesOn(page)).toHaveLength(2);
  await page.keyboard.type(codeIn((await messagesAt(relay.url))[0]!.text));
  await till.expectSaved();
  await till.next();
  await expectAllAtRelay(page);

  // what the till brought counts once the owner accepts it
  const settings = new SettingsPage(till);
  const since = balancesAt(relay);
  await till.goTo('settings/tills');
  const waiting = page.getByRole('region', { name: 'Records of former tills wait for an owner' });
  await settings.asOwner(till.button('Show the tills'), waiting);
  await expect(waiting).toContainText('the shop server does not count them yet');
  await expect(waiting).toContainText(/debts £[\d.]+ · [\d,]+\spoints · customers: \d/);
  await till.goTo('settings/looks');
  await page.getByRole('radio', { name: 'Русский' }).check();
  await till.goTo('settings/tills');
  await till.button('Показать кассы').click();
  const russian = page.getByRole('region', { name: 'Учёт прежних касс ждёт владельца' });
  await expect(russian).toContainText('сервер магазина их пока не считает');
  await expect(russian).toContainText(/долги [\d,]+\s£ · [\d\s]+балл.* · покупателей: \d/);
  await russian.getByRole('button', { name: /^Принять/ }).click();
  await expect(page.getByText('Учёт прежней кассы принят')).toBeVisible();
  await expect(russian).toBeHidden();
  expect(sumsOf([...owing, ...since])).toEqual(balancesAt(relay));
  expect(flagsAt(relay)).toEqual(['former-relay']);
});

/** Sums of `balancesAt` lines by customer and account. */
function sumsOf(balances: readonly string[]): string[] {
  const sums = new Map<string, number>();
  for (const balance of balances) {
    const [customer, account, sum] = balance.split(' ') as [string, string, string];
    const key = `${customer} ${account}`;
    sums.set(key, (sums.get(key) ?? 0) + Number(sum));
  }
  return [...sums].map(([key, sum]) => `${key} ${sum}`).sort();
}
