// Rights, methods and caps edited on the device, or replaced by an older genuine policy.
// The till notices it at the next start and at the next act, and sells nothing under it.
import type { Page } from '@playwright/test';
import type { Policy } from '$lib/contract/policy';
import { changePolicy, expect, ownersOtherTill, test } from '../support/e2e';
import type { TillPage } from '../support/till-page';
import { newRows, policyRow, putPolicyRow, rowsOf } from '../support/till-disk';

const REFUSED = 'do not match the shop server’s signature';

test.use({ shop: 'shared', serviceWorkers: 'allow' });

/** The notice above every screen. */
const banner = (page: Page) => page.locator('.banners');

/** Fetches the shop's policy again, in place of the one that was put on the disk. */
async function startOnline(till: TillPage): Promise<void> {
  await till.page.context().setOffline(false);
  await till.open();
  await till.signIn();
}

/** The signed text with an edited payload and the original signature. */
function edited(jws: string, change: (policy: Policy) => Policy): string {
  const [head, payload, signature] = jws.split('.');
  const policy = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as Policy;
  const text = Buffer.from(JSON.stringify(change(policy))).toString('base64url');
  return [head, text, signature].join('.');
}

/** No code required and very high caps, as a thief at the till would want. */
const weakened = (policy: Policy): Policy => ({
  ...policy,
  methods: {
    'redeem-points': { chain: [], threshold: 0, nextAfterMs: 40_000 },
    'sell-on-account': { chain: [], threshold: 0, nextAfterMs: 40_000 },
  },
  credit: { ...policy.credit, debtLimit: 99_999_999 },
});

test('a policy edited on the device is refused at the next start, and nobody can sell by it', async ({
  till,
  page,
  context,
}) => {
  const genuine = await policyRow(page);
  await context.setOffline(true);
  await putPolicyRow(page, { ...genuine, jws: edited(genuine.jws, weakened) });
  await till.open();
  await expect(page.getByText(REFUSED)).toBeVisible();
  await expect(page.getByText('the signature is wrong')).toBeVisible();
  await expect(till.button(/^Pay/)).toHaveCount(0);

  // the relay's genuine policy replaces it
  await startOnline(till);
  expect(await policyRow(page)).toEqual(genuine);
});

test('a policy edited while a receipt is open is refused at the act itself @long', async ({
  till,
  page,
  context,
}) => {
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await context.setOffline(true);
  const genuine = await policyRow(page);
  await putPolicyRow(page, { ...genuine, jws: edited(genuine.jws, weakened) });
  await till.saveAndSend();
  await till.goOnWithoutCode('No internet');
  await expect(banner(page)).toContainText(REFUSED);
  await expect(banner(page)).toContainText('you can’t sell');
  await expect(till.saved).toHaveCount(0);
  expect(await newRows(page, 'sales')).toEqual([]);
  expect((await rowsOf(page, 'journal')).at(-1)).toMatchObject({
    act: 'policy-refused',
    body: { because: 'wrong-signature' },
  });

  // the receipt is still there, and can be saved once the genuine policy is back
  await putPolicyRow(page, genuine);
  await till.saveAndSend();
  await till.goOnWithoutCode('No internet');
  await till.expectSaved();
  await expect(banner(page).filter({ hasText: REFUSED })).toHaveCount(0);
});

test('while the relay can be reached, a policy edited on the device is replaced at the act itself @long', async ({
  till,
  page,
}) => {
  await till.ring('Carrier bag');
  await till.pay();
  await till.button('Exact').click();
  const genuine = await policyRow(page);
  await putPolicyRow(page, { ...genuine, jws: edited(genuine.jws, weakened) });
  await till.accept();
  await expect(page.getByText('The receipt is NOT saved')).toBeVisible();
  await expect.poll(() => policyRow(page)).toEqual(genuine);
  await expect(banner(page).filter({ hasText: REFUSED })).toHaveCount(0);
  await till.accept();
  await till.expectSaved();
});

test('a policy signed by another relay is refused @long', async ({ till, page, context }) => {
  const genuine = await policyRow(page);
  const [head, payload] = genuine.jws.split('.');
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
  ]);
  const signature = await crypto.subtle.sign(
    { name: 'ECDSA', hash: 'SHA-256' },
    keys.privateKey,
    new TextEncoder().encode(`${head}.${payload}`),
  );
  await context.setOffline(true);
  await putPolicyRow(page, {
    ...genuine,
    jws: `${head}.${payload}.${Buffer.from(signature).toString('base64url')}`,
  });
  await till.open();
  await expect(page.getByText(REFUSED)).toBeVisible();
  await expect(page.getByText('the signature is wrong')).toBeVisible();
  await startOnline(till);
});

// comes last, because its policy allows less without a code
test('an older genuine policy in its place is noticed at the next act and at the next start @long', async ({
  till,
  page,
  relay,
  context,
}) => {
  const first = await policyRow(page);
  const version = await changePolicy(await ownersOtherTill(relay), (policy) => ({
    ...policy,
    overrideCaps: { ...policy.overrideCaps, perAct: 100 },
  }));
  await till.open();
  await till.signIn();
  await expect.poll(async () => (await policyRow(page)).version).toBe(version);
  // the owner is shown the debt without a code of an earlier story first
  await till.goTo('till');
  await context.setOffline(true);
  await putPolicyRow(page, first);

  await till.ring('Carrier bag');
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await expect(banner(page)).toContainText('an older version was put in');
  await expect(page.getByText('The receipt is NOT saved')).toBeVisible();
  expect(await newRows(page, 'sales')).toEqual([]);
  expect((await rowsOf(page, 'journal')).at(-1)).toMatchObject({
    act: 'policy-refused',
    body: { because: 'older-version', version: first.version },
  });

  await till.open();
  await expect(page.getByText('an older version was put in')).toBeVisible();
  await expect(till.button(/^Pay/)).toHaveCount(0);
});
