// The dialogue that asks for the customer's code, in English.
import type { code as ru } from '$lib/ui/text/ru/code';

export const code = {} satisfies typeof ru;
