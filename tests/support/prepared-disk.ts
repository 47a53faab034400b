// The place of the prepared shop: its relay's data and its till's disk.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PageDisk } from './page-disk';

export const FOLDER = '.cache/prepared-shop';
const DISK = join(FOLDER, 'till.json');

/** The data folder of the prepared shop's relay, to be copied. */
export const PREPARED_RELAY = join(FOLDER, 'relay');

export function keepPreparedDisk(disk: PageDisk): void {
  writeFileSync(DISK, JSON.stringify(disk));
}

/** The disk of the prepared till. */
export function preparedDisk(): PageDisk {
  return JSON.parse(readFileSync(DISK, 'utf8')) as PageDisk;
}
