// The documentation: links, file names and symbols exist, every setting and benchmark is described.
// Also the manifest's icons and screenshots.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { rooms } from '../../eslint.config.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const papers = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync(join(ROOT, 'docs'), { recursive: true })
    .map((name) => `docs/${String(name)}`)
    .filter((path) => path.endsWith('.md')),
];
const DECISIONS = 'docs/decisions/README.md';
const decisions = papers.filter((path) => path.startsWith('docs/decisions/') && path !== DECISIONS);

/** The text without fenced blocks, in which nothing is a link. */
const prose = (path: string): string => read(path).replace(/^```[\s\S]*?^```/gm, '');

function linksOf(path: string): string[] {
  const found = [...prose(path).matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)];
  return found
    .map(([, markdown, html]) => markdown ?? html ?? '')
    .filter((target) => !/^[a-z]+:/i.test(target));
}

/** Anchors of a document's headings, as GitHub makes them. */
function anchorsOf(path: string): string[] {
  return [...prose(path).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

describe.each(papers)('%s', (path) => {
  test('links only to what exists', () => {
    const broken = linksOf(path).filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('names only files that exist', () => {
    const named = [...prose(path).matchAll(/`([\w$./-]+\/[\w.-]+\.(?:ts|mjs|js|svelte|css))`/g)];
    const missing = named
      .map(([, name = '']) => name)
      // build results do not exist in a fresh clone
      .filter((name) => !name.startsWith('dist'))
      .filter((name) => !['', 'src', 'src/lib'].some((at) => existsSync(join(ROOT, at, name))));
    expect(missing).toEqual([]);
  });
});

describe('symbols', () => {
  const words = new Set<string>();
  beforeAll(() => {
    for (const folder of ['src', 'relay', 'tests', 'scripts'])
      for (const name of readdirSync(join(ROOT, folder), { recursive: true }))
        if (/\.(?:ts|mjs|svelte)$/.test(String(name)))
          for (const [word] of read(`${folder}/${String(name)}`).matchAll(/[A-Za-z_]\w+/g))
            words.add(word);
  });

  test.each([
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'docs/flows.md',
    'docs/recovery.md',
    'docs/where-to-change.md',
  ])('%s names only symbols that exist', (path) => {
    const named = [...prose(path).matchAll(/`([a-z]+[A-Z]\w*|[A-Z]+_[A-Z_]+)(?:\([^`]*\))?`/g)];
    expect(words.size).toBeGreaterThan(1000);
    expect(named.map(([, name = '']) => name).filter((name) => !words.has(name))).toEqual([]);
  });
});

describe('docs/security.md', () => {
  const text = read('docs/security.md');
  const tests = readdirSync(join(ROOT, 'tests'), { recursive: true })
    .map(String)
    .filter((name) => /\.(?:test|spec|faults|bench)\.ts$/.test(name));
  /** Test files of a name without its endings, as in `relay/shifts`; `*` stands for any letters. */
  const filesOf = (name: string): string[] => {
    const path = new RegExp(`^${name.replaceAll('*', '[\\w-]*')}(?:\\.[a-z]+)*\\.ts$`);
    return tests.filter((file) => path.test(file));
  };

  test('names only files of tests that exist', () => {
    const rooms = new Set(tests.map((name) => name.split('/')[0]));
    const named = [...text.matchAll(/`([a-z0-9-]+)(\/[\w/*-]+)`/g)]
      .filter(([, room = '']) => rooms.has(room))
      .map(([, room = '', rest = '']) => room + rest);
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((name) => filesOf(name).length === 0)).toEqual([]);
  });

  test('names for each trick, attack and fault a test that exists', () => {
    const [, section = ''] = text.split('## Each trick, attack and fault\n');
    const rows = [...section.matchAll(/^\|[^|]+\| `([^`|]+)`\s*\| ([^|]+?)\s*\|$/gm)];
    expect(rows.length).toBe((section.match(/^\|/gm)?.length ?? 0) - 2);
    const missing = rows.filter(([, name = '', title = '']) =>
      filesOf(name).every((file) => !read(`tests/${file}`).includes(`'${title}'`)),
    );
    expect(rows.length).toBeGreaterThan(20);
    expect(missing.map(([, name, title]) => `${name}: ${title}`)).toEqual([]);
  });
});

test('the README shows two screenshots', () => {
  expect(linksOf('README.md').filter((link) => link.endsWith('.png'))).toHaveLength(2);
});

test('the README describes exactly the variables that the relay reads from the environment', () => {
  const found = [...read('relay/config.ts').matchAll(/\bvalue\('([A-Z_]+)'\)/g)];
  const settings = found.map(([, name]) => `COUNTERFOIL_${name}`).sort();
  const rows = [...read('README.md').matchAll(/^\| `(COUNTERFOIL_[A-Z_]+)`/gm)];
  expect(settings.length).toBeGreaterThan(0);
  expect(rows.map(([, name]) => name).sort()).toEqual(settings);
});

test('every command in README, CONTRIBUTING and the page on backups is a script of the package', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const text = read('README.md') + read('CONTRIBUTING.md') + read('docs/backup.md');
  const given = [...text.matchAll(/\bnpm (?:run )?([a-z]+)\b/g)].map(([, name = '']) => name);
  expect(given.length).toBeGreaterThan(0);
  expect(given.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test('every benchmark is described, and every described benchmark exists', () => {
  const files = readdirSync(join(ROOT, 'tests/bench')).filter((name) => name.endsWith('.bench.ts'));
  const rows = [...read('docs/benchmarks.md').matchAll(/^\| `([a-z]+)`/gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual(files.map((name) => name.replace('.bench.ts', '')).sort());
});

test('ARCHITECTURE.md names every room of the lint table', () => {
  const [, text = ''] = /^## Rooms$([\s\S]*?)^## /m.exec(read('ARCHITECTURE.md')) ?? [];
  const rows = [...text.matchAll(/^- `([a-z-]+)`:/gm)].map(([, room]) => room);
  expect(rows.sort()).toEqual(Object.keys(rooms as object).sort());
});

test('sections that the product links to exist', () => {
  expect(anchorsOf('README.md')).toContain('tablets-and-tls');
  expect(anchorsOf('ARCHITECTURE.md')).toContain('gotchas');
});

// one page; lines are limited, so that they do not hold what does not fit
const MOST_LINES = 66;
const MOST_CHARACTERS = 5000;
const LONGEST_LINE = 160;

test('the list of decisions names each of them once, by its title', () => {
  const rows = [...read(DECISIONS).matchAll(/^- \[(.+)\]\((\S+)\)$/gm)];
  const listed = rows.map(([, title, file]) => `docs/decisions/${file}: ${title}`).sort();
  const titleOf = (path: string): string => /^# \d+\. (.+)$/m.exec(read(path))?.[1] ?? '';
  expect(listed).toEqual(decisions.map((path) => `${path}: ${titleOf(path)}`).sort());
});

test.each(['ARCHITECTURE.md', 'CHANGELOG.md'])('%s is one page without a table', (path) => {
  const lines = read(path).trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('|'))).toEqual([]);
  expect(lines.length).toBeLessThanOrEqual(MOST_LINES);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(LONGEST_LINE);
});

test('every decision has its negative part and fits on one page', () => {
  expect(decisions.length).toBeGreaterThan(0);
  for (const path of decisions) {
    const [, negative = ''] = read(path).split('## Negative');
    expect(negative.match(/^- \S/gm)?.length ?? 0, path).toBeGreaterThan(0);
    const text = read(path).trimEnd();
    const lines = text.split('\n');
    expect(lines.length, path).toBeLessThanOrEqual(MOST_LINES);
    expect(text.length, path).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(Math.max(...lines.map((line) => line.length)), path).toBeLessThanOrEqual(LONGEST_LINE);
  }
});

describe("the manifest's pictures", () => {
  const pictures = [
    ...read('vite.config.ts').matchAll(/src: '(\/[^']+)',\s+sizes: '(\d+)x(\d+)'/g),
  ].map(([, src = '', width, height]) => ({ src, size: [Number(width), Number(height)] }));

  test('are icons of both install sizes and a screenshot of each shape', () => {
    expect(pictures.map(({ src }) => src).sort()).toEqual([
      '/icons/icon-192.png',
      '/icons/icon-512.png',
      '/icons/icon-maskable-512.png',
      '/screenshots/till-narrow.png',
      '/screenshots/till-wide.png',
    ]);
  });

  test.each(pictures)('$src has the size the manifest says', ({ src, size }) => {
    const png = readFileSync(join(ROOT, 'public', src));
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    // width and height come first in IHDR
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(size);
  });
});
