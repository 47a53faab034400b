// A story's own build and relay, and further releases of the till that replace the build.
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { RelayProcess } from './relay-process';
import type { TillPage } from './till-page';

/** A copy of the output of `npm run build`, whose files a story may change. */
export async function ownBuild(story: (relay: RelayProcess, root: string) => Promise<void>) {
  const root = mkdtempSync(join(tmpdir(), 'counterfoil-build-'));
  cpSync('dist', join(root, 'dist'), { recursive: true });
  cpSync('dist-relay', join(root, 'dist-relay'), { recursive: true });
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  const relay = new RelayProcess({}, root);
  await relay.start();
  try {
    await story(relay, root);
  } finally {
    await relay.dispose();
    rmSync(root, { recursive: true, force: true });
  }
}

/** A change in a release: in files of this name, one text is replaced by another. */
export type Change = readonly [file: RegExp, from: string | RegExp, to: string];

/**
 * Replaces the last release, whose files are removed as after any build, and restarts the relay.
 * `release` becomes part of every hashed name and of the page.
 */
export async function deploy(
  relay: RelayProcess,
  root: string,
  release: string,
  changes: readonly Change[] = [],
): Promise<void> {
  const dist = join(root, 'dist');
  const files = filesOf(dist).filter((name) => !packed.test(name) || rmSync(join(dist, name)));
  const assets = files.filter((name) => name.startsWith('assets/')).map((name) => name.slice(7));
  const next = new Map(assets.map((name) => [name, renamed(name, release)]));
  const names = new RegExp(assets.map((name) => name.replaceAll('.', '\\.')).join('|'), 'g');
  const texts = files.filter((name) => /\.(js|css|html)$/.test(name));
  for (const name of texts) {
    const text = readFileSync(join(dist, name), 'utf8');
    writeFileSync(
      join(dist, name),
      text.replace(names, (found) => next.get(found) ?? found),
    );
  }
  const page: Change = [
    /^index\.html$/,
    /<div id="app".*?>/,
    `<div id="app" data-release="${release}">`,
  ];
  for (const [file, from, to] of [page, ...changes]) {
    let made = 0;
    for (const name of texts.filter((each) => file.test(each))) {
      const text = readFileSync(join(dist, name), 'utf8');
      const changed = typeof from === 'string' ? text.replaceAll(from, to) : text.replace(from, to);
      if (changed !== text) made += 1;
      writeFileSync(join(dist, name), changed);
    }
    if (made === 0) throw new Error(`nothing in ${String(file)} is ${String(from)}`);
  }
  for (const [name, other] of next)
    renameSync(join(dist, 'assets', name), join(dist, 'assets', other));
  seal(dist);
  await relay.restart();
}

const packed = /\.(br|gz)$/;

const filesOf = (dist: string): string[] =>
  readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1));

const renamed = (name: string, release: string): string =>
  name.replace(/(\.r-\w+)?(\.\w+)$/, `.r-${release}$2`);

/** Revisions and integrity in the worker's list, as the build writes them. */
function seal(dist: string): void {
  const path = join(dist, 'sw.js');
  const built = readFileSync(path, 'utf8');
  const worker = built.replace(/\[\{"\w+":.*?\}\]/, (list) => {
    const entries = JSON.parse(list) as {
      revision: string | null;
      url: string;
      integrity?: string;
    }[];
    for (const entry of entries) {
      const bytes = readFileSync(join(dist, entry.url));
      if (entry.revision !== null) entry.revision = createHash('md5').update(bytes).digest('hex');
      if (entry.integrity !== undefined)
        entry.integrity = `sha256-${createHash('sha256').update(bytes).digest('base64')}`;
    }
    return JSON.stringify(entries);
  });
  if (worker === built) throw new Error('the worker has no list of files');
  writeFileSync(path, worker);
}

/** The release of this page; null: the original build. */
export const releaseOf = (page: Page): Promise<string | null> =>
  page.locator('#app').getAttribute('data-release');

/** Waits until the till has a worker of its own and can start without the relay. */
export async function installed(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state ?? null))
    .toBe('activated');
}

/** Makes the browser look for a newer till now. Resolves when the release it found is ready, or failed. */
export function lookForUpdate(page: Page): Promise<'waiting' | 'nothing'> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration?.update().catch(() => undefined);
    const coming = registration?.installing;
    if (coming)
      await new Promise<void>((done) =>
        coming.addEventListener('statechange', () => done(), { once: true }),
      );
    return registration?.waiting ? 'waiting' : 'nothing';
  });
}

/**
 * Installs the waiting release by the banner's button. Resolves when the page was loaded again, even if that failed.
 * The till first finishes an upload in progress. A story that leaves the page before that cancels the update.
 */
export async function update(till: TillPage): Promise<void> {
  const loaded = till.page.waitForEvent('load');
  await till.button('Update').click();
  await loaded;
}
