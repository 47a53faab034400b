// Who was told of loosened rules, and numbers to look at, in English.
import type { OwnerNoticeState } from '$lib/contract/owner-notice';
import { plural } from '$lib/ui/text/plural';
import type { guard as ru } from '$lib/ui/text/ru/guard';

export const guard = {
  told: {
    title: 'What owners were told',
    text: 'Whatever loosens the customer’s protection, the relay itself tells all owners.',
    none: 'Nothing has been loosened yet.',
    nobody: 'Nobody was told: no owner has a phone.',
    by: (name: string, moment: string) => `${name}, ${moment}`,
    somebody: 'Somebody who left',
    states: {
      waiting: 'waiting',
      sent: 'sent',
      'maybe-sent': 'maybe sent',
      failed: 'failed',
    } satisfies Record<OwnerNoticeState, string>,
    onlyCodes:
      'The messaging service carries only codes. Tell the owners yourself, or choose a service that takes your own text.',
    more: 'Show all',
    notRead: 'The list could not be loaded.',
  },
  numbers: {
    title: 'Numbers worth a look',
    text: 'Numbers of the staff on customers’ cards, and one number on several cards.',
    show: 'Show the numbers',
    none: 'There are no such numbers.',
    staff: (name: string) => `A number of the staff: ${name}`,
    shared: (n: number) => `One number on ${plural('en', n, { one: 'card', other: 'cards' })}`,
    elsewhere: 'not on this till',
  },
} satisfies typeof ru;
