// Damages one copy of the journal as failing flash does: flipped bits, truncated or zeroed files.
// Works on the files, without a browser.
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Copy } from './copies';

export const DAMAGES = ['bits turned', 'cut in half', 'header zeroed', 'gone'] as const;
/** `page size changed`: of SQLite; it opens, and long rows cannot be read. */
export type Damage = (typeof DAMAGES)[number] | 'page size changed';

/** Bytes flipped at one place, and zeroed at the beginning. */
const TURNED = 64;
const HEADER = 4096;

/** Damages one file of that copy whose name matches `which`; no browser may have the profile open. Returns its name. */
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
    case 'page size changed':
      // the bytes reserved at the end of each page (https://sqlite.org/fileformat.html)
      bytes[20] = (bytes[20] ?? 0) ^ 0xff;
      writeFileSync(file, bytes);
      break;
    case 'gone':
      rmSync(file);
  }
  return `${basename(file)} ${how}`;
}

/** Files of the copy: for LevelDB log, tables, manifest and pointer; for SQLite the database and its log. */
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
