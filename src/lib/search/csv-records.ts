// Splits text slices into records of cells, each with its line number.
// A broken quote affects only its own line, not the rest of the file.
import Papa from 'papaparse';

export const SEPARATORS = [';', '\t', ',', '|'] as const;
export type Separator = (typeof SEPARATORS)[number];

export type CsvRecord =
  | { readonly kind: 'cells'; readonly row: number; readonly cells: readonly string[] }
  | { readonly kind: 'broken'; readonly row: number; readonly text: string };

/** A quoted cell may span lines, but not this many: a longer one is an unclosed quote. */
const MOST_LINES = 50;
const MOST_LETTERS = 1 << 16;

type Parsed = {
  readonly data: readonly (readonly string[])[];
  readonly errors: readonly { readonly code?: string }[];
};

export class CsvRecords {
  readonly #separator: Separator;
  readonly #parser: { parse(input: string, from: number, ignoreLast: boolean): unknown };
  /** Text after the last complete line. */
  #rest = '';
  /** Lines of a record with an open quote, and the number of the first. */
  #open: string[] = [];
  #openRow = 0;
  #row = 0;

  constructor(separator: Separator) {
    this.#separator = separator;
    this.#parser = new Papa.Parser({ delimiter: separator, newline: '\n', quoteChar: '"' });
  }

  /** Adds text; returns the records it completes. Blank lines are left out, but count in line numbers. */
  push(text: string): CsvRecord[] {
    // one list per slice: a generator per line would cost more than the line
    const records: CsvRecord[] = [];
    let whole = this.#rest + text;
    // the line feed of a split \r\n may be in the next slice
    const held = whole.endsWith('\r') ? '\r' : '';
    if (held !== '') whole = whole.slice(0, -1);
    const lines = (whole.includes('\r') ? whole.replace(/\r\n?/g, '\n') : whole).split('\n');
    this.#rest = (lines.pop() ?? '') + held;
    for (const line of lines) this.#take(line, records);
    return records;
  }

  /** The last record, if the file does not end with a line break. */
  end(): CsvRecord[] {
    const records: CsvRecord[] = [];
    const rest = this.#rest.replace(/\r$/, '');
    this.#rest = '';
    if (rest !== '') this.#take(rest, records);
    while (this.#open.length > 0) this.#giveUp(records);
    return records;
  }

  #take(line: string, records: CsvRecord[]): void {
    this.#row++;
    if (this.#open.length === 0) {
      if (line.includes('"')) this.#quoted([line], this.#row, records);
      else if (/\S/.test(line)) records.push(this.#cells(this.#row, line.split(this.#separator)));
      return;
    }
    this.#open.push(line);
    if (line.includes('"')) this.#quoted(this.#open, this.#openRow, records);
    else if (this.#isTooLong()) this.#giveUp(records);
  }

  #quoted(lines: string[], row: number, records: CsvRecord[]): void {
    const { data, errors } = this.#parser.parse(lines.join('\n'), 0, false) as Parsed;
    if (errors.length === 0) {
      this.#open = [];
      records.push(this.#cells(row, data[0] ?? []));
      return;
    }
    this.#open = lines;
    this.#openRow = row;
    const isOpen = errors.every(({ code }) => code === 'MissingQuotes');
    if (!isOpen || this.#isTooLong()) this.#giveUp(records);
  }

  /** Treats the first line as broken and parses the following ones again. */
  #giveUp(records: CsvRecord[]): void {
    const [first = '', ...others] = this.#open;
    const row = this.#openRow;
    this.#open = [];
    records.push({ kind: 'broken', row, text: first });
    this.#row = row;
    for (const line of others) this.#take(line, records);
  }

  #isTooLong(): boolean {
    if (this.#open.length > MOST_LINES) return true;
    let letters = 0;
    for (const line of this.#open) letters += line.length;
    return letters > MOST_LETTERS;
  }

  #cells(row: number, cells: readonly string[]): CsvRecord {
    return { kind: 'cells', row, cells };
  }
}

/** All records of a text. */
export function recordsOf(text: string, separator: Separator): CsvRecord[] {
  const records = new CsvRecords(separator);
  return [...records.push(text), ...records.end()];
}

/**
 * The separator that gives most lines the same number of cells, more than one. Of equal separators the one with more cells,
 * because a decimal comma splits as evenly as a semicolon, but into fewer cells. Excel's `sep=;` in the first line takes
 * precedence.
 */
export function detectSeparator(sample: string): Separator {
  const said = /^sep=(.)\r?\n/i.exec(sample)?.[1];
  const known = SEPARATORS.find((each) => each === said);
  if (known !== undefined) return known;
  let best: Separator = ';';
  let highest = 0;
  for (const separator of SEPARATORS) {
    const widths = new Map<number, number>();
    let records = 0;
    for (const record of recordsOf(sample, separator)) {
      records++;
      const width = record.kind === 'cells' ? record.cells.length : 1;
      widths.set(width, (widths.get(width) ?? 0) + 1);
    }
    for (const [width, times] of widths) {
      const score = width > 1 ? times / records + Math.min(width, 50) / 200 : 0;
      if (score > highest) {
        highest = score;
        best = separator;
      }
    }
  }
  return best;
}
