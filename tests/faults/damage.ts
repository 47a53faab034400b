// Damage to one copy of the journal as a failing flash does it: bits turned, a file cut short, a header gone. Of files on the disk, past every browser.
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Copy } from './copies';

export const DAMAGES = ['bits turned', 'cut in half', 'header zeroed', 'gone'] as const;
export type Damage = (typeof DAMAGES)[number];

/** Bytes turned at one place, and zeroed at the beginning. */
const TURNED = 64;
const HEADER = 4096;

/** Damages one file of that copy, of those named like `which`, in a profile no browser has open; says which. */
export function damage(
  profile: string,
  copy: Copy,
  how: Damage,
  random: () => number,
  which = /./,
): string {
  const files = filesOf(profile, copy).filter((path) => which.test(basename(path)));
  const file = files[Math.floor(random() * files.length)];
  if (file === undefined) throw new Error(`there is no ${copy} in ${profile}`);
  const bytes = readFileSync(file);
  switch (how) {
    case 'bits turned': {
      const from = Math.floor(random() * Math.max(1, bytes.length - TURNED));
      for (let at = from; at < Math.min(bytes.length, from + TURNED); at++)
        bytes[at] = (bytes[at] ?? 0) ^ 0xff;
      writeFileSync(file, bytes);
      break;
    }
    case 'cut in half':
      truncateSync(file, Math.floor(bytes.length / 2));
      break;
    case 'header zeroed':
      writeFileSync(file, bytes.fill(0, 0, Math.min(HEADER, bytes.length)));
      break;
    case 'gone':
      rmSync(file);
  }
  return `${basename(file)} ${how}`;
}

/** Files that hold the copy: of LevelDB its log, tables, manifest and pointer; of SQLite the database and its log. */
function filesOf(profile: string, copy: Copy): string[] {
  const root = join(profile, 'Default');
  const files = readdirSync(root, { recursive: true })
    .map((name) => join(root, String(name)))
    .filter((path) => statSync(path).isFile() && statSync(path).size > 0)
    .sort();
  return copy === 'database'
    ? files.filter((path) => /IndexedDB/i.test(path) && !/\/(LOG|LOCK)(\.old)?$|\.blob/.test(path))
    : files.filter((path) => /File System/.test(path) && holdsJournal(path));
}

const holdsJournal = (path: string): boolean =>
  readFileSync(path).subarray(0, 200).includes('"kind":"head"');
