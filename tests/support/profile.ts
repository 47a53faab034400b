// A browser with a profile on the disk that can be stopped, damaged and started again.
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumLaunch } from '../../browser.config';

export type Launched = { readonly context: BrowserContext; readonly page: Page };

/** `args`: additional Chromium switches. */
export async function launch(profile: string, args: readonly string[] = []): Promise<Launched> {
  const context = await chromium.launchPersistentContext(profile, {
    ...chromiumLaunch,
    args: [...chromiumLaunch.args, ...args],
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
  });
  const page = context.pages()[0] ?? (await context.newPage());
  return { context, page };
}

/** An empty profile, removed when `work` is done. */
export async function withProfile(work: (profile: string) => Promise<void>): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'counterfoil-profile-'));
  try {
    await work(profile);
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
}

/** Deletes every database of this profile and keeps the files. */
export function loseDatabases(profile: string): void {
  rmSync(join(profile, 'Default', 'IndexedDB'), { recursive: true });
}

/** Uses LevelDB in any version of Chromium, because a LevelDB store can be damaged so that it cannot be opened. */
export const LEVELDB = ['--disable-features=IdbSqliteBackingStore'];

/** Damages all databases of this profile, also in storage buckets, so that none can be opened; keeps the files. */
export function shutDatabases(profile: string): void {
  const root = join(profile, 'Default');
  for (const name of readdirSync(root, { recursive: true }).map(String))
    if (/IndexedDB.*\/MANIFEST-\d+$/.test(name)) rmSync(join(root, name));
}

/** Makes every database of this profile unreadable and deletes every private file. */
export function spoilDatabases(profile: string): void {
  rmSync(join(profile, 'Default', 'File System'), { recursive: true });
  const folder = join(profile, 'Default', 'IndexedDB');
  for (const store of readdirSync(folder).filter((name) => name.endsWith('.leveldb'))) {
    writeFileSync(join(folder, store, 'CURRENT'), 'spoilt');
  }
}
