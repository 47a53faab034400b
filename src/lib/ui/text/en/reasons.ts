// Why somebody went on without a code, in English.
import type { reasons as ru } from '$lib/ui/text/ru/reasons';

export const reasons = {} satisfies typeof ru;
