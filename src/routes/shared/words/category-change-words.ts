// Words for changes of categories; not loaded at the start.
import type { CategoryChange } from '$lib/contract/acts/goods';
import type { ShopCategory } from '$lib/domain/shop-categories';
import { t } from '$lib/ui/text/current.svelte';
import { categoryName } from './category-words';

/** The new value alone: `blue`. A change of position has none to show. */
function valueWords(change: CategoryChange): string {
  const { offered } = t().toSettle;
  const { colours, ownColour } = t().catalogue.categoryList;
  switch (change.field) {
    case 'name':
      return change.value;
    case 'colour':
      return change.value === null ? ownColour : colours[change.value];
    case 'removed':
      return change.value ? offered.no : offered.yes;
    case 'order':
      return String(change.value);
  }
}

/** `Bread: name Buns`. */
export function categoryChangeWords(change: CategoryChange): string {
  const { categoryFields, moved } = t().toSettle;
  const first = categoryName({ category: change.category, name: null });
  return change.field === 'order'
    ? moved(first)
    : `${first}: ${categoryFields[change.field]} ${valueWords(change)}`;
}

/** The overruled change and the current value: `Bread: name Buns, and now Pastry`. */
export function staleCategoryWords(now: ShopCategory, change: CategoryChange): string {
  const { categoryFields, field: words, moved } = t().toSettle;
  const name = categoryName(now);
  const { category, field } = change;
  if (field === 'order') return moved(name);
  const current: CategoryChange =
    field === 'name'
      ? { category, field, value: name }
      : field === 'colour'
        ? { category, field, value: now.colour }
        : { category, field, value: now.isRemoved };
  return words(name, categoryFields[field], valueWords(change), valueWords(current));
}
