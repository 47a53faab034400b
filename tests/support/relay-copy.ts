// Copies a running relay's database and later restores it.
// Then the relay runs on an older copy.
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningRelay } from './relay';

const databaseOf = (folder: string) =>
  readdirSync(folder).filter((name) => name.startsWith('relay.db'));

export class RelayCopy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'counterfoil-copies-'));

  /** Copies the database as it is, with the files of its write-ahead log. */
  take({ dataDir }: RunningRelay): void {
    for (const name of databaseOf(dataDir))
      copyFileSync(join(dataDir, name), join(this.#folder, name));
  }

  /** Replaces the database by the copy while the relay is stopped. */
  async putBack(relay: RunningRelay): Promise<void> {
    const { dataDir } = relay;
    await relay.restart(() => {
      for (const name of databaseOf(dataDir)) rmSync(join(dataDir, name));
      for (const name of databaseOf(this.#folder))
        copyFileSync(join(this.#folder, name), join(dataDir, name));
    });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
