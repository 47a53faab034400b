// Import of a price list, in English.
import type { imports as ru } from '$lib/ui/text/ru/import';

export const imports = {} satisfies typeof ru;
