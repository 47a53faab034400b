// Goods, in English.
import type { catalogue as ru } from '$lib/ui/text/ru/catalogue';

export const catalogue = {} satisfies typeof ru;
