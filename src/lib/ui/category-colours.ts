// Muted colours for categories, by their order. Decorative: the category's name is always shown.

/** The same in both themes: none has a meaning, and all contrast with paper and ink. */
const COLOURS = ['#a58a63', '#6f86b0', '#8a9a5b', '#8c6f9c', '#5d8f99', '#b07d6f', '#7d8a74'];

const NO_CATEGORY = '#87807a';

/** The colour of the category at this index; -1: goods without one. */
export function categoryColour(place: number): string {
  return COLOURS[place % COLOURS.length] ?? NO_CATEGORY;
}
