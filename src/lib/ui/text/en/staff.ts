// Operators, groups and their rights, in English.
import type { staff as ru } from '$lib/ui/text/ru/staff';

export const staff = {} satisfies typeof ru;
