// What the shop has not set up yet, offered in the empty till, in English.
import type { checklist as ru } from '$lib/ui/text/ru/checklist';

export const checklist = {
  title: 'Still to set up',
  close: 'Do not show again',
  steps: {
    staff: {
      title: 'Add your staff',
      why: 'Each has a PIN of their own, and you see who sold what.',
    },
    phones: {
      title: 'Enter your staff’s phones',
      why: 'The till notices a customer’s card with a seller’s own number.',
    },
    messages: {
      title: 'Connect a messaging service',
      why: 'Without it customers get no code to buy on account.',
    },
    'count-float': {
      title: 'Count the float',
      why: 'You see at once if the drawer has less than the last shift left.',
    },
    'blind-count': {
      title: 'Count the drawer blind',
      why: 'A cashier counts the money without knowing how much there should be.',
    },
    reminders: {
      title: 'Remind customers of their debt',
      why: 'Customers notice money that they gave and nobody entered.',
    },
  },
} satisfies typeof ru;
