// The lint table of rooms in eslint.config.js: wrong imports are refused, right ones are allowed.
// By ESLint and, for TypeScript, by oxlint, which `npm run check` and `npm test` use.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import ts from 'typescript-eslint';
import { describe, expect, test } from 'vitest';

// The files below do not exist, so rules that need their types are off; no rule of the house needs types.
const root = fileURLToPath(new URL('../..', import.meta.url));
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [
    ts.configs.disableTypeChecked,
    { rules: { '@typescript-eslint/no-unused-vars': 'off' } },
  ],
});

async function rulesBrokenBy(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
}

const IMPORTS = '@typescript-eslint/no-restricted-imports';
const SYNTAX = 'no-restricted-syntax';
const GLOBALS = 'no-restricted-globals';
const PROPERTIES = 'no-restricted-properties';

type Case = [what: string, file: string, code: string, rule: string];

const refused: Case[] = [
  ['domain importing zod', 'src/lib/domain/a.ts', `import { z } from 'zod';`, IMPORTS],
  [
    'domain importing values of the contract',
    'src/lib/domain/a.ts',
    `import { grant } from '$lib/contract/grant';`,
    IMPORTS,
  ],
  [
    'domain importing storage',
    'src/lib/domain/a.ts',
    `import { db } from '$lib/storage/database/db';`,
    IMPORTS,
  ],
  [
    'domain loading storage later',
    'src/lib/domain/a.ts',
    `export const f = () => import('$lib/storage/database/db');`,
    SYNTAX,
  ],
  [
    'domain loading zod later',
    'src/lib/domain/a.ts',
    `export const f = () => import('zod');`,
    SYNTAX,
  ],
  [
    'domain naming a type of storage inline',
    'src/lib/domain/a.ts',
    `export type A = import('$lib/storage/database/db').Db;`,
    SYNTAX,
  ],
  [
    'domain reading the clock',
    'src/lib/domain/a.ts',
    `export const f = () => Date.now();`,
    PROPERTIES,
  ],
  [
    'domain making a date of now',
    'src/lib/domain/a.ts',
    `export const f = () => new Date();`,
    SYNTAX,
  ],
  [
    'domain throwing dice',
    'src/lib/domain/a.ts',
    `export const f = () => Math.random();`,
    PROPERTIES,
  ],
  [
    'domain using a float',
    'src/lib/domain/a.ts',
    `export const f = () => parseFloat('1');`,
    GLOBALS,
  ],
  ['domain talking to the console', 'src/lib/domain/a.ts', `console.log(1);`, GLOBALS],
  ['domain fetching', 'src/lib/domain/a.ts', `export const f = () => fetch('/');`, GLOBALS],
  [
    'domain using crypto',
    'src/lib/domain/a.ts',
    `export const f = () => crypto.randomUUID();`,
    GLOBALS,
  ],
  ['domain setting a timer', 'src/lib/domain/a.ts', `setTimeout(() => undefined, 1);`, GLOBALS],
  ['domain reading a file', 'src/lib/domain/a.ts', `import fs from 'node:fs';`, IMPORTS],
  [
    'contract importing domain',
    'src/lib/contract/a.ts',
    `import type { Money } from '$lib/domain/values/money';`,
    IMPORTS,
  ],
  [
    'proof importing storage',
    'src/lib/proof/a.ts',
    `import { db } from '$lib/storage/database/db';`,
    IMPORTS,
  ],
  ['storage importing svelte', 'src/lib/storage/a.ts', `import { tick } from 'svelte';`, IMPORTS],
  [
    'storage importing the wire',
    'src/lib/storage/a.ts',
    `import { send } from '$lib/relay-client/send';`,
    IMPORTS,
  ],
  [
    'the search worker importing storage',
    'src/lib/search/worker/a.ts',
    `import { db } from '$lib/storage/database/db';`,
    IMPORTS,
  ],
  ['ui importing state', 'src/lib/ui/A.svelte', `<script>import '$lib/state/a';</script>`, IMPORTS],
  [
    'state importing ui',
    'src/lib/state/a.svelte.ts',
    `import { t } from '$lib/ui/text/a';`,
    IMPORTS,
  ],
  ['climbing out of a room', 'src/lib/sync/a.ts', `import { db } from '../storage/db';`, IMPORTS],
  ['climbing in a roundabout way', 'src/lib/sync/a.ts', `import '././../storage/db';`, IMPORTS],
  ['importing a folder', 'src/lib/sync/a.ts', `import { db } from '$lib/storage';`, IMPORTS],
  ['a barrel', 'src/lib/storage/index.ts', `export const a = 1;`, SYNTAX],
  ['passing another file on', 'src/lib/storage/a.ts', `export * from './b';`, SYNTAX],
  ['a file in no room', 'src/lib/a.ts', `export const a = 1;`, SYNTAX],
  [
    'a screen importing dexie',
    'src/routes/till/A.svelte',
    `<script>import 'dexie';</script>`,
    IMPORTS,
  ],
  [
    'a screen importing another screen',
    'src/routes/till/A.svelte',
    `<script>import B from '../journal/B.svelte';</script>`,
    IMPORTS,
  ],
  [
    'a screen importing another screen by way of what they share',
    'src/routes/till/A.svelte',
    `<script>import B from '../shared/../journal/B.svelte';</script>`,
    IMPORTS,
  ],
  [
    'what screens share importing a screen',
    'src/routes/shared/a.ts',
    `import { b } from '../journal/b';`,
    IMPORTS,
  ],
  [
    'a floor of what screens share importing a screen',
    'src/routes/shared/proof/a.ts',
    `import { b } from '../../journal/b';`,
    IMPORTS,
  ],
  [
    'a screen loading another screen',
    'src/routes/till/a.ts',
    `export const f = () => import('../journal/B.svelte');`,
    SYNTAX,
  ],
  [
    'a dynamic import of who knows what',
    'src/routes/till/a.ts',
    'export const f = (x: string) => import(`./${x}`);',
    SYNTAX,
  ],
  [
    'the service worker importing ours',
    'src/sw/a.ts',
    `import '$lib/domain/values/money';`,
    IMPORTS,
  ],
  [
    'the relay importing storage',
    'relay/a.ts',
    `import { db } from '$lib/storage/database/db';`,
    IMPORTS,
  ],
  ['the relay climbing out', 'relay/a.ts', `import '../src/lib/domain/values/money';`, IMPORTS],
  ['the relay climbing out from below', 'relay/store/a.ts', `import '../../src/main';`, IMPORTS],
  ['the relay importing svelte', 'relay/a.ts', `import { tick } from 'svelte';`, IMPORTS],
  ['raw HTML', 'src/lib/ui/A.svelte', `<p>{@html '<b>x</b>'}</p>`, 'svelte/no-at-html-tags'],
  ['eval', 'src/lib/ui/a.ts', `eval('1');`, 'no-eval'],
];

