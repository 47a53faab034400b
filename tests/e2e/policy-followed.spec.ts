// A policy changed at another till takes effect at once on the open screen of this one.
import type { Policy } from '$lib/contract/policy';
import { DemoPhone } from '../support/demo-phone';
import { changePolicy, expect, follow, newOperator, ownersOtherTill, test } from '../support/e2e';
import { newRows } from '../support/till-disk';

test.use({ shop: 'shared' });

const codesForDebtBy =
  (chain: Policy['methods']['sell-on-account']['chain']) =>
  (policy: Policy): Policy => ({
    ...policy,
    methods: {
      ...policy.methods,
      'sell-on-account': { ...policy.methods['sell-on-account'], chain },
    },
  });
const withoutCodesForDebt = codesForDebtBy([]);
const withCodesForDebt = codesForDebtBy(['sms']);

test('while money is taken, the main button follows the new method @long', async ({
  till,
  page,
  relay,
}) => {
  const owner = await ownersOtherTill(relay);
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await expect(till.main).toContainText('we’ll send a code');
  await follow(page, await changePolicy(owner, withoutCodesForDebt));
  await expect(till.main).toHaveText(/^\s*Put it on account £3\.49\s*$/);
  await follow(page, await changePolicy(owner, withCodesForDebt));
  await expect(till.main).toContainText('we’ll send a code');
});

test('the dialogue without a code follows a right that a cashier’s group gains and loses @long', async ({
  till,
  page,
  relay,
}) => {
  const owner = await ownersOtherTill(relay);
  const kirill = newOperator('Kirill', 'cashier', '258025');
  await changePolicy(owner, (policy) => ({ ...policy, operators: [...policy.operators, kirill] }));
  await till.open();
  await till.signIn('Kirill', '258025');
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await till.otherWay('The code did not arrive');
  await expect(till.dialog).toContainText('You are not allowed to go on without a code');

  const cashiers = (
    change: (rights: Policy['groups'][0]['rights']) => Policy['groups'][0]['rights'],
  ) =>
    changePolicy(owner, (policy) => ({
      ...policy,
      groups: policy.groups.map((group) =>
        group.id === 'cashier' ? { ...group, rights: change(group.rights) } : group,
      ),
    }));
  await follow(page, await cashiers((rights) => [...rights, 'skip-code:on-account']));
  await expect(till.dialog).toContainText('Allowed by Kirill, cashier');
  await expect(till.dialog.getByRole('radio', { name: 'Code did not arrive' })).toBeVisible();

  await follow(
    page,
    await cashiers((rights) => rights.filter((right) => right !== 'skip-code:on-account')),
  );
  await expect(till.dialog).toContainText('You are not allowed to go on without a code');
  await expect(till.dialog.getByRole('radio')).toHaveCount(0);

  await till.open();
  await till.signIn();
});

test('an awaited code is cancelled when the shop stops asking for it, and the reason is shown', async ({
  till,
  page,
  relay,
}) => {
  const owner = await ownersOtherTill(relay);
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  const phone = await DemoPhone.open(page);
  await till.saveAndSend();
  await phone.newest(1);
  await expect(till.codeField).toBeFocused();
  await follow(page, await changePolicy(owner, withoutCodesForDebt));
  await expect(till.dialogs).toHaveCount(0);
  await expect(page.getByText('rules for confirming have changed')).toBeVisible();
  await expect(till.main).toHaveText(/^\s*Put it on account £3\.49\s*$/);
  await till.main.click();
  await till.expectSaved();
  expect((await newRows(page, 'journal')).at(-1)).toMatchObject({
    body: { confirmations: [{ kind: 'not-required', because: 'method-none' }] },
  });
});
