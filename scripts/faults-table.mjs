// Prints the results of the fault harness as a table: one row per promise, with its rounds summed.
import { existsSync, readFileSync } from 'node:fs';

/** Where the harness stores its results, by `COUNTERFOIL_SCALE`. */
export const fileOf = (scale) => `.cache/faults/${scale}.jsonl`;

/** Every line of the run's results, oldest first. */
export function results(scale) {
  if (!existsSync(fileOf(scale))) return [];
  return readFileSync(fileOf(scale), 'utf8')
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/**
 * Whether a promise held; null if it was not tried, or nothing is promised. A control must lose, double or falsify something; a
 * promise must not. With zero rounds nothing held.
 */
export function held({ kind, rounds, lost, doubled, wrong, broken, skipped }) {
  if (skipped !== null || kind === 'witness') return null;
  return rounds > 0 && !broken && lost + doubled + wrong > 0 === (kind === 'control');
}

function verdict(row) {
  if (row.skipped !== null) return 'not tried';
  if (row.kind === 'witness') return 'not promised';
  if (!held(row)) return 'NO';
  return row.kind === 'control' ? 'yes: it has to fail' : 'yes';
}

/** Printed below the table: faults against which the promises were not tested. */
const NOT_MODELLED = [
  'Not modelled: a disk that reports a flush as done and has not written it;',
  'a disk that writes in another order than requested.',
].join(' ');

/** @returns {string} the table, ready to print */
export function table(rows) {
  const cells = [
    ['promise', 'rounds', 'acknowledged', 'lost', 'doubled', 'wrong', 'held', 'seed'],
    ...rows.map((row) => [
      row.promise,
      ...(row.skipped === null
        ? [row.rounds, row.acknowledged, row.lost, row.doubled, row.wrong]
        : ['-', '-', '-', '-', '-']),
      verdict(row),
      row.skipped === null ? row.seed : row.skipped,
    ]),
  ].map((row) => row.map(String));
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) =>
        column >= 1 && column <= 5 ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd();
  return [line(cells[0]), widths.map((width) => '-'.repeat(width)).join('  ')]
    .concat(cells.slice(1).map(line))
    .concat('', NOT_MODELLED)
    .join('\n');
}
