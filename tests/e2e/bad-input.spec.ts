// Invalid input and invalid replies of the relay: a clear sentence each time, nothing half saved.
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from '../support/e2e';
import { breakDisk, mendDisk, newRows, rowsOf } from '../support/till-disk';

test.use({ shop: 'shared' });

test('text that is not an amount cannot be given', async ({ till, page }) => {
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  const received = page.getByRole('region', { name: 'Digits' }).locator('output');
  const give = async (typed: string) => {
    for (let i = 0; i < 25; i++) await page.keyboard.press('Backspace');
    await page.keyboard.type(typed);
  };
  await give('1.005');
  await expect(received).toHaveText('1.00');
  await give('-5');
  await expect(received).toHaveText('5');
  await give('1e3');
  await expect(received).toHaveText('13');
  await give('');
  await expect(received).toHaveText('0');
  await expect(till.main).toBeDisabled();
  await give('99999999999999999999');
  await expect(received).not.toContainText('e+');
  const shown = ((await received.textContent()) ?? '').replace(/\D/g, '');
  expect(Number(shown)).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
  expect(await newRows(page, 'sales')).toEqual([]);
});

test('text that is not a phone is refused in words, and nothing typed is lost', async ({
  till,
  page,
}) => {
  await till.button('Choose a customer').click();
  await till.button('New customer').click();
  const phone = till.dialog.getByLabel('Phone');
  await till.dialog.getByLabel('Name').fill('Harriet Poole');
  for (const wrong of ['12', '+7', 'call me', '+999 123456789', '0'.repeat(40)]) {
    await phone.fill(wrong);
    await till.button('Save').click();
    await expect(page.getByText('That does not look like a phone number')).toBeVisible();
    await expect(till.dialog.getByLabel('Name')).toHaveValue('Harriet Poole');
  }
  // a premium-rate number, a pager, a satellite
  for (const costly of ['0906 123 4567', '07640 123456', '+881 612345678']) {
    await phone.fill(costly);
    await till.button('Save').click();
    await expect(
      page.getByText('That is a satellite, premium-rate or service number'),
    ).toBeVisible();
  }
  await phone.fill('07400 123456');
  await till.button('Save').click();
  await expect(till.dialogs).toHaveCount(0);
  expect(await newRows(page, 'customers')).toMatchObject([{ name: 'Harriet Poole' }]);
});

test('names of 300 characters, right to left, and of emoji are accepted; longer ones and empty ones are not @long', async ({
  till,
  page,
}) => {
  const make = async (name: string) => {
    await till.button(/^(Choose a customer|Whose account\?)$/).click();
    await till.button('New customer').click();
    await till.dialog.getByLabel('Name').fill(name);
    await till.button('Save').click();
  };
  for (const name of ['ж'.repeat(300), 'נועה בן־דוד', '🧺👩‍🌾 Роза']) {
    await make(name);
    await expect(till.dialogs).toHaveCount(0);
    await expect(page.getByRole('complementary', { name: 'Receipt' })).toContainText(name);
    // none of these names makes the page wider
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
    ).toBe(true);
    await till.button('Remove the customer').click();
  }
  await make('x'.repeat(301));
  await expect(page.getByText('300 characters at most')).toBeVisible();
  await till.dialog.getByLabel('Name').fill('   ');
  await till.button('Save').click();
  await expect(page.getByText('Fill in this field')).toBeVisible();
  expect(await newRows(page, 'customers')).toHaveLength(3);
});

/** How a broken relay replies to a request for a code. */
const FAULTS = ['garbage', 'half-close', 'wrong-shape', 'server-error'] as const;

