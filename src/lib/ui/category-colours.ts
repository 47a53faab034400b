// Muted colours for categories, by their order. Decoration only: the category's name always stands beside one.

/** Both themes share them: none carries a meaning, and all stand out from paper and from ink alike. */
const COLOURS = ['#a58a63', '#6f86b0', '#8a9a5b', '#8c6f9c', '#5d8f99', '#b07d6f', '#7d8a74'];

const NO_CATEGORY = '#87807a';

/** Of the category at this place; -1: of goods without one. */
export function categoryColour(place: number): string {
  return COLOURS[place % COLOURS.length] ?? NO_CATEGORY;
}
