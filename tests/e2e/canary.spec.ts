// The till never holds a code or a service's token: everything it stores and receives is searched.
import type { BrowserContext, Page } from '@playwright/test';
import { codeIn, messagesAt } from '../support/demo-phone';
import { expect, follow, giveOwnerPhone, ownersOtherTill, test } from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';
import { SettingsPage } from '../support/settings-page';
import { everythingStored } from '../support/till-disk';

test.use({ serviceWorkers: 'allow' });

/** Records every reply and every console line from now on. */
function listen(context: BrowserContext, page: Page) {
  const heard: string[] = [];
  const pending: Promise<unknown>[] = [];
  context.on('response', (response) => {
    pending.push(
      response.allHeaders().then((headers) => heard.push(response.url(), JSON.stringify(headers))),
      response.body().then(
        (body) => heard.push(body.toString('utf8')),
        () => undefined, // redirects and replies from the worker's cache have none
      ),
    );
  });
  page.on('console', (message) => heard.push(message.text()));
  page.on('pageerror', (error) => heard.push(String(error.stack)));
  return async () => {
    await Promise.all(pending);
    return heard.join('\n');
  };
}

/** Whether the code occurs alone: six digits inside a longer number do not count. */
const occurs = (secret: string, text: string) =>
  new RegExp(`(?<![0-9a-f.])${secret}(?![0-9a-f])`).test(text);

test('neither the code nor the token of the messaging service is stored anywhere at the till', async ({
  till,
  page,
  context,
  relay,
}) => {
  const smsru = await FakeSmsru.start();
  const heard = listen(context, page);
  try {
    await till.openShop();

    // a code of the demo service
    await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
    await till.saveAndSend();
    await expect(till.codeField).toBeFocused();
    const [message] = await messagesAt(relay.url);
    const demoCode = codeIn(message?.text ?? '');
    // while the code dialogue is open
    expect(occurs(demoCode, await everythingStored(page))).toBe(false);
    await page.keyboard.type(demoCode);
    await till.expectSaved();
    await till.next();

    // a token typed into the form, and a code of the real service
    await follow(page, await giveOwnerPhone(await ownersOtherTill(relay)));
    const settings = new SettingsPage(till, () => smsru.codes.at(-1) ?? '');
    await settings.open('messages');
    await settings.chooseService('SMS.RU');
    await page.getByLabel('API token (api_id)').fill(smsru.apiId);
    await settings.setAddress(smsru.url);
    await settings.save();
    const ownersCode = smsru.codes.at(-1) ?? '';
    await expect(page.getByLabel('API token (api_id)')).toHaveValue(/^•••• …?6789$/);

    await page.goto(`${relay.url}/#/till`);
    await till.ring('Ground coffee, 250 g');
    await till.pay();
    await till.give('1');
    await till.newCustomer('Harriet Poole', '07400 123456');
    await till.saveAndSend();
    await expect(till.codeField).toBeFocused();
    const realCode = smsru.codes.at(-1);
    if (realCode === undefined || realCode === ownersCode)
      throw new Error('no message reached the service');
    await page.keyboard.type(realCode);
    await till.expectSaved();

    const replies = await heard();
    const stored = await everythingStored(page);
    const html = await page.content();
    // shows that the search does find what is there
    expect(replies).toContain('awaiting-code');
    expect(stored).toContain('Harriet Poole');
    for (const [name, secret] of Object.entries({
      demoCode,
      ownersCode,
      realCode,
      token: smsru.apiId,
    })) {
      expect(occurs(secret, replies), `${name} in a reply or the console`).toBe(false);
      expect(occurs(secret, stored), `${name} in the till's storage`).toBe(false);
      expect(occurs(secret, html), `${name} on the screen`).toBe(false);
      expect(occurs(secret, relay.output), `${name} in what the relay prints`).toBe(false);
    }
  } finally {
    await smsru.stop();
  }
});
