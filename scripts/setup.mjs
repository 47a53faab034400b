// Makes a fresh checkout runnable. Plain Node, no dependencies: node_modules may not exist yet.
//   node scripts/setup.mjs               packages
//   node scripts/setup.mjs --build       + build output
//   node scripts/setup.mjs --browsers    + Chromium for the tests (Debian, as root)
//   node scripts/setup.mjs --browsers --engines    + Firefox and WebKit, which only the long run plays
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFailure, mendNativeModule } from './native-module.mjs';
import { npm } from './npm.mjs';

const flags = new Set(process.argv.slice(2));
process.chdir(join(import.meta.dirname, '..'));

installPackages();
mendForThisNode();
if (flags.has('--build')) buildWhenStale();
if (flags.has('--browsers')) installBrowsers();

/** Installs packages again if the lock file has changed. */
function installPackages() {
  const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
  const stamp = 'node_modules/.lock-sha256';
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  npm('ci', '--include=dev'); // NODE_ENV=production would leave the build tools out
  writeFileSync(stamp, lock);
}

/** Rebuilds native modules, because Node may have changed after the packages were installed. */
function mendForThisNode() {
  const outcome = mendNativeModule({
    load: () => loadFailure(process.cwd()),
    rebuild: () => npm('rebuild', 'better-sqlite3'),
    say: (line) => console.error(line),
  });
  if (outcome === 'broken') process.exit(1);
}

/** Builds when any source is newer than the last build. */
function buildWhenStale() {
  const newest = (path) =>
    !existsSync(path)
      ? 0
      : statSync(path).isDirectory()
        ? Math.max(
            statSync(path).mtimeMs, // only this shows a deleted file
            ...readdirSync(path).map((name) => newest(join(path, name))),
          )
        : statSync(path).mtimeMs;
  const sources = [
    'src',
    'relay',
    'public',
    'scripts/compress.mjs',
    'index.html',
    'package-lock.json',
    'tsconfig.json',
    'vite.config.ts',
    'vite.server.config.ts',
    'svelte.config.js',
  ];
  const built = ['dist/sw.js', 'dist-relay/main.js'];
  const oldestBuilt = Math.min(
    ...built.map((file) => (existsSync(file) ? statSync(file).mtimeMs : 0)),
  );
  if (Math.max(...sources.map(newest)) > oldestBuilt) npm('run', 'build');
}

/** Installs Debian's browsers: Chromium, which the tests need, and for the long run others if available. */
function installBrowsers() {
  const skipped = 'its stories are skipped';
  const wanted = [
    { name: 'chromium', file: '/usr/bin/chromium', chosen: 'CHROMIUM_PATH', without: null },
    {
      name: 'chromium-headless-shell',
      file: '/usr/bin/chromium-headless-shell',
      chosen: 'CHROMIUM_PATH',
      without: 'the stories take longer',
    },
  ];
  const engines = [
    { name: 'firefox-esr', file: '/usr/bin/firefox-esr', chosen: 'FIREFOX_PATH', without: skipped },
    { name: 'webkit2gtk-driver', file: '/usr/bin/WebKitWebDriver', without: skipped },
    { name: 'xvfb', file: '/usr/bin/Xvfb', without: skipped },
  ];
  if (flags.has('--engines')) wanted.push(...engines);
  const missing = wanted.filter(({ file, chosen }) => {
    const own = chosen && process.env[chosen];
    if (!own) return !existsSync(file);
    if (existsSync(own)) return false;
    console.error(`${chosen} is set to ${own}, but there is no such file.`);
    process.exit(1);
  });
  if (missing.length === 0) return;
  const doWithout = ({ name, without }) => console.log(`${name} is not installed: ${without}.`);
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    if (missing.every(({ without }) => without !== null)) {
      missing.forEach(doWithout);
      return;
    }
    console.error(
      'The tests need Chromium. Install it (Debian: sudo apt-get install chromium),\n' +
        'or set CHROMIUM_PATH to a Chromium or Chrome binary that is already here.',
    );
    process.exit(1);
  }
  const apt = (...args) => {
    console.log(`> apt-get ${args.join(' ')}`);
    execFileSync('apt-get', args, {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  };
  try {
    apt('update', '-q');
  } catch {
    // packages that need no update are tried below
  }
  // one by one: a Debian without one of them may have the others
  for (const browser of missing)
    try {
      apt('install', '-y', '-q', '--no-install-recommends', browser.name);
    } catch (error) {
      if (browser.without === null) throw error;
      doWithout(browser);
    }
}
