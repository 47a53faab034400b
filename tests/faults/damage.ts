// Damages one copy of the journal as failing flash does: flipped bits, truncated or zeroed files.
// Works on the files, without a browser.
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Copy } from './copies';

export const DAMAGES = ['bits turned', 'cut in half', 'header zeroed', 'gone'] as const;
/**
 * `tail cut`: up to a quarter is gone; `cut anywhere`: any part, but never all. For SQLite: `row turned`: bits inside a page of
 * rows are flipped; `page size changed`: the database opens, but long rows cannot be read.
 */
export type Damage =
  (typeof DAMAGES)[number] | 'tail cut' | 'cut anywhere' | 'row turned' | 'page size changed';

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
    case 'bits turned':
      writeFileSync(file, turned(bytes, [0, bytes.length], random));
      break;
    case 'row turned':
      writeFileSync(file, turned(bytes, rowsPage(bytes, random), random));
      break;
    case 'tail cut':
      truncateSync(file, Math.floor(bytes.length * (1 - random() / 4)) - 1);
      break;
    case 'cut anywhere':
      truncateSync(file, Math.max(1, Math.floor(bytes.length * random())));
      break;
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

/** Lets SQLite refuse every write to one table of the till, as on a damaged page; no browser may have the profile open. */
export function refuseWrites(profile: string, table: string): void {
  const [path] = filesOf(profile, 'database').filter((each) =>
    /^[A-Z2-7]{40,}$/.test(basename(each)),
  );
  if (path === undefined) throw new Error(`there is no SQLite database in ${profile}`);
  const db = new Sqlite(path);
  try {
    const named = db
      .prepare<[Buffer], number>('SELECT id FROM object_stores WHERE name = ?')
      .pluck();
    const store = ['utf16le', 'utf8'].map((as) =>
      named.get(Buffer.from(table, as as BufferEncoding)),
    );
    const id = store.find((each) => each !== undefined);
    if (id === undefined) throw new Error(`there is no table ${table}`);
    db.exec(
      `CREATE TRIGGER refused BEFORE INSERT ON records WHEN NEW.object_store_id = ${id}
       BEGIN SELECT RAISE(ABORT, 'damaged'); END`,
    );
  } finally {
    db.close();
  }
}

/** Flips bits at one place between `from` and `to`. */
function turned(bytes: Buffer, [from, to]: readonly [number, number], random: () => number) {
  const first = from + Math.floor(random() * Math.max(1, to - from - TURNED));
  for (let at = first; at < Math.min(to, first + TURNED); at++) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  return bytes;
}

/** Where the rows lie in one leaf page of a table (https://sqlite.org/fileformat.html, 1.6). */
function rowsPage(bytes: Buffer, random: () => number): readonly [number, number] {
  const size = bytes.readUInt16BE(16) === 1 ? 65_536 : bytes.readUInt16BE(16);
  const pages: [number, number][] = [];
  for (let page = size; page < bytes.length; page += size)
    if (bytes[page] === 0x0d) pages.push([page + bytes.readUInt16BE(page + 5), page + size]);
  const chosen = pages[Math.floor(random() * pages.length)];
  if (chosen === undefined) throw new Error('no page holds rows');
  return chosen;
}

export const namesOf = (profile: string, copy: Copy): string[] =>
  filesOf(profile, copy).map((path) => basename(path));

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
