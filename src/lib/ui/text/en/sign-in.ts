// Sign-in, lock and quick switch, in English.
import { plural } from '$lib/ui/text/plural';
import type { signIn as ru } from '$lib/ui/text/ru/sign-in';

export const signIn = {
  title: 'Who is at the till?',
  pin: 'PIN',
  pinOf: (name) => `PIN · ${name}`,
  chooseFirst: 'Choose who you are',
  receiptWaits: 'The open receipt is saved and waits.',
  lock: 'Lock the till',
  someoneElse: 'Someone else',
  wrongPin: 'That PIN is not right. Try again.',
  wrong: (left: number) =>
    `That PIN is not right. ${plural('en', left, { one: 'try left', other: 'tries left' })}.`,
  lockedUntil: (time: string) => `Too many tries. The next one after ${time}.`,
  unknown: 'This person no longer works at the till.',
  noPolicyTitle: 'The till is waiting for the shop’s settings',
  confirmTitle: 'Confirm with your PIN',
  confirmText: (name: string) => `${name}, the shop server asks to confirm that it is you.`,
} satisfies typeof ru;
