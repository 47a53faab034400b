// Which ids ship with the product: demo goods and demo customers bear them and nothing else does, so that what is real can be told.
import { ID_LENGTH, type PackedCatalogue } from '$lib/domain/catalogue';

/** Ids of everything that ships with the product begin so; the last twelve digits count. */
export const DEMO_IDS = '01900000-0000-7000-8000-';

export function demoId(number: number): string {
  return DEMO_IDS + String(number).padStart(12, '0');
}

/** No product but the demo's; also where there is none. */
export function hasOnlyDemoGoods({ ids, count }: Pick<PackedCatalogue, 'ids' | 'count'>): boolean {
  for (let row = 0; row < count; row += 1)
    if (!ids.startsWith(DEMO_IDS, row * ID_LENGTH)) return false;
  return true;
}
