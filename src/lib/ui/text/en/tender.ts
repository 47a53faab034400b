// Taking money, and the debt window, in English.
import type { tender as ru } from '$lib/ui/text/ru/tender';

export const tender = {} satisfies typeof ru;
