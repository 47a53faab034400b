// The journal and its proofs, in English.
import type { journal as ru } from '$lib/ui/text/ru/journal';

export const journal = {} satisfies typeof ru;
