// Lint: the usual rules, and the one table of who may import whom (ARCHITECTURE.md draws it).
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';

/**
 * Who may import whom. `lib`: rooms under src/lib; `types`: rooms of which only types may be imported, apart from `data`, a file
 * of plain values;
 * `packages`: npm packages ("*" is any part of a name). A room always sees itself. What isn't listed is refused:
 * a package that belongs in a room is added here, on its line.
 */
export const rooms = {
  contract: { lib: [], packages: ['zod'] },
  domain: {
    lib: [],
    types: ['contract'],
    data: ['contract/settings', 'contract/policy'],
    packages: ['libphonenumber-js'],
  },
  proof: { lib: ['domain', 'contract'], packages: ['jose', 'canonicalize'] },
  storage: { lib: ['domain', 'proof', 'contract'], packages: ['dexie', 'zod'] },
  search: { lib: ['domain'], types: ['contract'], packages: ['papaparse', 'uuid'] },
  'relay-client': { lib: ['contract', 'proof'], packages: ['zod'] },
  sync: {
    lib: ['storage', 'relay-client', 'contract', 'domain', 'proof'],
    packages: [],
  },
  devices: { lib: ['domain'], packages: [] },
  ui: { lib: ['domain'], types: ['contract'], packages: ['svelte', '@lucide/svelte', 'uqr'] },
  state: {
    lib: ['contract', 'domain', 'proof', 'storage', 'search', 'relay-client', 'sync', 'devices'],
    packages: ['svelte', 'dexie', 'uuid'],
  },
  routes: {
    lib: ['*'],
    packages: ['svelte', '@lucide/svelte', 'libphonenumber-js', 'papaparse', 'uqr', 'uuid'],
  },
  root: { lib: ['*'], packages: ['svelte', '@lucide/svelte'] },
  sw: { lib: [], packages: ['workbox-*'] },
  relay: {
    lib: ['contract', 'domain', 'proof'],
    packages: ['*'],
  },
};

/** Where a room's files are, and how far up an import may climb: out of a room it goes by $lib. */
const ROOT_CLIMB = '^\\.\\./';
const places = {
  ...Object.fromEntries(
    Object.keys(rooms).map((room) => [
      room,
      [{ files: [`src/lib/${room}/**`], climb: '(^|/)\\.\\.(/|$)' }],
    ]),
  ),
  routes: [
    { files: ['src/routes/*'], climb: ROOT_CLIMB },
    // a screen sees the table of screens, what they share and the frame, never another screen's folder
    { files: ['src/routes/*/**'], climb: '^\\.\\./(?!routes$|(?:shared|frame)/)|/\\.\\.(/|$)' },
    // what screens share sees no screen and no frame
    { files: ['src/routes/shared/*'], climb: '^\\.\\./(?!routes$)' },
    { files: ['src/routes/shared/*/**'], climb: '^\\.\\./\\.\\.(?!/routes$)' },
  ],
  root: [{ files: ['src/*'], climb: ROOT_CLIMB }],
  sw: [{ files: ['src/sw/**'], climb: ROOT_CLIMB }],
  relay: [
    { files: ['relay/*'], climb: ROOT_CLIMB },
    { files: ['relay/*/**'], climb: '^\\.\\./\\.\\.' },
    { files: ['relay/*/*/**'], climb: '^\\.\\./\\.\\./\\.\\.' },
  ],
};

const oneOf = (names) =>
  names.map((name) => name.replace(/[/.]/g, '\\$&').replace('*', '[^/]+')).join('|') || '(?!)';

