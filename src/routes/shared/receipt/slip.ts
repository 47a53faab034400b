// The rows of a receipt from its entry and its tenders as they are now: screen, paper, text.
import type { Entry } from '$lib/contract/journal';
import type { DiscountOfLine, SaleBody } from '$lib/contract/acts/sale';
import { moneyOf } from '$lib/domain/acts/money/return';
import { skipRight } from '$lib/domain/consent/override';
import { vatSums } from '$lib/domain/receipt/fiscal';
import { DAY_MS } from '$lib/domain/values/durations';
import { exhausted } from '$lib/domain/values/invariant';
import { formatAmount, formatMoney, money } from '$lib/domain/values/money';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { discountOf, percentText } from '$lib/domain/receipt/discounts';
import { receiptCode, type Edition } from '$lib/domain/values/receipt-number';
import { formatQuantity, quantity } from '$lib/domain/values/quantity';
import { isSameMoney, MONEY_KINDS, type MoneyParts } from '$lib/domain/values/settlement';
import { writeReserveCode } from '$lib/domain/consent/reserve-code';
import type { BalanceAt } from '$lib/storage/customers/balance-at';
import { formatCount, formatDate, formatDateTime, localeOf } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';
import { operatorWords } from '../words/act-words';
import { isOfDemo, proofWords } from '../proof/proof-words';
import type { ProvenAct } from '$lib/storage/journal/proof-judge';

export type SlipRow =
  | { readonly kind: 'heading' | 'centred' | 'note' | 'loud'; readonly text: string }
  | { readonly kind: 'pair' | 'sum'; readonly text: string; readonly figure: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'rule' };

/** What is printed: a stored sale with its proofs. */
export type Slip = {
  readonly entry: Entry;
  readonly body: SaleBody;
  /** The money that pays the sale now: as its entry says, or as it was corrected. Minor units without change. */
  readonly paid: MoneyParts;
  readonly proofs: readonly ProvenAct[];
  /** The customer's balances; null without a customer. */
  readonly around: BalanceAt | null;
  /** Null: no customer, or no card here. */
  readonly customer: string | null;
  /** As printed: `3-000123`. */
  readonly number: string;
  readonly till: string;
  readonly edition: Edition;
};

export const RULE = { kind: 'rule' } as const;

/** Number of printed hash characters. It is large enough that nobody can pass off another entry with the same ones. */
const TAG = 8;

export function slipRows(slip: Slip, { shop }: VerifiedPolicy): SlipRow[] {
  const words = t().receipt;
  const locale = localeOf(language.current);
  const amount = (minor: number) => formatAmount(money(minor), shop.currency, locale);
  const sum = (minor: number) => formatMoney(money(minor), shop.currency, locale);
  const { entry, body, paid, proofs } = slip;
  return [
    ...headRows(slip, shop.name, words.number(slip.number)),
    { kind: 'note', text: words.operator(operatorWords(entry.operator)) },
    RULE,
    ...lineRows(body, amount),
    RULE,
    ...sumRows({ body, paid }, amount, sum),
    ...dueRows(slip),
    ...standingRows(slip, amount),
    ...(proofs.length > 0 ? [RULE] : []),
    ...proofs.flatMap((proven) => proofRows(proven, sum)),
    ...tagRows(entry),
    { kind: 'code', text: receiptCode(slip.number, entry.hash, slip.edition) },
  ];
}

/** The first rows: shop, edition, kind of paper, time and till. */
export function headRows(
  { entry, till, edition }: Pick<Slip, 'entry' | 'till' | 'edition'>,
  shop: string,
  what: string,
): SlipRow[] {
  const words = t().receipt;
  return [
    { kind: 'heading', text: shop },
    ...(edition === 'copy' ? [{ kind: 'loud', text: words.copy } as const] : []),
    { kind: 'centred', text: what },
    { kind: 'centred', text: formatDateTime(entry.at, language.current) },
    { kind: 'note', text: words.till(till) },
  ];
}