const allowed: [what: string, file: string, code: string][] = [
  [
    'domain importing types of the contract and its own files',
    'src/lib/domain/a.ts',
    `import type { Grant } from '$lib/contract/grant';
     import { money } from './money';
     export const at = (ms: number, grant: Grant) => [new Date(ms), money, grant];`,
  ],
  ['contract importing zod', 'src/lib/contract/a.ts', `import * as z from 'zod/mini';`],
  [
    'proof importing jose and domain',
    'src/lib/proof/a.ts',
    `import { SignJWT } from 'jose'; import { money } from '$lib/domain/values/money';`,
  ],
  [
    'storage importing dexie, zod and proof',
    'src/lib/storage/a.ts',
    `import { Dexie } from 'dexie'; import * as z from 'zod/mini'; import { c } from '$lib/proof/chain';`,
  ],
  [
    'a part importing a sentence from its own room',
    'src/lib/ui/A.svelte',
    `<script>import { t } from '$lib/ui/text/ru'; import X from '@lucide/svelte/icons/x';</script><X />{t}`,
  ],
  [
    'a screen importing the rooms, its own parts, the table of screens, the frame and what screens share',
    'src/routes/till/A.svelte',
    `<script>import { a } from '$lib/state/a.svelte'; import B from './B.svelte'; import { href } from '../routes'; import Frame from '../frame/Frame.svelte'; import { words } from '../shared/proof/words';</script><Frame {words}><B {a} {href} /></Frame>`,
  ],
  [
    'what screens share importing another floor of it',
    'src/routes/shared/proof/a.ts',
    `import { b } from '../act-words'; import { c } from '../operator/c'; export const a = [b, c];`,
  ],
  [
    'the table of screens loading a screen',
    'src/routes/screens.ts',
    `export const till = () => import('./till/Till.svelte');`,
  ],
  [
    'the frame',
    'src/main.ts',
    `import App from './App.svelte'; import { a } from '$lib/state/a.svelte'; import { r } from './routes/routes';`,
  ],
  [
    'the relay importing Node, Hono and the three shared rooms',
    'relay/providers/a.ts',
    `import fs from 'node:fs'; import { Hono } from 'hono'; import { c } from '../config'; import { m } from '$lib/domain/values/money'; import { z } from '$lib/contract/grant'; import { p } from '$lib/proof/chain';`,
  ],
  [
    'a test importing anything',
    'tests/till/a.test.ts',
    `import { db } from '$lib/storage/database/db'; import { x } from '../support/x'; import 'fake-indexeddb/auto';`,
  ],
];