/** The specifiers a room may not import, as regular expressions with the words for each. */
function refusals(room, climb) {
  const { lib, types = [], data = [], packages } = rooms[room];
  const seen = [...lib, ...(places[room][0].files[0].startsWith('src/lib/') ? [room] : [])];
  const saying = (names) => names.map((name) => `$lib/${name}`).join(', ') || 'nothing of ours';
  return [
    {
      regex: `^\\$lib(?!/(?:${oneOf([...seen, ...types])})/)`,
      message: `${room} may import ${saying([...lib, ...types])}, always as $lib/<room>/<file>.`,
    },
    ...(types.length
      ? [
          {
            regex: `^\\$lib/(?!(?:${oneOf(data)})$)(?:${oneOf(types)})/`,
            message: `${room} may import only types from ${saying(types)}.`,
            allowTypeImports: true,
          },
        ]
      : []),
    { regex: climb, message: 'No climbing out of a room: write $lib/<room>/<file>.' },
    { regex: '^/|^src/', message: 'Write $lib/<room>/<file>.' },
    { regex: '^[.$].*(?:/index|\\.ts)$|/$|^\\.+$', message: 'Name the file itself, without .ts.' },
    {
      regex: `^(?![./$])(?!(?:${oneOf(packages)})(?:/|$))`,
      message: `${room} may import these packages: ${packages.join(', ') || 'none'}.`,
    },
    ...(room === 'relay'
      ? [{ regex: '^(?:svelte|dexie|workbox-[^/]+)(?:/|$)', message: 'The relay has no screen.' }]
      : []),
  ];
}

const spreadLiteral = {
  selector: 'ObjectExpression > SpreadElement > ObjectExpression',
  message: 'Write the properties themselves, a line each.',
};

/** The same for what no-restricted-imports does not see. */
function refusedSyntax(room, climb) {
  const inSelector = (regex) => regex.replaceAll('\\/', '/').replaceAll('/', '\\u002F');
  return [
    ...refusals(room, climb).flatMap(({ regex, message, allowTypeImports }) => [
      { selector: `ImportExpression[source.value=/${inSelector(regex)}/]`, message },
      ...(allowTypeImports
        ? []
        : [{ selector: `TSImportType[source.value=/${inSelector(regex)}/]`, message }]),
    ]),
    {
      selector: 'ImportExpression[source.type!="Literal"]',
      message: 'A dynamic import names its file.',
    },
    spreadLiteral,
    ...(room === 'relay'
      ? []
      : [
          {
            selector: 'ExportAllDeclaration, ExportNamedDeclaration[source]',
            message: 'No barrels: an import line always names the real file.',
          },
          {
            selector: 'MemberExpression[object.type="MetaProperty"][property.name=/^glob/]',
            message: 'import.meta.glob would see other rooms.',
          },
        ]),
  ];
}

const impure = {
  globals: [
    ...['console', 'fetch', 'crypto', 'performance', 'process', 'Buffer', 'parseFloat', 'eval'],
    ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval'],
    ...['queueMicrotask', 'requestAnimationFrame', 'globalThis', 'self', 'window', 'document'],
    ...['navigator', 'location', 'localStorage', 'sessionStorage', 'indexedDB'],
  ].map((name) => ({ name, message: 'domain is pure: take it as an argument.' })),
  properties: [
    { object: 'Date', property: 'now', message: 'Time is an argument.' },
    { object: 'Math', property: 'random', message: 'Ids and randomness are arguments.' },
    { object: 'Number', property: 'parseFloat', message: 'No floats.' },
  ],
  syntax: [
    {
      selector: ':matches(NewExpression, CallExpression)[callee.name="Date"][arguments.length=0]',
      message: 'Time is an argument.',
    },
  ],
};

const ours = {
  eqeqeq: ['error', 'always'],
  'no-eval': 'error',
  'no-new-func': 'error',
  '@typescript-eslint/no-import-type-side-effects': 'error',
};

/** The rules that take most of ESLint's time: those that need types, and one that follows every name. */
export const typeAware = {
  ...ts.configs.recommendedTypeCheckedOnly.at(-1).rules,
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
};

