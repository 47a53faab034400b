// What went wrong: disk, sale, policy, relay, in English.
import type { errors as ru } from '$lib/ui/text/ru/errors';

export const errors = {} satisfies typeof ru;
