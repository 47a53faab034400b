// What eslint.config.js asks of TypeScript, for oxlint, which reads it many times faster.
import { join } from 'node:path';
import { house, typeAware, untyped } from './eslint.config.js';

const renamed = (rules, rename) =>
  Object.fromEntries(Object.entries(rules).map(([rule, how]) => [rename(rule), how]));
const named = (rules) =>
  renamed(rules, (rule) => rule.replace('@typescript-eslint/', 'typescript/'));
const ofHouse = (rules) => renamed(rules, (rule) => `house/${rule.split('/').at(-1)}`);

export default {
  plugins: ['typescript'],
  jsPlugins: [join(import.meta.dirname, 'scripts/oxlint-house.mjs')],
  categories: { correctness: 'off' },
  options: { typeAware: true },
  rules: { ...named(untyped), ...named(typeAware) },
  overrides: house.map(({ files, rules }) => ({ files, rules: ofHouse(rules) })),
};