/** The other rules; oxlint refuses octal numbers by itself. */
const others = {
  ...js.configs.recommended.rules,
  ...Object.assign({}, ...ts.configs.recommended.map(({ rules }) => rules)),
  ...ours,
};
export const untyped = Object.fromEntries(
  Object.entries(others).filter(
    ([rule, how]) => how !== 'off' && rule !== 'no-octal' && !(rule in typeAware),
  ),
);

/**
 * `COUNTERFOIL_LINT=quick`, set by `scripts/lint.mjs`: oxlint applies everything to TypeScript, which ESLint then skips, but for
 * modules with runes. ESLint runs without types, since loading types is slow for components. `npm run lint` and the long run
 * apply all rules with ESLint.
 */
const quick = process.env.COUNTERFOIL_LINT === 'quick';

const code = ['ts', 'js', 'mjs', 'svelte'];
const withExtensions = (files) => files.flatMap((glob) => code.map((ext) => `${glob}.${ext}`));

/** The table of rooms as rules for their files; `scripts/lint.mjs` gives them to oxlint, too. */
export const house = [
  ...Object.entries(places).flatMap(([room, all]) =>
    all.map(({ files, climb }) => ({
      name: `rooms/${room}`,
      files: withExtensions(files.map((glob) => glob.replace(/\*\*$/, '**/*'))),
      rules: {
        '@typescript-eslint/no-restricted-imports': ['error', { patterns: refusals(room, climb) }],
        'no-restricted-syntax': [
          'error',
          ...refusedSyntax(room, climb),
          ...(room === 'domain' ? impure.syntax : []),
        ],
      },
    })),
  ),
  {
    name: 'rooms/domain-is-pure',
    files: ['src/lib/domain/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impure.globals],
      'no-restricted-properties': ['error', ...impure.properties],
    },
  },
  {
    name: 'rooms/no-index-files',
    files: ['src/lib/**/index.*'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'Program', message: 'No barrels: name the file after the noun it owns.' },
      ],
    },
  },
  {
    name: 'tests/plain-literals',
    files: ['tests/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', spreadLiteral] },
  },
  {
    name: 'rooms/nothing-loose-in-lib',
    files: ['src/lib/*.ts', 'src/lib/*.svelte'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'Program', message: 'A file under src/lib belongs to a room.' },
      ],
    },
  },
];

export default defineConfig(
  {
    ignores: [
      ...['dist/', 'dist-relay/', '.cache/', '.svelte-check/', 'coverage/', 'data/'],
      ...(quick ? ['**/!(*.svelte).ts', 'tests/**/*.ts'] : []),
    ],
  },
  js.configs.recommended,
  ts.configs.recommendedTypeChecked,
  svelte.configs.recommended,
  prettier,
  svelte.configs.prettier,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: {
        projectService: true,
        extraFileExtensions: ['.svelte'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'svelte/no-at-html-tags': 'error',
      ...ours,
      ...typeAware,
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    // no svelteConfig here: its functions can't be serialised for `eslint --cache`
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    files: ['**/*.svelte'],
    // the parser cannot see the types of imported components, so their callbacks are `any` to it; svelte-check sees them
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-redundant-type-constituents': 'off',
    },
  },
  ...(quick
    ? [
        {
          files: ['**/*'], // one file with types would load the whole program
          extends: [ts.configs.disableTypeChecked],
          languageOptions: { parserOptions: { projectService: false } },
          // what is allowed there is found by oxlint
          linterOptions: { reportUnusedDisableDirectives: 'off' },
        },
        { files: ['**/*.svelte.ts'], rules: { '@typescript-eslint/no-unused-vars': 'off' } },
      ]
    : []),
  { files: ['**/*.js', '**/*.mjs'], extends: [ts.configs.disableTypeChecked] },
  {
    files: ['src/sw/**', 'relay/http/withdrawal/*.js'],
    languageOptions: { globals: globals.serviceworker },
  },
  ...house,
);
