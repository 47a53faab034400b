// The schema of this device's changes of a category.
import { categoryChange, categoryKey } from '$lib/contract/acts/goods';
import { hash } from '$lib/contract/values';
import * as z from 'zod/mini';

export const categoryRow = z.strictObject({
  category: categoryKey,
  edits: z.array(z.strictObject({ change: categoryChange, entry: hash })),
});
