// Checks a part that a test has rendered for violations of accessibility rules, in both themes.
import axe, { type RunOptions } from 'axe-core';
import { expect } from 'vitest';
import { findings, MORE_RULES, paint, RULES, settled } from './axe-rules';

/** Rules about a whole page are not asked: a part has no landmarks and no heading of the first rank. */
export async function expectAccessible(part: Element): Promise<void> {
  const before = paint('light');
  const light = await found(part, { runOnly: RULES, rules: MORE_RULES });
  paint('dark');
  // nothing else depends on the theme
  const dark = await found(part, { runOnly: { type: 'rule', values: ['color-contrast'] } });
  paint(before);
  expect({ light, dark }).toEqual({ light: [], dark: [] });
}

async function found(part: Element, options: RunOptions) {
  await settled();
  const { violations, incomplete } = await axe.run(part, {
    ...options,
    // results without passed rules, which nobody reads
    resultTypes: ['violations', 'incomplete'],
  });
  return findings([...violations, ...incomplete]);
}
