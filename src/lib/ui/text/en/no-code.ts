// Going on without a code, in English.
import type { noCode as ru } from '$lib/ui/text/ru/no-code';

export const noCode = {} satisfies typeof ru;
