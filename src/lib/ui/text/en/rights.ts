// Names of rights and groups, in English.
import type { rights as ru } from '$lib/ui/text/ru/rights';

export const rights = {} satisfies typeof ru;
