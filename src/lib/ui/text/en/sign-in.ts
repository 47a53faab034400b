// Sign-in, lock and quick switch, in English.
import type { signIn as ru } from '$lib/ui/text/ru/sign-in';

export const signIn = {} satisfies typeof ru;
