// The till in WebKitGTK, the nearest there is here to a tablet's Safari: a cold start, a sale, and with the relay dead another start and another sale.
import { RelayProcess } from '../support/relay-process';
import { OWNER, SHOP } from '../support/till-page';
import { expect, test } from '@playwright/test';
import { WebKit, whyNoWebKit } from '../support/webkit';

const missing = whyNoWebKit();
test.skip(missing !== null, missing ?? '');

const sell = async (webkit: WebKit): Promise<void> => {
  await webkit.press('Ground coffee');
  await webkit.press('Pay');
  await webkit.press('Exact');
  await webkit.press('Save the receipt');
  await webkit.see('Receipt saved');
};

const signIn = async (webkit: WebKit): Promise<void> => {
  await webkit.see(OWNER.name);
  for (const digit of OWNER.pin) await webkit.press(digit);
};

const numbers = (webkit: WebKit): Promise<number[]> =>
  webkit.evaluate(
    () =>
      new Promise<number[]>((resolve, reject) => {
        const opening = indexedDB.open('counterfoil');
        opening.onerror = () => reject(new Error(String(opening.error)));
        opening.onsuccess = () => {
          const db = opening.result;
          const asked = db.transaction('sales').objectStore('sales').getAll();
          asked.onsuccess = () => {
            db.close();
            resolve((asked.result as { number: number }[]).map(({ number }) => number).sort());
          };
        };
      }),
    null,
  );

test('in WebKit the till sells from the first start on, and goes on when the relay is gone', async () => {
  const relay = new RelayProcess();
  const webkit = new WebKit();
  try {
    await relay.start();
    await webkit.start();
    await webkit.goto(relay.url);
    await webkit.press('English');
    await webkit.fill('Name', SHOP);
    await webkit.press('Next');
    await webkit.fill('Your name', OWNER.name);
    await webkit.fill('PIN, 6 digits', OWNER.pin);
    await webkit.fill('PIN once more', OWNER.pin);
    await webkit.press('Next');
    await webkit.press('Load demo goods');
    await sell(webkit);
    await expect
      .poll(() => webkit.evaluate(() => navigator.serviceWorker.controller?.state ?? null, null))
      .toBe('activated');

    await relay.kill();
    await webkit.goto(relay.url);
    await signIn(webkit);
    await sell(webkit);
    await webkit.goto(relay.url);
    await signIn(webkit);
    expect(await numbers(webkit)).toEqual([1, 2]);
  } catch (error) {
    const body = await webkit.screenshot();
    await test.info().attach('webkit.png', { body, contentType: 'image/png' });
    throw error;
  } finally {
    await webkit.stop();
    await relay.dispose();
  }
});
