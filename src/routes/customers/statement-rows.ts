// The statement of an account: its rows on paper, and its table for spreadsheets.
import { pointsIn } from '$lib/domain/customers/loyalty';
import { ageInDays, dueAtOf, isOverdue } from '$lib/domain/customers/debts';
import {
  formatAmount,
  formatMoney,
  money,
  subtract,
  ZERO,
  type Money,
} from '$lib/domain/values/money';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import type { Movement, Statement } from '$lib/storage/customers/statement';
import { knownEntry } from '$lib/proof/known-entry';
import { till } from '$lib/state/till.svelte';
import { formatAge, formatDay, formatDateTime, localeOf } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';
import { actWords, debtWords } from '../shared/words/act-words';
import { csvAmount, csvMoment, csvWords } from '../shared/files/csv';
import type { SlipRow } from '../shared/receipt/slip';

/** What happened: `Sale on account`, `Debt payment · cash · +9 points`. */
export function movementWords({ entry, delta }: Movement<number>): string {
  const known = entry === null ? null : knownEntry(entry);
  if (entry === null || known === null) return t().repayment.otherEntry;
  if (known.act === 'sale') return t().journal.onAccount;
  if (known.act === 'customers-imported')
    return delta > 0 ? t().journal.openingDebt : actWords({ entry, moved: null });
  if (known.act !== 'repayment') return actWords({ entry, moved: null });
  const { tenders, earned } = known.body;
  const ways = tenders.map(({ kind }) => t().repayment.byKind[kind]);
  const points = earned.length === 0 ? '' : ` · +${t().common.points(pointsIn(earned))}`;
  return `${t().journal.acts.repayment} · ${ways.join(', ')}${points}`;
}

/** The number of the sale's receipt; empty for other acts. */
export function receiptOf({ entry }: Pick<Movement, 'entry'>): string {
  const known = entry === null ? null : knownEntry(entry);
  return known?.act === 'sale' ? till.printedNumber(known.till, known.body.number) : '';
}

type Whose = { readonly name: string; readonly at: number };

const RULE = { kind: 'rule' } as const;

/** The rows on paper. They begin when the customer last owed nothing, if the statement goes back that far. */
export function statementRows(
  statement: Statement,
  { name, at }: Whose,
  { shop, credit }: VerifiedPolicy,
): SlipRow[] {
  const words = t().repayment.statement;
  const locale = localeOf(language.current);
  const amount = (sum: Money) => formatAmount(sum, shop.currency, locale).replace('-', '−');
  const { open, owed, weOwe } = statement;
  const total = weOwe > ZERO ? { text: words.weOwe, sum: weOwe } : { text: words.owed, sum: owed };
  const since = statement.movements.findIndex(({ delta, after }) => subtract(after, delta) <= 0);
  const movements = statement.movements.slice(0, since === -1 ? undefined : since + 1).toReversed();
  const [oldest] = movements;
  const before = oldest === undefined ? ZERO : subtract(oldest.after, oldest.delta);
  return [
    { kind: 'heading', text: shop.name },
    { kind: 'centred', text: words.heading },
    { kind: 'centred', text: words.on(formatDateTime(at, language.current)) },
    { kind: 'note', text: `${t().receipt.customer}: ${name}` },
    RULE,
    { kind: 'sum', text: total.text, figure: formatMoney(total.sum, shop.currency, locale) },
    ...(open.length === 0 ? [] : [RULE, { kind: 'note', text: words.consists } as const]),
    ...open.flatMap((debt): SlipRow[] => {
      const { made, entry, left } = debt;
      const day = (when: number) => formatDay(when, at, language.current);
      const { dueBy, of, overdue } = t().repayment;
      const dueAt = dueAtOf(debt, credit.dueDays);
      const more = [
        formatAge(ageInDays(made.at, at), language.current),
        made.amount === left ? '' : of(amount(money(made.amount))),
        dueAt === null ? '' : dueBy(day(dueAt)),
        isOverdue(debt, at, credit.dueDays) ? overdue : '',
      ];
      return [
        { kind: 'pair', text: `${day(made.at)} · ${debtWords(entry)}`, figure: amount(left) },
        { kind: 'note', text: more.filter((part) => part !== '').join(' · ') },
      ];
    }),
    ...(movements.length === 0
      ? []
      : [
          RULE,
          { kind: 'note', text: words.movements } as const,
          ...(before === ZERO
            ? []
            : [{ kind: 'pair', text: words.before, figure: amount(before) } as const]),
        ]),
    ...movements.flatMap((movement): SlipRow[] => {
      const { at: when, delta, after } = movement;
      const number = receiptOf(movement);
      const what = [formatDay(when, at, language.current), movementWords(movement), number];
      return [
        { kind: 'note', text: what.filter((part) => part !== '').join(' · ') },
        {
          kind: 'pair',
          text: delta > 0 ? `+${amount(delta)}` : amount(delta),
          figure: amount(after),
        },
      ];
    }),
  ];
}

/** The table: open debts, an empty line, then all movements, oldest first. Each part has a header line. */
export function statementTable(
  { open, movements }: Statement,
  { credit }: VerifiedPolicy,
): string[][] {
  const { columns } = t().repayment.statement;
  const tillName = (id: string) => csvWords(till.otherTill(id) ?? till.identity?.name ?? '');
  const debts = open.map((debt) => {
    const { made, entry, left } = debt;
    const dueAt = dueAtOf(debt, credit.dueDays);
    return [
      csvMoment(made.at),
      debtWords(entry),
      receiptOf({ entry }),
      tillName(made.till),
      csvAmount(money(made.amount)),
      csvAmount(left),
      dueAt === null ? '' : csvMoment(dueAt).slice(0, 10),
    ];
  });
  const { at, what, number, till: where, amount, left, due, after } = columns;
  return [
    ...(debts.length === 0 ? [] : [[at, what, number, where, amount, left, due], ...debts, []]),
    [at, what, number, where, amount, after],
    ...movements
      .toReversed()
      .map((movement) => [
        csvMoment(movement.at),
        movementWords(movement),
        receiptOf(movement),
        tillName(movement.till),
        csvAmount(movement.delta),
        csvAmount(movement.after),
      ]),
  ];
}