/** The row that identifies the entry by its hash. */
export function tagRows({ hash, seq }: Entry): SlipRow[] {
  return [RULE, { kind: 'centred', text: t().receipt.tag(hash.slice(0, TAG), String(seq)) }];
}

type Write = (minor: number) => string;

/** An amount with its sign, for amounts that are added or deducted. */
export const signedOf = (minor: number, amount: Write): string =>
  `${minor < 0 ? '−' : '+'}${amount(Math.abs(minor))}`;

/** `Discount 10 %`, `Receipt discount`, `Automatic discount “Happy hour” 10 %`. */
export function discountWords(
  { from, rule, basisPoints }: DiscountOfLine,
  { byRules }: Pick<SaleBody, 'byRules'>,
): string {
  const words = t().receipt;
  const byHand = from === 'receipt' ? words.receiptDiscount : words.discount;
  const called = byRules?.names.find((each) => each.rule === rule)?.name;
  const name = called === undefined ? byHand : t().till.discounts.automatic(called);
  if (basisPoints === null) return name;
  return `${name} ${percentText(basisPoints).replace('.', t().common.decimalMark)} %`;
}

function lineRows(body: SaleBody, amount: Write): SlipRow[] {
  const words = t().receipt;
  const locale = localeOf(language.current);
  return body.lines.flatMap((line): SlipRow[] => {
    const bare = formatQuantity(quantity(line.quantity), line.unit, locale);
    // pieces are shown without a unit
    const count = line.unit === 'piece' ? bare : `${bare} ${t().common.units[line.unit]}`;
    const price = words.line(count, amount(line.unitPrice));
    return [
      { kind: 'note', text: line.name },
      { kind: 'pair', text: price, figure: amount(line.total + discountOf(line)) },
      ...(line.priceFrom === 'free' ? [{ kind: 'note', text: words.customPrice } as const] : []),
      ...(line.priceFrom === 'scale' ? [{ kind: 'note', text: words.labelPrice } as const] : []),
      ...line.discounts.map((each): SlipRow => ({
        kind: 'pair',
        text: discountWords(each, body),
        figure: amount(-each.amount),
      })),
    ];
  });
}

function sumRows(
  { body, paid }: Pick<Slip, 'body' | 'paid'>,
  amount: Write,
  sum: Write,
): SlipRow[] {
  const words = t().receipt;
  const pair = (text: string, figure: string): SlipRow => ({ kind: 'pair', text, figure });
  const isCorrected = !isSameMoney(moneyOf(body), paid);
  // change was given of cash that, once corrected, was never handed over
  const changeDue = isCorrected ? 0 : body.changeDue;
  const tenders = isCorrected
    ? [
        ...body.tenders.filter(({ kind }) => kind === 'points'),
        ...MONEY_KINDS.map((kind) => ({ kind, amount: paid[kind] })).filter((of) => of.amount > 0),
      ]
    : body.tenders;
  return [
    { kind: 'sum', text: words.total, figure: sum(body.total) },
    ...vatSums(body.lines).flatMap(({ vat, tax }) =>
      vat === 'none' ? [] : [pair(words.withinIt(t().common.vat(vat)), amount(tax))],
    ),
    ...(body.rounding === 0 ? [] : [pair(words.rounding, signedOf(body.rounding, amount))]),
    ...tenders.map((tender) =>
      tender.kind === 'points'
        ? pair(words.pointsTaken(t().common.points(tender.points)), amount(tender.amount))
        : pair(t().tender.kinds[tender.kind], amount(tender.amount)),
    ),
    ...(changeDue > 0 ? [pair(words.change, amount(changeDue))] : []),
    ...(isCorrected ? [{ kind: 'note', text: words.tendersCorrected } as const] : []),
    ...(body.onAccount > 0
      ? [{ kind: 'sum', text: words.onAccount, figure: sum(body.onAccount) } as const]
      : []),
  ];
}

