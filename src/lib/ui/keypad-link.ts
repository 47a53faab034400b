// Links a keypad with the fields beside it: they open no system keyboard, and take its keys.
import { getContext, setContext } from 'svelte';
import type { Key } from './keys';

const keypad = Symbol('keypad');

/** Called by what shows a keypad beside its fields. */
export function offerKeypad(): void {
  setContext(keypad, true);
}

/** Called by a field: whether a keypad is beside it. */
export const hasKeypad = (): boolean => getContext<true | undefined>(keypad) === true;

const KEY = 'keypad-key';

/** Types a key into a field, as if the field had the focus. */
export function sendKey(field: HTMLInputElement, key: Key): void {
  field.dispatchEvent(new CustomEvent<Key>(KEY, { detail: key }));
}

/** Calls `take` with every key that the keypad sends to the field. Returns the end of it. */
export function takeKeys(field: HTMLInputElement, take: (key: Key) => void): () => void {
  const sent = (event: Event) => {
    take((event as CustomEvent<Key>).detail);
  };
  field.addEventListener(KEY, sent);
  return () => field.removeEventListener(KEY, sent);
}