describe('the house refuses', () => {
  test.each(refused)('%s', async (_what, file, code, rule) => {
    expect(await rulesBrokenBy(file, code)).toContain(rule);
  });
});

describe('the house allows', () => {
  test.each(allowed)('%s', async (_what, file, code) => {
    expect(await rulesBrokenBy(file, code)).toEqual([]);
  });
});

describe('oxlint', () => {
  const plainTypeScript = ([, file]: readonly string[]) => /(?<!\.svelte)\.ts$/.test(file ?? '');

  /** Rules that are broken, by file, in a tree of the cases' files. */
  function brokenIn(cases: readonly (readonly [file: string, code: string])[]) {
    const tree = mkdtempSync(join(tmpdir(), 'counterfoil-rooms-'));
    try {
      for (const [file, code] of cases) {
        mkdirSync(dirname(join(tree, file)), { recursive: true });
        writeFileSync(join(tree, file), code);
      }
      const config = `import config from '${join(root, 'oxlint.config.mjs')}';
        export default { ...config, options: { typeAware: false } };`;
      writeFileSync(join(tree, 'oxlint.config.mjs'), config);
      const { stdout } = spawnSync(
        process.execPath,
        [join(root, 'node_modules/oxlint/bin/oxlint'), '-c', 'oxlint.config.mjs', '--format=json'],
        { cwd: tree, encoding: 'utf8' },
      );
      const found = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
      return (file: string) =>
        found.diagnostics
          .filter(({ filename }) => filename === file)
          .map(({ code }) => code.replace(/^.*\((.*)\)$/, '$1'));
    } finally {
      rmSync(tree, { recursive: true, force: true });
    }
  }

  test('refuses and allows the same in TypeScript', () => {
    // each case in a file of its own name; what is loose or a barrel keeps its name
    const own = (file: string, i: number) => file.replace(/(?<=\/)a\.ts$/, `a${i}.ts`);
    const bad = refused.filter(plainTypeScript).map(([what, file, code, rule], i) => ({
      what,
      file: own(file, i),
      code,
      rule: rule.replace('@typescript-eslint/', ''),
    }));
    const good = allowed.filter(plainTypeScript).map(([what, file, code], i) => ({
      what,
      file: own(file, bad.length + i),
      code,
    }));
    const broken = brokenIn([...bad, ...good].map(({ file, code }) => [file, code]));
    expect(bad.filter(({ file, rule }) => !broken(file).includes(rule))).toEqual([]);
    const unused = 'no-unused-vars';
    expect(good.filter(({ file }) => broken(file).some((rule) => rule !== unused))).toEqual([]);
    expect(good.length).toBeGreaterThan(5);
  });
});