/** Rows that say when the amount on account is due. */
function dueRows({ entry, body: { dueDays } }: Slip): SlipRow[] {
  if (dueDays === null) return [];
  const by = formatDate(entry.at + dueDays * DAY_MS, language.current);
  return [{ kind: 'pair', text: t().receipt.dueBy, figure: by }];
}

function standingRows({ body, around, customer }: Slip, amount: Write): SlipRow[] {
  if (around === null) return [];
  const words = t().receipt;
  const { before, after } = around;
  const count = (n: number) => formatCount(n, language.current);
  const pair = (text: string, figure: string): SlipRow => ({ kind: 'pair', text, figure });
  const redeemed = body.tenders.find((tender) => tender.kind === 'points')?.points ?? 0;
  const hasDebt = before.owed !== 0 || after.owed !== 0;
  const hasPoints = before.points !== 0 || after.points !== 0;
  return [
    RULE,
    ...(customer === null
      ? []
      : [{ kind: 'note', text: `${words.customer}: ${customer}` } as const]),
    ...(hasDebt
      ? [pair(words.debtBefore, amount(before.owed)), pair(words.debtAfter, amount(after.owed))]
      : []),
    ...(hasPoints ? [pair(words.pointsBefore, count(before.points))] : []),
    ...(redeemed > 0 ? [pair(words.pointsRedeemed, count(redeemed))] : []),
    ...(body.pointsEarned > 0 ? [pair(words.pointsEarned, count(body.pointsEarned))] : []),
    ...(hasPoints ? [pair(words.pointsAfter, count(after.points))] : []),
  ];
}

/** One act of the customer with its proof. Without a code, bold rows say who allowed it, by which right and why. */
function proofRows({ confirmation, proof }: ProvenAct, sum: Write): SlipRow[] {
  const words = t().receipt;
  const note = (text: string): SlipRow => ({ kind: 'note', text });
  const act: SlipRow = {
    kind: 'pair',
    text: t().code.actions[confirmation.action],
    figure: sum(confirmation.amount),
  };
  // in a line of its own, because a word at the end of a line is easily missed on paper
  const demo: SlipRow[] = isOfDemo(proof) ? [{ kind: 'loud', text: words.demo }] : [];
  switch (proof.kind) {
    case 'override': {
      const { because, note: said } = proof;
      const reason = t().proof.because[because];
      return [
        { kind: 'loud', text: words.withoutCode },
        act,
        note(words.allowedBy(operatorWords(proof.by))),
        note(words.byRight(t().rights.names[skipRight(confirmation.action)])),
        ...(proof.askedBy === proof.by ? [] : [note(words.askedBy(operatorWords(proof.askedBy)))]),
        note(words.reason(said === null ? reason : `${reason} (${said})`)),
      ];
    }
    case 'reserve-code':
    case 'demo-reserve-code':
      return [
        ...demo,
        act,
        note(proofWords(proof)),
        note(words.reserveCode(writeReserveCode(proof.code))),
      ];
    case 'demo-code':
    case 'code':
    case 'wrong-signature':
    case 'other-act':
    case 'wrong-reserve-code':
    case 'not-required':
    case 'none':
    case 'by-right':
      return [...demo, act, note(proofWords(proof))];
    default:
      return exhausted(proof);
  }
}

const WIDTH = 32;

/** As plain text in 32 columns, for messages or notes. */
export function slipText(rows: readonly SlipRow[]): string {
  return rows
    .map((row) => {
      switch (row.kind) {
        case 'rule':
          return '-'.repeat(WIDTH);
        case 'pair':
        case 'sum': {
          const gap = WIDTH - row.text.length - row.figure.length;
          return gap > 0
            ? `${row.text}${' '.repeat(gap)}${row.figure}`
            : `${row.text}\n${row.figure.padStart(WIDTH)}`;
        }
        default:
          return row.text;
      }
    })
    .join('\n');
}
