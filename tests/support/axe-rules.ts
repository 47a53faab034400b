// What axe is asked about a page or a part of it, and which of its results are findings.
import type { Result } from 'axe-core';

/** Tags of the standards. */
export const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
/** Off by default, and of another standard: names contain what is read. */
export const MORE_RULES = { 'label-content-name-mismatch': { enabled: true } };

/** Waits until nothing fades: a fading element has no final contrast yet. A spinner never ends. Stories run it in the page. */
export async function settled(): Promise<void> {
  const ending = document
    .getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(ending.map((animation) => animation.finished));
}

/** Sets the colours of the page, and returns which were set. Stories run it in the page. */
export function paint(theme: string): string {
  const before = document.documentElement.dataset['theme'] ?? '';
  document.documentElement.dataset['theme'] = theme;
  return before;
}

export const findings = (results: Pick<Result, 'id' | 'nodes'>[]) =>
  results
    .map(({ id, nodes }) => ({
      id,
      nodes: nodes
        .map(({ html, any }) => `${html.slice(0, 160)} :: ${any[0]?.message ?? ''}`)
        // axe cannot distinguish elements that are scrolled out of view from covered ones; people check the pictures
        .filter((node) => !/overlap|obscured/.test(node)),
    }))
    .filter(({ nodes }) => nodes.length > 0);
