// The database's versions, in order. Append only: a released version is never edited.
import type { Migration } from './database';

/** All files here that have tables. Their order is of no matter: SQLite looks for what a foreign key refers to when a row is written. */
const files = import.meta.glob<{ readonly migration?: Migration }>(
  ['./*.ts', '!./migrations.ts', '!./open-database.ts'],
  { eager: true },
);

const first = Object.values(files).map(({ migration = '' }) => migration);

/** Index + 1 is the `PRAGMA user_version` after it. */
export const migrations: readonly Migration[] = [first.join('')];
