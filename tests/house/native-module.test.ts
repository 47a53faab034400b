// The set-up rebuilds the database's native module after a change of the Node version.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadFailure, mendNativeModule } from '../../scripts/native-module.mjs';

const LOADS = 'module.exports = class { close() {} };';
const OF_ANOTHER_NODE = `module.exports = class {
  constructor() {
    throw Object.assign(new Error('compiled against a different Node.js version'), {
      code: 'ERR_DLOPEN_FAILED',
    });
  }
};`;

function unasked(): void {
  throw new Error('nobody asked for this');
}

describe('in an installed checkout', () => {
  let folder: string;
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'counterfoil-native-'));
    lines.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function install(program: string): void {
    const module = join(folder, 'node_modules', 'better-sqlite3');
    mkdirSync(module, { recursive: true });
    writeFileSync(join(module, 'package.json'), '{"main":"index.js"}');
    writeFileSync(join(module, 'index.js'), program);
  }
  function mend(rebuild: () => void): string {
    return mendNativeModule({ load: () => loadFailure(folder), rebuild, say, node: 'v24.0.0' });
  }

  test('a module that loads is left unchanged', () => {
    install(LOADS);
    expect([mend(unasked), lines]).toEqual(['ready', []]);
  });

  test('a module of another Node is rebuilt, and one line says so', () => {
    install(OF_ANOTHER_NODE);
    expect(mend(() => install(LOADS))).toBe('rebuilt');
    expect(lines).toEqual([
      'better-sqlite3 does not run under Node v24.0.0 (ERR_DLOPEN_FAILED): building it anew.',
    ]);
  });

  test('a missing module is built', () => {
    expect(loadFailure(folder)).toBe('MODULE_NOT_FOUND');
    expect(mend(() => install(LOADS))).toBe('rebuilt');
  });

  test.for([
    ['is still of another Node', (): void => undefined, 'ERR_DLOPEN_FAILED'],
    ['cannot be built', unasked, 'nobody asked for this'],
  ] as const)(
    'a module that %s after the rebuild is reported, with what helps',
    ([, rebuild, why]) => {
      install(OF_ANOTHER_NODE);
      expect(mend(rebuild)).toBe('broken');
      expect(lines[1]).toMatch(/^better-sqlite3 still does not run under Node v24\.0\.0 \(/);
      expect(lines[1]).toContain(why);
      expect(lines[1]).toContain('node_modules');
    },
  );

  test('the set-up runs it: a rebuild by npm comes before anything starts', () => {
    install(OF_ANOTHER_NODE);
    const scripts = join(folder, 'scripts');
    mkdirSync(scripts);
    for (const name of ['setup.mjs', 'native-module.mjs', 'npm.mjs'])
      copyFileSync(join(process.cwd(), 'scripts', name), join(scripts, name));
    writeFileSync(join(folder, 'package-lock.json'), '{}');
    const lock = createHash('sha256').update('{}').digest('hex');
    writeFileSync(join(folder, 'node_modules', '.lock-sha256'), lock);
    const npm = join(folder, 'npm.cjs');
    const built = join(folder, 'node_modules', 'better-sqlite3', 'index.js');
    writeFileSync(
      npm,
      `if (process.argv.slice(2).join(' ') === 'rebuild better-sqlite3')
        require('fs').writeFileSync(${JSON.stringify(built)}, ${JSON.stringify(LOADS)});`,
    );
    const { status, stderr } = spawnSync(process.execPath, [join(scripts, 'setup.mjs')], {
      env: { ...process.env, npm_execpath: npm },
      encoding: 'utf8',
    });
    expect([status, loadFailure(folder)]).toEqual([0, null]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('a module that ends the process counts as not loading', () => {
    install('process.kill(process.pid, "SIGKILL");');
    expect(loadFailure(folder)).toBe('stopped by SIGKILL');
  });
});

test('the module of this checkout loads', () => {
  expect(loadFailure(process.cwd())).toBeNull();
});
