// Files import each other in one direction only, type-only imports included; so do the floors of the relay.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A floor imports only floors that stand before it here; the same order as in ARCHITECTURE.md. */
const FLOORS = [
  'store',
  'providers',
  'http',
  'messaging',
  'customers',
  'tills',
  'reserve-codes',
  'journal',
  'challenges',
  'openapi',
];

/** Which files each file imports, as paths from the root; packages and assets are left out. */
type Imports = ReadonlyMap<string, readonly string[]>;

/** `all`: also types and what is loaded later by `import()`; `at-load`: only what is run when the file is loaded. */
type Kind = 'all' | 'at-load';

function importsIn(folder: 'relay' | 'src', kind: Kind): Imports {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((name) => /\.(?:ts|svelte)$/.test(name));
  return new Map(files.map((file) => [file, importsOf(file, kind)]));
}

function importsOf(file: string, kind: Kind): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const code = file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n')
    : text;
  const specifiers =
    kind === 'all'
      ? ts.preProcessFile(code, true, true).importedFiles.map(({ fileName }) => fileName)
      : ts.createSourceFile(file, code, ts.ScriptTarget.Latest).statements.flatMap(loadedBy);
  return specifiers.flatMap((specifier) => fileOf(file, specifier) ?? []);
}

/** The module that a statement loads; none for a type-only import. */
function loadedBy(statement: ts.Statement): string[] {
  if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier))
    return [];
  const clause = statement.importClause;
  const names = clause?.namedBindings;
  const onlyTypes =
    clause !== undefined &&
    (clause.isTypeOnly ||
      (clause.name === undefined &&
        names !== undefined &&
        ts.isNamedImports(names) &&
        names.elements.every((element) => element.isTypeOnly)));
  return onlyTypes ? [] : [statement.moduleSpecifier.text];
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

/** Groups of files that can be reached from each other (Tarjan's algorithm); empty where there is no circle. */
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

/** The floor of a relay file; null for the files that stand directly in `relay/`. */
const floorOf = (file: string): string | null => /^relay\/([^/]+)\//.exec(file)?.[1] ?? null;

describe('imports', () => {
  test('no files of the relay import each other in a circle', () => {
    expect(circlesIn(importsIn('relay', 'all'))).toEqual([]);
  });

  // with types and lazy screens there are still circles, in `storage`, `domain` and `routes`
  test('no files of the till load each other in a circle', () => {
    expect(circlesIn(importsIn('src', 'at-load'))).toEqual([]);
  });

  test('a floor of the relay imports only floors that stand before it', () => {
    const imports = importsIn('relay', 'all');
    const wrong = [...imports].flatMap(([file, imported]) =>
      imported
        .filter((other) => {
          const [from, to] = [floorOf(file), floorOf(other)];
          return from !== null && to !== null && FLOORS.indexOf(to) > FLOORS.indexOf(from);
        })
        .map((other) => `${file} imports ${other}`),
    );
    expect(wrong).toEqual([]);
    const floors = new Set([...imports.keys()].flatMap((file) => floorOf(file) ?? []));
    expect([...floors].toSorted()).toEqual(FLOORS.toSorted());
  });

  test('circles of two files and of three are found', () => {
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
