// The rules of ESLint that hold the table of rooms, as a plugin of oxlint, which has not all of them.
import { builtinRules } from 'eslint/use-at-your-own-risk';
import ts from 'typescript-eslint';

const own = ['no-restricted-syntax', 'no-restricted-globals', 'no-restricted-properties'];

export default {
  meta: { name: 'house' },
  rules: {
    ...Object.fromEntries(own.map((rule) => [rule, builtinRules.get(rule)])),
    'no-restricted-imports': ts.plugin.rules['no-restricted-imports'],
  },
};
