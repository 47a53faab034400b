// Where the prepared shop lies: the data of its relay and the disk of its till.
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

/** What the prepared till has on its disk. */
export function preparedDisk(): PageDisk {
  return JSON.parse(readFileSync(DISK, 'utf8')) as PageDisk;
}
