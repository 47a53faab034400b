// A file of customers: reads its rows by the names of its columns. Stores nothing.
import {
  customerColumns,
  parseCustomerRow,
  type CustomerMapping,
  type CustomerProblem,
  type ListedCustomer,
  type ListRefusal,
  type ListRules,
} from '$lib/domain/customers/customer-list';
import { detectSeparator, recordsOf, type CsvRecord } from './csv-records';
import { detectEncoding, textOf } from './encoding';

/** The most customers of a list. A longer one is refused whole, because it cannot be one shop's customers. */
export const MOST_LISTED = 20_000;
const MOST_BYTES = 16 << 20;

/** `row`: the line of the file, from 1. */
export type ListedRow = { readonly row: number; readonly customer: ListedCustomer };
/** `earlier`: the line with the same number, else null. */
export type ListProblem = CustomerProblem & {
  readonly row: number;
  readonly earlier: number | null;
};

export type CustomerList =
  | {
      readonly kind: 'read';
      readonly customers: readonly ListedRow[];
      readonly refusedRows: number;
      readonly problems: readonly ListProblem[];
    }
  | { readonly kind: 'refused'; readonly because: ListRefusal };

/** The number of first lines among which the header is searched. */
const HEADER_WITHIN = 10;

export async function readCustomerFile(file: Blob, rules: ListRules): Promise<CustomerList> {
  if (file.size > MOST_BYTES) return { kind: 'refused', because: 'too-large' };
  const encoding = detectEncoding(new Uint8Array(await file.arrayBuffer()));
  if (encoding === null) return { kind: 'refused', because: 'not-text' };
  let text = '';
  for await (const slice of textOf(file, encoding)) text += slice.text;
  const records = recordsOf(text, detectSeparator(text));
  if (records.length === 0) return { kind: 'refused', because: 'empty' };
  if (records.length > MOST_LISTED + HEADER_WITHIN)
    return { kind: 'refused', because: 'too-large' };
  const header = headerIn(records);
  if (header === null) return { kind: 'refused', because: 'no-columns' };
  return rowsOf(
    records.filter(({ row }) => row > header.row),
    header.mapping,
    rules,
  );
}

function headerIn(
  records: readonly CsvRecord[],
): { readonly row: number; readonly mapping: CustomerMapping } | null {
  for (const record of records.slice(0, HEADER_WITHIN)) {
    if (record.kind !== 'cells') continue;
    const mapping = customerColumns(record.cells);
    if (mapping.name !== null) return { row: record.row, mapping };
  }
  return null;
}

function rowsOf(
  records: readonly CsvRecord[],
  mapping: CustomerMapping,
  rules: ListRules,
): CustomerList {
  const customers: ListedRow[] = [];
  const problems: ListProblem[] = [];
  const rowOf = new Map<string, number>();
  let refusedRows = 0;
  const refuse = (
    row: number,
    errors: readonly CustomerProblem[],
    earlier: number | null = null,
  ) => {
    refusedRows += 1;
    problems.push(...errors.map((error) => ({ ...error, row, earlier })));
  };
  for (const record of records) {
    const { row } = record;
    if (record.kind === 'broken') {
      refuse(row, [{ column: null, because: 'quoting-broken', text: record.text.slice(0, 80) }]);
      continue;
    }
    if (record.cells.every((cell) => cell.trim() === '')) continue;
    const read = parseCustomerRow(record.cells, mapping, rules);
    if (read.kind === 'refused') {
      refuse(row, read.errors);
      continue;
    }
    const { phone } = read.customer;
    const earlier = phone === null ? undefined : rowOf.get(phone);
    if (phone !== null && earlier !== undefined) {
      refuse(row, [{ column: 'phone', because: 'phone-repeated', text: phone }], earlier);
      continue;
    }
    if (phone !== null) rowOf.set(phone, row);
    customers.push({ row, customer: read.customer });
  }
  return { kind: 'read', customers, refusedRows, problems };
}
