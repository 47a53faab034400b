// The status chip and what stands behind it, in English.
import type { status as ru } from '$lib/ui/text/ru/status';

export const status = {} satisfies typeof ru;
