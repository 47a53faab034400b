// Costs of codes from the relay: day ranges, sums per currency and per day, and the CSV file.
import { csvWords } from '../shared/files/csv';
import type { CostRow } from '$lib/contract/provider';
import { addDecimals } from '$lib/domain/values/decimal';

export type Span = 'week' | 'month' | 'quarter' | 'year';

const DAYS = { week: 7, month: 30, quarter: 90, year: 365 } as const satisfies Record<Span, number>;
const DAY_MS = 86_400_000;

/** The day in this time zone: `2026-11-25`. */
export function dayOf(at: number, zone: string): string {
  // the Swedish date format is the same as ISO 8601
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(at);
}

/** The last days up to today, inclusive. */
export function daysOf(span: Span, now: number, zone: string): { from: string; to: string } {
  const to = dayOf(now, zone);
  // count in UTC, where no day has 23 or 25 hours
  const from = Date.parse(`${to}T00:00:00Z`) - (DAYS[span] - 1) * DAY_MS;
  return { from: new Date(from).toISOString().slice(0, 10), to };
}

export type CostSum = {
  readonly currency: string | null;
  readonly messages: number;
  /** Number of messages for which the service reported no cost. */
  readonly unpriced: number;
  /** The exact sum; null if the service reported none. */
  readonly cost: string | null;
};

/** Sums by currency. Sums of different currencies are never added. */
export function sumCosts(rows: readonly CostRow[]): CostSum[] {
  return [...new Set(rows.map(({ currency }) => currency))].map((currency) =>
    rows
      .filter((row) => row.currency === currency)
      .reduce<CostSum>(
        (total, row) => ({
          currency,
          messages: total.messages + row.messages,
          unpriced: total.unpriced + row.unpriced,
          cost: plus(total.cost, row.cost),
        }),
        { currency, messages: 0, unpriced: 0, cost: null },
      ),
  );
}

function plus(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return addDecimals(a, b);
}

export type CsvWords = {
  readonly head: readonly string[];
  readonly channel: (channel: CostRow['channel']) => string;
  readonly provider: (id: string) => string;
  /** The language's decimal separator; with a comma, semicolons separate columns, as spreadsheets there expect. */
  readonly decimalMark: string;
};

/** The table as CSV (RFC 4180), with a byte order mark for spreadsheets. */
export function costsCsv(rows: readonly CostRow[], words: CsvWords): string {
  const divider = words.decimalMark === ',' ? ';' : ',';
  const lines = rows.map((row) => [
    row.day,
    text(words.channel(row.channel)),
    text(words.provider(row.provider)),
    String(row.messages),
    String(row.unpriced),
    row.cost?.replace('.', words.decimalMark) ?? '',
    text(row.currency ?? ''),
  ]);
  return `\uFEFF${[words.head.map(text), ...lines].map((cells) => cells.join(divider)).join('\r\n')}\r\n`;
}

/** Quotes the value; keeps a spreadsheet from reading it as a formula. */
function text(value: string): string {
  return `"${csvWords(value).replaceAll('"', '""')}"`;
}
