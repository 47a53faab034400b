// Customers and their cards, in English.
import type { customers as ru } from '$lib/ui/text/ru/customers';

export const customers = {} satisfies typeof ru;
