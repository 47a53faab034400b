// The till screen: goods and receipt, in English.
import type { till as ru } from '$lib/ui/text/ru/till';

export const till = {} satisfies typeof ru;
