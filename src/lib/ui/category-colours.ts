// The colours of categories: chosen ones by name, others by the position of the category.
// Decorative, because the category's name is always shown.
import type { CategoryColour } from '$lib/contract/acts/goods';

/** In the order in which they are assigned by position. */
export const CATEGORY_COLOURS: readonly CategoryColour[] = [
  ...(['sand', 'blue', 'olive', 'plum', 'teal', 'clay', 'sage', 'rose'] as const),
];

const cssOf = (name: CategoryColour | 'none'): string => `var(--category-${name})`;

/** `chosen` null: by position. `place` -1: goods without a category. */
export function categoryColour(chosen: CategoryColour | null, place: number): string {
  if (place < 0) return cssOf('none');
  return cssOf(chosen ?? CATEGORY_COLOURS[place % CATEGORY_COLOURS.length] ?? 'none');
}
