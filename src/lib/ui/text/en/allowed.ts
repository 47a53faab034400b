// What a customer may take on account and redeem, and the reasons for limits, in English.
import type { allowed as ru } from '$lib/ui/text/ru/allowed';

export const allowed = {
  left: (amount: string) => `${amount} left`,
  nothingLeft: 'nothing left',
  nothingNow: 'nothing on account now',
  noLimit: 'no limit',
  disputed: 'no debt while a dispute is open',
  noPhone: 'no debt without a phone number',
  leftWithoutPhone: (amount: string) => `${amount} left without a phone number`,

  /** After the sum. */
  because: {
    young: (until: string) => `new number until ${until}`,
    waiting: (until: string) => `the number counts from ${until}`,
    unaccepted: 'until an owner accepts the number',
    held: (phone: string) => `another number is on record: ${phone}`,
  },

  points: {
    young: (until: string) => `Points can be used from ${until}: the number is new.`,
    waiting: (until: string) => `No points yet: the number counts from ${until}.`,
    unaccepted: 'No points until an owner accepts the number.',
    held: (phone: string) => `No points: another number is on record, ${phone}.`,
    disputed: 'No points while a dispute is open.',
    noPhone: 'A code is needed to redeem points, and the customer has no phone number.',
    upTo: (points: string) => `No more than ${points} without a code.`,
  },
} satisfies typeof ru;
