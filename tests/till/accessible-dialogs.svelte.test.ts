// Dialogues that no other test opens have no axe violation: names, roles and contrast in both themes.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cleanup, render } from 'vitest-browser-svelte';
import { isOpen } from '$lib/domain/shift/shift';
import { money } from '$lib/domain/values/money';
import { ONE } from '$lib/domain/values/quantity';
import { till } from '$lib/state/till.svelte';
import { customerById } from '$lib/storage/customers/customers';
import { saveRepayment } from '$lib/storage/customers/debts';
import { openShift, shiftOf } from '$lib/storage/shifts/shifts';
import { setLanguage } from '$lib/ui/text/current.svelte';
import MergeDialog from '../../src/routes/customers/MergeDialog.svelte';
import { DisputeForm } from '../../src/routes/shared/entry/dispute-form.svelte';
import CancelRepaymentButton from '../../src/routes/shared/repayment/CancelRepaymentButton.svelte';
import RestoreDialog from '../../src/routes/shared/files/RestoreDialog.svelte';
import CashDialog from '../../src/routes/shift/CashDialog.svelte';
import { shiftForm } from '../support/shift-form';
import ReportDialog from '../../src/routes/shift/ReportDialog.svelte';
import BothDialog from '../../src/routes/till/BothDialog.svelte';
import HeldDialog from '../../src/routes/till/HeldDialog.svelte';
import PriceChangesDialog from '../../src/routes/till/PriceChangesDialog.svelte';
import RecipientDialog from '../../src/routes/till/RecipientDialog.svelte';
import SplitDialog from '../../src/routes/till/SplitDialog.svelte';
import { TenderTyping } from '../../src/routes/till/tender-typing.svelte';
import SettleDialog from '../../src/routes/to-settle/SettleDialog.svelte';
import { debtAsk } from '../domain/checkout-fixtures';
import { expectAccessible } from '../support/axe-part';
import { ANNA, AT, id, openShop, OWNER, receiptOf } from '../support/storage-shop';

const nothing = () => undefined;
const onclose = nothing;

beforeAll(async () => {
  await setLanguage('en');
  await openShop(till.db);
  await till.policy.load();
  till.signIn.enterAsNew(OWNER);
  await openShift(till.db, { operator: OWNER, at: AT, float: money(10_000) });
});
afterEach(() => {
  cleanup();
  till.register.startNew();
});
afterAll(async () => {
  till.signIn.lock();
  await till.register.draft.write();
  await till.db.delete({ disableAutoOpen: false });
  await till.policy.load();
  await setLanguage('ru');
});

/** The dialogue on top. */
function shown(): Element {
  const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
  return dialog ?? expect.fail('no dialogue');
}

function policyNow() {
  return till.policy.current ?? expect.fail('no policy');
}

async function shiftNow() {
  const { shift } = await shiftOf(till.db);
  return isOpen(shift) ? shift : expect.fail('no shift');
}

async function anna() {
  return (await customerById(till.db, ANNA)) ?? expect.fail('no card');
}

/** A loaf for Anna at 100.00, of which 60.00 is given in cash. */
async function paidInPart(): Promise<TenderTyping> {
  const { register } = till;
  const price = money(10_000);
  const loaf = { name: 'Loaf', code: '4600000000022', quantity: ONE, price, askAge: null };
  expect(register.addUnlisted(loaf, null)).toBe(null);
  await register.chooseCustomer(ANNA);
  register.openTender();
  register.setMoney('cash', money(6_000));
  return new TenderTyping(register, () => policyNow().shop.currency, nothing);
}

const dialogues: Record<string, () => Promise<unknown>> = {
  'a payment in two ways': async () =>
    render(SplitDialog, { typing: await paidInPart(), kind: 'card', onclose }),
  async 'cash that pays everything beside a card'() {
    await paidInPart();
    till.register.setMoney('cash', money(15_000));
    till.register.setMoney('card', money(2_000));
    const act = {
      kind: 'take',
      cash: money(15_000),
      changeDue: money(7_000),
      beside: money(2_000),
    } as const;
    return render(BothDialog, { act, onclose });
  },
  async 'held receipts'() {
    await paidInPart();
    expect((await till.register.held.hold()).kind).toBe('done');
    return render(HeldDialog, { onopen: nothing, ongiveup: nothing, onclose });
  },
  'prices that changed': () => {
    const { lines } = receiptOf(id(3_001), { bread: 1, cheese: 1 });
    const changes = lines.map((line) => ({ line, price: money(9_900) }));
    return render(PriceChangesDialog, { changes, ontake: nothing, onclose });
  },
  async 'whose phone the code goes to'() {
    await paidInPart();
    const to = { kind: 'undecided' } as const;
    const checkout = { kind: 'choosing', ...debtAsk, to, rest: [], got: [] } as const;
    till.register.checkout.show({ checkout, askedBy: OWNER, begun: false });
    return render(RecipientDialog);
  },
  'cash put in': () =>
    render(CashDialog, { asks: shiftForm('in'), currency: policyNow().shop.currency, onclose }),
  'cash taken out': () =>
    render(CashDialog, { asks: shiftForm('out'), currency: policyNow().shop.currency, onclose }),
  'the drawer opened': () =>
    render(CashDialog, { asks: shiftForm('drawer'), currency: policyNow().shop.currency, onclose }),
  async 'an X report'() {
    const report = {
      kind: 'x',
      shift: await shiftNow(),
      onHold: { count: 1, amount: money(10_000) },
      at: AT,
    } as const;
    return render(ReportDialog, { report, policy: policyNow(), onclose });
  },
  'a difference to settle': () =>
    render(SettleDialog, { id: id(3_002), settling: new DisputeForm(), onclose }),
  async 'the merge of two cards'() {
    const screen = await render(MergeDialog, { customer: await anna(), ondone: nothing, onclose });
    await expectAccessible(shown());
    await screen.getByRole('button', { name: /Борис/ }).click();
    await expect.element(screen.getByText('cannot be separated again')).toBeVisible();
  },
  async 'a repayment to cancel'() {
    const attempt = { repayment: id(3_003), customer: ANNA, operator: OWNER, at: AT };
    const saved = await saveRepayment(till.db, {
      ...attempt,
      tenders: [{ kind: 'cash', amount: money(5_000) }],
    });
    if (saved.kind !== 'saved') expect.fail(saved.because.kind);
    const screen = await render(CancelRepaymentButton, { repayment: saved.entry });
    await screen.getByRole('button').click();
  },
  'a backup to restore': () => render(RestoreDialog, { onclose }),
};

for (const [name, open] of Object.entries(dialogues))
  test(`${name}: no violation in either theme`, async () => {
    await open();
    await expectAccessible(shown());
  });
