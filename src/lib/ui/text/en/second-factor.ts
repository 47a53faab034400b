// Codes to operators' phones and tokens in their place, in English.
import type { Refusal } from '$lib/contract/challenge';
import type { secondFactor as ru } from '$lib/ui/text/ru/second-factor';

export const secondFactor = {
  title: 'Code to your phone',
  why: (toDo: string) => `One more step to ${toDo}: the code from your phone.`,
  consentTitle: 'An owner’s confirmation',
  whyConsent: (toDo: string) =>
    `To ${toDo}, type the code from the owner’s phone. The message says what exactly changes; the code is good for nothing else.`,
  whyOwner: (toDo: string, owner: string) =>
    `To ${toDo}, the code from an owner’s phone is needed: ${owner}. The message says what exactly changes; the code is good for nothing else.`,
  sentTo: (channel: string, phone: string) => `The code was sent: ${channel} to ${phone}.`,
  spent: {
    expired: 'This code is no longer valid. Send a new one.',
    'too-many-checks': 'No tries are left, this code will not work any more. Send a new one.',
  },
  sendNew: 'Send a new code',
  notSent: (why: string) => `The code was not sent. ${why}`,
  providerUnreachable:
    'The messaging service does not answer. Try again, or type a one-time token from the shop server.',
  limited: (time: string) =>
    `Too many messages went to this number. The next one after ${time}; a one-time token from the shop server works at once.`,
  ownPhone: {
    'bad-phone':
      'The service does not know this number. An owner can correct it under “Staff and permissions”.',
    unreachable: 'This phone cannot be reached right now.',
    'recipient-blocked': 'This phone does not take such messages.',
  } satisfies Partial<Record<Refusal, string>>,
  useToken: 'No code? Type a one-time token from the shop server',
  useCode: 'Type the code',
  tokenText: 'On the computer the shop server runs on, run this and type the token it prints:',
  token: 'Token, 10 characters',
  tokenWrong: 'That token is not right. It is good for 15 minutes and once; print a new one.',
  open: 'Confirm',

  unproven: (phone: string) =>
    `Your phone ${phone} is not confirmed. Until then it gets no codes for the settings.`,
  noPhone:
    'You have no phone on record: neither codes for the settings nor warnings will reach you.',
  toStaff: 'Add a phone',
  prove: 'Confirm the phone',
  proveTitle: 'Confirm your phone',
  proveText: (phone: string) =>
    `A code will go to ${phone}. From then on codes for the settings go to this phone: a stranger with the PIN alone gets nowhere.`,
  send: 'Send the code',
  later: 'Later',
  proven: 'Phone confirmed. It now gets the codes for the settings.',
} satisfies typeof ru;
