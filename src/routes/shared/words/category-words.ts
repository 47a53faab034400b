// The name and colour with which a category is shown.
import { categoryNameIn, type ShopCategory } from '$lib/domain/shop-categories';
import { till } from '$lib/state/till.svelte';
import { categoryColour } from '$lib/ui/category-colours';
import { language } from '$lib/ui/text/current.svelte';

export const categoryName = (category: Pick<ShopCategory, 'category' | 'name'>): string =>
  categoryNameIn(category, language.current);

/** The colour of a product's category, for a style attribute. */
export function categoryColourOf(category: string | null): string {
  const { catalogue } = till;
  return categoryColour(
    catalogue.categoryOf(category)?.colour ?? null,
    catalogue.placeOf(category),
  );
}
