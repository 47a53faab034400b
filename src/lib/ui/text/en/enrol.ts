// Pairing a till with the relay, in English.
import type { enrol as ru } from '$lib/ui/text/ru/enrol';

export const enrol = {} satisfies typeof ru;
