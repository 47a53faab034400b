// Ids of demo goods and demo customers, which distinguish them from real records.
import { ID_LENGTH, type PackedCatalogue } from '$lib/domain/goods/catalogue';

/** Common prefix of all demo ids; the last twelve digits are a number. */
export const DEMO_IDS = '01900000-0000-7000-8000-';

export const demoId = (number: number): string => DEMO_IDS + String(number).padStart(12, '0');

/** True if all products are demo products; also for an empty catalogue. */
export function hasOnlyDemoGoods({ ids, count }: Pick<PackedCatalogue, 'ids' | 'count'>): boolean {
  for (let row = 0; row < count; row += 1)
    if (!ids.startsWith(DEMO_IDS, row * ID_LENGTH)) return false;
  return true;
}
