// Settings, in English.
import type { settings as ru } from '$lib/ui/text/ru/settings';

export const settings = {} satisfies typeof ru;
