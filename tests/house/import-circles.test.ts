// Imports have no circles between files or between floors of a room, type-only imports included.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A floor imports only floors that stand before it here; the same order as in ARCHITECTURE.md. */
const FLOORS = {
  relay: [
    ...['store', 'providers', 'http', 'openapi', 'messaging', 'customers', 'tills'],
    ...['reserve-codes', 'journal', 'challenges'],
  ],
  'src/lib/domain': [
    ...['values', 'policy', 'goods', 'receipt', 'customers', 'shift', 'consent', 'messages'],
    ...['demo', 'acts'],
  ],
  'src/lib/storage': [
    ...['schema', 'wal', 'database', 'journal', 'remote', 'till', 'policy', 'goods', 'shifts'],
    ...['customers', 'secrets', 'sales', 'audit', 'recovery', 'backup'],
  ],
};

/** Which files each file imports, as paths from the root; packages and assets are left out. */
type Imports = ReadonlyMap<string, readonly string[]>;

/** Includes type-only imports and those by `import()`. */
function importsIn(folder: 'relay' | 'src'): Imports {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((name) => /\.(?:ts|svelte)$/.test(name));
  return new Map(files.map((file) => [file, importsOf(file)]));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const code = file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n')
    : text;
  const { importedFiles } = ts.preProcessFile(code, true, true);
  return importedFiles.flatMap(({ fileName }) => fileOf(file, fileName) ?? []);
}

/** The file that an import names; null for a package or an asset. */
function fileOf(from: string, specifier: string): string | null {
  if (!/^(?:\.|\$lib\/)/.test(specifier)) return null;
  const path = specifier.startsWith('.')
    ? join(from, '..', specifier)
    : specifier.replace('$lib', 'src/lib');
  const candidates = path.endsWith('.svelte') ? [path] : [`${path}.ts`, `${path}.svelte.ts`, path];
  return candidates.find((name) => /\.(?:ts|svelte)$/.test(name) && isFile(name)) ?? null;
}

const isFile = (name: string): boolean => existsSync(join(root, name));

/** Groups of files that can reach each other (Tarjan's algorithm); empty if there is no circle. */
function circlesIn(imports: Imports): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  function visit(file: string): number {
    const index = order.size;
    order.set(file, index);
    stack.push(file);
    let low = index;
    for (const next of imports.get(file) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (stack.includes(next)) low = Math.min(low, order.get(next) ?? low);
    }
    lowest.set(file, low);
    if (low === index) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1 || imports.get(file)?.includes(file)) circles.push(group.toSorted());
    }
    return low;
  }
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles;
}

/** For each folder of a room, the other folders that its files import. */
function foldersOf(imports: Imports, room: string): Imports {
  const folders = new Map<string, string[]>();
  for (const [file, imported] of imports) {
    if (!file.startsWith(`${room}/`)) continue;
    const folder = dirname(file);
    const others = imported
      .filter((other) => other.startsWith(`${room}/`))
      .map((other) => dirname(other))
      .filter((other) => other !== folder);
    folders.set(folder, [...(folders.get(folder) ?? []), ...others]);
  }
  return folders;
}

/** The floor of a room's file; null for files directly in the room, and for other rooms. */
const floorOf = (room: string, file: string): string | null =>
  file.startsWith(`${room}/`)
    ? (/^([^/]+)\//.exec(file.slice(room.length + 1))?.[1] ?? null)
    : null;

describe('imports', () => {
  test('no files of the relay import each other in a circle', () => {
    expect(circlesIn(importsIn('relay'))).toEqual([]);
  });

  test('no files of the till import each other in a circle', () => {
    expect(circlesIn(importsIn('src'))).toEqual([]);
  });

  test.each(['src/lib/storage', 'src/lib/state', 'src/routes/shared', 'relay/messaging'])(
    'no floors of %s import each other',
    (room) => {
      const floors = foldersOf(importsIn(room.startsWith('relay/') ? 'relay' : 'src'), room);
      expect(floors.size).toBeGreaterThan(1);
      expect(circlesIn(floors)).toEqual([]);
    },
  );

  test.each(Object.entries(FLOORS))(
    'a floor of %s imports only floors that stand before it',
    (room, order) => {
      const imports = importsIn(room === 'relay' ? 'relay' : 'src');
      const wrong = [...imports].flatMap(([file, imported]) =>
        imported
          .filter((other) => {
            const [from, to] = [floorOf(room, file), floorOf(room, other)];
            return from !== null && to !== null && order.indexOf(to) > order.indexOf(from);
          })
          .map((other) => `${file} imports ${other}`),
      );
      expect(wrong).toEqual([]);
      const floors = new Set([...imports.keys()].flatMap((file) => floorOf(room, file) ?? []));
      expect([...floors].toSorted()).toEqual(order.toSorted());
    },
  );

  test('circles of two and of three files are found', () => {
    const imports = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', ['e']],
      ['e', ['d', 'f']],
      ['f', []],
    ]);
    expect(circlesIn(imports)).toEqual([
      ['d', 'e'],
      ['a', 'b', 'c'],
    ]);
  });
});
