// One day of a till, float to Z report: every figure on paper is a sum of the journal's entries.
import { beforeAll, expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import type { ShiftTotals } from '$lib/contract/acts/shift';
import type { Entry, EntryOf } from '$lib/contract/journal';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { owedOf } from '$lib/domain/customers/debts';
import { NEW_CHECKOUT } from '$lib/domain/consent/checkout-state';
import { settleRules } from '$lib/domain/receipt/discount-rules';
import { money } from '$lib/domain/values/money';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { quantity } from '$lib/domain/values/quantity';
import type { Line, Receipt } from '$lib/domain/receipt/receipt';
import { NO_MONEY, type Tender } from '$lib/domain/values/settlement';
import { verify } from '$lib/storage/audit/verification';
import { debtsOf, savePayout, saveRepayment } from '$lib/storage/customers/debts';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { ProofJudge } from '$lib/storage/journal/proof-judge';
import { savePolicy } from '$lib/storage/policy/policies';
import { saveCancellation } from '$lib/storage/sales/cancelled-repayments';
import { cancelReceipt, recordReprint, takeUpReceipt } from '$lib/storage/sales/receipts';
import { saveCorrection } from '$lib/storage/sales/corrections';
import { holdDraft } from '$lib/storage/sales/drafts';
import { saveReturn } from '$lib/storage/sales/returns';
import { sellInShift } from '$lib/storage/sales/save-sale';
import { closeShift, countDrawer, recordInShift, openShift } from '$lib/storage/shifts/shifts';
import { loadAdminText, setLanguage } from '$lib/ui/text/current.svelte';
import Slip from '../../src/routes/shared/receipt/Slip.svelte';
import { reportRows } from '../../src/routes/shift/shift-report';
import Totals from '../../src/routes/shift/Totals.svelte';
import { expectedShift } from '../support/expected-shift';
import { paperOf } from '../support/z-paper';
import {
  ANNA,
  AT,
  BORIS,
  cash,
  CASHIER,
  CHEESE,
  downloaded,
  id,
  openShop,
  overrideBy,
  OWNER,
  points,
  policyOf,
  receiptOf,
  SENIOR,
  wholeJournal,
  type Shop,
} from '../support/storage-shop';
import type { Policy } from '$lib/contract/policy';

beforeAll(async () => {
  await loadAdminText();
  await setLanguage('en');
});

const RULE = id(900);

/** Rounds cash down to a rouble, reduces cheese by a tenth by a rule, and gives points for repayments. */
function change(policy: Policy): void {
  policy.cashRounding = { step: 100, way: 'down' };
  policy.points.onRepayment = true;
  policy.credit.debtLimit = 5_000_000;
  policy.overrideCaps = { perAct: 5_000_000, perCustomer: 5_000_000, perTill: 5_000_000 };
  policy.discountRules = [
    {
      id: RULE,
      name: 'Cheese day',
      active: true,
      from: null,
      until: null,
      hours: null,
      weekdays: [1, 2, 3, 4, 5, 6, 7],
      scope: { kind: 'products', ids: [CHEESE] },
      amount: { kind: 'percent', basisPoints: 1_000 },
      condition: { kind: 'weekdays' },
      adds: false,
    },
  ];
}

const POLICY = policyOf(2, change) as VerifiedPolicy;
const card = (amount: number): Tender => ({ kind: 'card', amount: money(amount) });
const transfer = (amount: number): Tender => ({ kind: 'transfer', amount: money(amount) });
const ON_ACCOUNT = 'sell-on-account';

type Consented = readonly ('redeem-points' | 'sell-on-account')[];
/** How a sale differs from one by the owner at list prices. `without`: allowed without a code; `codes`: confirmed by one. */
type How = {
  readonly operator?: string;
  readonly line?: Partial<Line>;
  readonly parts?: Partial<Receipt>;
  readonly without?: Consented;
  readonly codes?: Consented;
};

/** The acts of one till, through its own storage; each must succeed. */
class Day {
  readonly #shop: Shop;
  #ids = 5_000;

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  id(): string {
    this.#ids += 1;
    return id(this.#ids);
  }

  async saved<O extends { readonly kind: string }>(
    outcome: Promise<O>,
  ): Promise<Extract<O, { readonly kind: 'saved' }>> {
    const done = await outcome;
    if (done.kind !== 'saved') expect.fail(JSON.stringify(done));
    return done as Extract<O, { readonly kind: 'saved' }>;
  }

  async sell(
    goods: Parameters<typeof receiptOf>[1],
    { operator = OWNER, line = {}, parts = {}, without = [], codes = [] }: How = {},
  ): Promise<EntryOf<'sale'>> {
    const bare = receiptOf(this.id(), goods);
    const [first, ...others] = bare.lines;
    if (first === undefined) expect.fail('no goods');
    const lines = [{ ...first, ...line }, ...others];
    const receipt = settleRules({ ...bare, lines, ...parts }, POLICY, AT, null);
    const confirmations = [
      ...(await Promise.all(codes.map((action) => this.#shop.code(receipt, action, { operator })))),
      ...without.map((action) => overrideBy(SENIOR, action)),
    ];
    const attempt = { receipt, operator, at: AT, confirmations };
    const { entry } = await this.saved(sellInShift(this.#shop.db, attempt));
    return entry as EntryOf<'sale'>;
  }

  async repay(customer: string, tenders: readonly Tender[]): Promise<EntryOf<'repayment'>> {
    const attempt = { repayment: this.id(), customer, operator: CASHIER, at: AT };
    const given = tenders as Parameters<typeof saveRepayment>[1]['tenders'];
    return (await this.saved(saveRepayment(this.#shop.db, { ...attempt, tenders: given }))).entry;
  }

  async cancel(repayment: EntryOf<'repayment'>): Promise<void> {
    await this.saved(
      saveCancellation(this.#shop.db, {
        allowedBy: null,
        cancellation: this.id(),
        repayment,
        reason: 'Another customer',
        operator: OWNER,
        at: AT,
        confirmations: [overrideBy(OWNER, ON_ACCOUNT)],
      }),
    );
  }

  async giveBack(sale: EntryOf<'sale'>, pieces: number): Promise<void> {
    await this.saved(
      saveReturn(this.#shop.db, {
        return: this.id(),
        sale,
        inCash: false,
        shown: 'copy',
        scanned: null,
        reason: 'faulty',
        note: null,
        approvedBy: OWNER,
        operator: SENIOR,
        at: AT,
        goods: [{ line: 0, quantity: quantity(pieces * 1_000), to: 'stock' }],
      }),
    );
  }

  async correct(
    customer: string,
    account: 'debt' | 'points',
    delta: number,
    needsConsent: boolean,
  ): Promise<void> {
    await this.saved(
      saveCorrection(this.#shop.db, {
        correction: this.id(),
        customer,
        account,
        delta,
        debt: null,
        reason: 'Miscounted',
        confirmations: needsConsent
          ? [overrideBy(OWNER, account === 'debt' ? ON_ACCOUNT : 'redeem-points')]
          : [],
        operator: OWNER,
        at: AT,
      }),
    );
  }

  async payOut(customer: string, amount: number, tender: 'cash' | 'transfer'): Promise<void> {
    const asked = { payout: this.id(), customer, amount: money(amount), tender };
    const attempt = { ...asked, allowedBy: null };
    await this.saved(savePayout(this.#shop.db, { ...attempt, operator: OWNER, at: AT }));
  }
}

/** Every act of a shift, each with every kind of money that it can have. */
async function wholeDay(shop: Shop): Promise<void> {
  const { db } = shop;
  await savePolicy(db, await shop.policyJws(2, change));
  await downloaded(db);
  const day = new Day(shop);
  const by = { operator: SENIOR, at: AT, note: null };
  await day.saved(openShift(db, { float: money(100_000), operator: OWNER, at: AT }));
  await day.saved(
    recordInShift(db, 'cash-moved', {
      ...by,
      id: day.id(),
      direction: 'in',
      amount: money(20_000),
      reason: 'small-change',
      approvedBy: null,
    }),
  );

  // a manual 3.33 % off the line makes 290.01, of which cash pays 290.00
  const rounded = await day.sell(
    { bread: 3, tenders: [cash(30_000)] },
    { line: { discount: { basisPoints: 333, sum: null } } },
  );
  await day.sell(
    { tenders: [card(8_000)] },
    { line: { priceFrom: 'free', unitPrice: money(8_000) } },
  );
  await day.sell(
    { bread: 2, tenders: [transfer(19_500)] },
    { parts: { discount: { basisPoints: null, sum: money(500) } } },
  );
  const out = { lines: 2, sum: money(12_345) };
  const removed = { ...out, most: [], before: out };
  await day.sell(
    { bread: 0, cheese: 1, tenders: [card(50_000), cash(40_000)] },
    { operator: CASHIER, parts: { removed } },
  );
  const owing = await day.sell(
    { bread: 3, customer: ANNA, tenders: [points(50), cash(5_000)] },
    { operator: CASHIER, codes: ['redeem-points'], without: [ON_ACCOUNT] },
  );
  const withPoints = await day.sell(
    { bread: 0, cheese: 1, customer: ANNA, tenders: [points(100), card(80_000)] },
    { operator: CASHIER, codes: ['redeem-points'] },
  );
  // Boris spends the nine points that this sale earns, then returns its goods
  const spent = await day.sell(
    { bread: 0, cheese: 1, customer: BORIS, tenders: [transfer(90_000)] },
    { operator: CASHIER },
  );
  await day.sell(
    { customer: BORIS, tenders: [points(9), cash(9_100)] },
    { operator: CASHIER, codes: ['redeem-points'] },
  );

  // two of three: a kopeck of the price was rounded off at the sale
  await day.giveBack(rounded, 2);
  await day.giveBack(owing, 1);
  await day.giveBack(withPoints, 1);
  await day.giveBack(spent, 1);

  // two tenders for more than is owed: the change is given in cash
  await day.repay(ANNA, [card(20_000), cash(60_000)]);
  await day.correct(ANNA, 'debt', 1_050, true);
  // 10.50 is owed, of which cash pays 10.00
  await day.cancel(await day.repay(ANNA, [cash(1_000)]));
  const lent = await day.sell(
    { bread: 4, customer: BORIS },
    { operator: CASHIER, codes: [ON_ACCOUNT] },
  );
  await day.correct(BORIS, 'debt', -500, false);
  await day.correct(BORIS, 'points', 7, false);
  await day.correct(ANNA, 'points', -3, true);
  await day.cancel(await day.repay(BORIS, [card(5_000), transfer(6_000), cash(7_000)]));
  await day.repay(BORIS, [transfer(3_000)]);
  // another till took more than the rest of the same debt, so the shop owes
  const owed = owedOf((await debtsOf(db, BORIS)).open);
  await db.remoteDebts.put({
    customer: BORIS,
    debt: lent.hash,
    left: 0 - owed - 1_900,
    repaid: NO_MONEY,
    earned: NOTHING_EARNED,
    made: null,
  });
  await day.payOut(BORIS, 1_100, 'cash');
  await day.payOut(BORIS, 800, 'transfer');

  await day.saved(
    recordInShift(db, 'drawer-opened', { ...by, id: day.id(), reason: 'give-change' }),
  );
  const [cancelled, receipt] = [day.id(), day.id()];
  await day.saved(
    cancelReceipt(db, {
      ...by,
      id: cancelled,
      receipt,
      lines: 2,
      total: 30_000,
      held: { times: 2, longestMs: 60_000 },
      removed: { lines: 1, sum: 700 },
    }),
  );
  await day.saved(takeUpReceipt(db, { ...by, id: day.id(), receipt, cancelled }));
  const reprinted = await recordReprint(db, { of: rounded, operator: CASHIER, at: AT });
  expect(reprinted.kind).toBe('saved');
  await day.saved(
    recordInShift(db, 'cash-moved', {
      ...by,
      id: day.id(),
      direction: 'out',
      amount: money(45_000),
      reason: 'expense',
      note: 'Milk',
      approvedBy: null,
    }),
  );
  await day.saved(
    countDrawer(db, { ...by, id: day.id(), counted: money(1), pieces: [], terminal: [] }),
  );
  const counted = money(expectedOf(await sinceOpening(shop)).expected - 1_234);
  const { totals } = expectedOf(await sinceOpening(shop));
  const terminal = [
    { kind: 'card', counted: byTerminal(totals, 'card') - 700 },
    { kind: 'transfer', counted: byTerminal(totals, 'transfer') },
  ] as const;
  await day.saved(countDrawer(db, { ...by, id: day.id(), counted, pieces: [], terminal }));
  const waiting = receiptOf(id(990), { bread: 2, tenders: [] });
  const draft = { place: 'goods', checkout: NEW_CHECKOUT, askedBy: null, begun: false } as const;
  await holdDraft(db, { receipt: waiting, ...draft }, AT);
  await day.saved(
    closeShift(db, { ...by, id: day.id(), left: money(90_000), reason: 'wrong-change' }),
  );
}

/** What came by card or transfer, less what was given back. */
function byTerminal(totals: ShiftTotals, kind: 'card' | 'transfer'): number {
  const { sales, repayments, repaymentsCancelled, overpayments, returns } = totals;
  const back = repaymentsCancelled[kind] + overpayments[kind] + returns[kind];
  const corrected = totals.tendersCorrected.map(
    ({ from, to, amount }) => (to === kind ? amount : 0) - (from === kind ? amount : 0),
  );
  return corrected.reduce((all, one) => all + one, sales[kind] + repayments[kind] - back);
}

async function sinceOpening(shop: Shop): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of wholeJournal(shop.db)) entries.push(entry);
  return entries.slice(entries.findLastIndex(({ act }) => act === 'shift-opened'));
}

function expectedOf(entries: readonly Entry[]) {
  const [opening] = entries as [EntryOf<'shift-opened'>];
  return expectedShift(entries, opening.body.float);
}

/** The findings of the verification, which projects every entry again. */
async function findings({ db }: Shop): Promise<unknown> {
  const till = await tillIn(db);
  if (!isEnrolled(till)) expect.fail('no till');
  const judge = new ProofJudge(till);
  const how = { signal: new AbortController().signal, onprogress: () => {} };
  return (await verify(db, till, (entry) => judge.judge(entry), how))?.findings;
}

/** The paths of all numbers that are zero. */
function zeros(of: unknown, path = ''): string[] {
  if (of === 0) return [path];
  if (typeof of !== 'object' || of === null) return [];
  return Object.entries(of).flatMap(([key, each]) =>
    zeros(each, path === '' ? key : `${path}.${key}`),
  );
}

/** Screens of this test do not know the staff: the operator who allowed it. */
const NOBODY = 'no longer on the staff list';

/** The sums on the shift's screen; each is what the lines above it add up to. */
function addedUp(screen: HTMLElement): string[] {
  const figureOf = (line: Element): number =>
    Number(line.lastElementChild?.textContent.replaceAll(',', '').replace('−', '-'));
  return [...screen.querySelectorAll('.columns .card')].flatMap((card) => {
    const sums: string[] = [];
    let all = 0;
    for (const line of card.querySelectorAll('li')) {
      const text = line.firstElementChild?.textContent ?? '';
      if (text === 'Sales less returns') continue;
      if (line.classList.contains('strong')) {
        expect([text, figureOf(line)]).toEqual([text, Math.round(all * 100) / 100]);
        sums.push(text);
        all = 0;
      } else all += figureOf(line);
    }
    return sums;
  });
}

test('every figure of the Z report is a sum of the entries of its shift', async () => {
  const shop = await openShop();
  await wholeDay(shop);
  const entries = await sinceOpening(shop);
  const close = entries.at(-1) as EntryOf<'shift-closed'>;
  const { totals, expected } = expectedOf(entries);
  expect(close.body.totals).toEqual(totals);
  expect(close.body).toMatchObject({ expected, difference: -1_234, left: 90_000 });
  expect(close.body.onHold).toEqual({ count: 1, amount: 20_000 });
  // the day has every kind of act, so no figure is right merely because it is zero
  const { byPerson, confirmed, ...sums } = totals;
  expect(zeros(sums)).toEqual(['repaymentsCancelled.withheld', 'overpayments.card']);
  expect(zeros({ code: confirmed.code, override: confirmed.override })).toEqual([]);
  expect(byPerson).toHaveLength(3);

  const rows = reportRows({ kind: 'z', entry: close, edition: 'original' }, POLICY);
  const figures = rows.flatMap((row) =>
    row.kind === 'pair' || row.kind === 'sum'
      ? [[row.text, row.figure.replaceAll('\u00a0', ' ')] as const]
      : [],
  );
  expect(figures).toEqual(
    paperOf(totals, close.body, { float: 100_000, sign: '₽', nameOf: () => NOBODY }),
  );

  const { container } = await render(Totals, {
    totals,
    onHold: close.body.onHold,
    currency: POLICY.shop.currency,
    cash: 'shown',
  });
  expect(addedUp(container)).toEqual([
    ...['Total', 'Change of debt', 'Change of points', `Returns · ${totals.returns.count}`],
    ...['By card in this shift', 'By transfer in this shift'],
  ]);

  const paper = await render(Slip, { rows, widthMm: 80 });
  expect(paper.container.textContent).toContain('By card in this shift');
  expect(await findings(shop)).toEqual([]);
});
