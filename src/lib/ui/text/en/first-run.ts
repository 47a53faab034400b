// First open, in English.
import type { firstRun as ru } from '$lib/ui/text/ru/first-run';

export const firstRun = {} satisfies typeof ru;