/** A server on loopback that answers every connection in one wrong way. */
async function faultyServer(fault: (typeof FAULTS)[number]): Promise<Server> {
  const answers: Record<(typeof FAULTS)[number], (socket: Socket) => void> = {
    garbage: (socket) =>
      socket.end(
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n<html>!',
      ),
    'half-close': (socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{"kind":',
        () => socket.destroy(),
      ),
    'wrong-shape': (socket) =>
      socket.end(
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n{"kind":"verified"}',
      ),
    'server-error': (socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'),
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answers[fault](socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

for (const fault of FAULTS)
  test(`a relay that answers with ${fault} sends no code: the till says so and keeps the receipt @long`, async ({
    till,
    page,
  }) => {
    const server = await faultyServer(fault);
    const { port } = server.address() as AddressInfo;
    await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
    await page.route('**/api/v1/challenges/**', async (route) => {
      try {
        const reply = await route.fetch({ url: `http://127.0.0.1:${port}/` });
        await route.fulfill({ response: reply });
      } catch {
        await route.abort('connectionclosed');
      }
    });
    await till.saveAndSend();
    await expect(till.dialog).toContainText('The code can’t be sent');
    await expect(till.dialog).toContainText('The receipt is safe, nothing is lost');
    expect(await newRows(page, 'sales')).toEqual([]);
    expect(await rowsOf(page, 'drafts')).toMatchObject([{ slot: 'open' }]);

    await page.unroute('**/api/v1/challenges/**');
    await till.dialog.getByRole('button', { name: 'Send again' }).click();
    await expect(till.codeField).toBeFocused();
    server.close();
  });

test('a relay that accepts the request and never answers holds the customer for 8 s at most @long', async ({
  till,
  page,
}) => {
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await page.route('**/api/v1/challenges/**', () => undefined);
  await till.saveAndSend();
  await expect(till.dialog).toContainText('Sending the code…');
  await expect(till.dialog).toContainText('The shop server has not answered yet');
  await expect(till.dialog).toContainText('The code can’t be sent', { timeout: 12_000 });
  await expect(till.dialog).toContainText('Continue without a code');
  expect(await newRows(page, 'sales')).toEqual([]);
});

test('a list that the disk fails to read is reported, and read again on request @long', async ({
  till,
  page,
}) => {
  const unread = page.getByRole('alert').filter({ hasText: 'The records could not be read' });
  await breakDisk(page, 'reading');
  for (const screen of ['customers', 'journal']) {
    await page.evaluate((hash) => void (location.hash = hash), `#/${screen}`);
    await expect(unread).toBeVisible();
  }
  await page.evaluate(() => void (location.hash = '#/customers'));
  await expect(unread).toBeVisible();
  await till.button('Try again').click();
  await expect(unread).toBeVisible();
  await mendDisk(page);
  await till.button('Try again').click();
  await expect(unread).toHaveCount(0);
  await expect(till.button(/Vera Lugova/)).toBeVisible();

  await page.evaluate(() => void (location.hash = '#/till'));
  await breakDisk(page, 'reading');
  await till.button('Choose a customer').click();
  await expect(unread).toBeVisible();
  await mendDisk(page);
  await till.dialog.getByRole('button', { name: 'Try again' }).click();
  await till.dialog.getByRole('button', { name: /Vera Lugova/ }).click();
  await expect(till.dialogs).toHaveCount(0);
});

test('a receipt that the disk fails to store is reported as not saved, and stored on request', async ({
  till,
  page,
}) => {
  const unsaved = page.getByRole('alert').filter({ hasText: 'nothing was saved' });
  await breakDisk(page, 'writing');
  await till.ring('Carrier bag');
  await expect(unsaved).toBeVisible();
  await mendDisk(page);
  await till.button('Try again').click();
  await expect(unsaved).toHaveCount(0);
  await till.open();
  await till.signIn();
  await expect(till.lines).toHaveCount(1);
});

test('messages that need no answer never pile up, and touches pass through them to what a sale needs', async ({
  till,
  page,
}) => {
  const messages = page.getByRole('region', { name: 'Messages from the till' });
  await till.ring('Carrier bag');
  for (const code of ['4600000999990', '4600000999983', '4600000999976', '4600000999976'])
    await till.scan(code);
  await expect(messages).toContainText('4600000999976');
  await expect(messages.getByRole('button')).toHaveCount(1);
  const untouchable = await messages.evaluate((region) => {
    const lies = region.getBoundingClientRect();
    return [...document.querySelectorAll<HTMLElement>('main button, main a, header input')]
      .filter((target) => {
        const { left, top, width, height } = target.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        const under = x > lies.left && x < lies.right && y > lies.top && y < lies.bottom;
        return width > 0 && under && !target.contains(document.elementFromPoint(x, y));
      })
      .map((target) => target.textContent);
  });
  expect(untouchable).toEqual([]);
  await till.button('Choose a customer').click();
  await expect(till.dialog).toBeVisible();
});
