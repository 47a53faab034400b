// The sentences in which a till reports losses after damage,
// and the sales that they account for.
import { disk, errors } from '$lib/ui/text/en/errors';
import { damagedJournal, firstRun } from '$lib/ui/text/en/first-run';
import { journalUpload } from '$lib/ui/text/en/status';
import { tender } from '$lib/ui/text/en/till';

/** A sale that is not on the disk any more. */
export type Missing = { readonly seq: number; readonly number: number };

/** Shown if the till's records cannot be used; the last two: it begins as a new device, or is connected again. */
const WITHOUT_RECORDS: readonly string[] = [
  disk.unreadable,
  disk.lost,
  disk.damagedText,
  damagedJournal.text,
  errors.storage['database-unreadable'],
  firstRun.languageTitle,
  journalUpload.reEnrolTitle,
];

/** Says that entries are missing, without their numbers: the relay has more of the journal than the till. */
const REJECTED = journalUpload.banner;

/** Titles of the screen and of the dialogue when an act is not saved or not read. */
export const NOT_SAVED: readonly string[] = [
  tender.notSavedTitle,
  tender.undecidedTitle,
  errors.notRead,
  errors.storage['disk-full'],
  errors.storage.failed,
];

/** Placeholders for the numbers of a sentence that is searched for. */
const GAPS = ['987654321', '987654322'] as const;

/** The values in the gaps of a sentence, wherever the screen shows it. */
function gapsIn(said: string, sentence: (...gaps: [string, string]) => string): string[][] {
  const escaped = sentence(...GAPS).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = GAPS.reduce((text, gap) => text.replace(gap, '(.+?)'), escaped);
  return [...said.matchAll(new RegExp(pattern, 'g'))].map(([, ...gaps]) => gaps);
}

/** `1-000005, 1-000007–1-000009` or `5, 7–9`: whether a number is one of them. */
function isIn(list: string, number: number): boolean {
  return list.split(', ').some((range) => {
    const [from = NaN, to = from] = range.split('–').map(numberOf);
    return from <= number && number <= to;
  });
}

/** `1-000005` or `5`. */
const numberOf = (written: string): number => Number(written.replace(/^.*-/, ''));

/** Whether the screen says that the database was rebuilt from the journal file, with any number of entries. */
export const saysRebuilt = (said: string): boolean => {
  for (let entries = 1; entries < 1000; entries++)
    if (said.includes(disk.rebuilt(entries))) return true;
  return false;
};

/** Whether a till that says this uploads nothing until it is connected again. */
export function asksToConnect(said: string): boolean {
  const differs = gapsIn(said, (seq) => disk.differ(Number(seq)));
  const behind = gapsIn(said, (seq) => disk.behind(Number(seq)));
  const isShutOut = said.includes(REJECTED);
  return saysRebuilt(said) || isShutOut || differs.length + behind.length > 0;
}

/** Whether the screen has a sentence that a till shows only for permanent losses. Damage to one copy must show none. */
export function saysLost(said: string): boolean {
  return [disk.lost, disk.unreadable, disk.missing].some((sentence) => said.includes(sentence));
}

/** The missing sales that no sentence on the screen names, by entry or by receipt number. */
export function untold<M extends Missing>(said: string, missing: readonly M[]): M[] {
  if ([...WITHOUT_RECORDS, REJECTED].some((sentence) => said.includes(sentence))) return [];
  const entries = [
    ...gapsIn(said, (numbers) => disk.setAsideEntries(numbers)),
    ...gapsIn(said, (numbers) => disk.missingEntries(numbers)),
  ].map(([list = '']) => list);
  const receipts = gapsIn(said, (numbers) => disk.missingReceipts(numbers)).map(
    ([list = '']) => list,
  );
  const skipped = gapsIn(said, (next, from) => disk.skipped(from, next));
  const behind = gapsIn(said, (seq) => disk.behind(Number(seq)));
  return missing.filter(
    ({ seq, number }) =>
      !entries.some((list) => isIn(list, seq)) &&
      !receipts.some((list) => isIn(list, number)) &&
      // `skipped` names the next number first
      !skipped.some(
        ([next = '', from = '']) => numberOf(from) <= number && number < numberOf(next),
      ) &&
      !behind.some(([last]) => seq <= Number(last)),
  );
}
