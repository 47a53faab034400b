// Going on without a code, in English.
import type { noCode as ru } from '$lib/ui/text/ru/no-code';

export const noCode = {
  titleCannotSend: 'The code can’t be sent',
  titleDidNotArrive: 'The code did not arrive',
  titlePhoneNotAtHand: 'No access to this number',
  titleSpent: 'The code is no longer valid',
  nothingLost: 'The receipt is kept, nothing is lost.',

  because: {
    unreachable: 'The till can’t reach the relay.',
    unreachableFor: (duration: string) => `The till has not reached the relay for ${duration}.`,
    quarantined:
      'The relay does not take this till’s journal and sends no code for it until the till is connected anew (under Device).',
    'provider-unreachable': 'The relay is there, but the messaging service does not answer.',
    refused: (why: string) => `The messaging service did not send the code. ${why}`,
    limited: {
      phone: (time: string) =>
        `Many codes went to this number already. The next can go at ${time}.`,
      till: (time: string) => `Many codes went from this till already. The next can go at ${time}.`,
      shop: (time: string) =>
        `The shop has used up its codes for today. The next can go at ${time}.`,
    },
    'did-not-arrive': 'The message was sent, but the customer did not get it.',
    'phone-not-at-hand':
      'The customer cannot look at the message now. The code was sent and can still be typed.',
    expired: 'Time ran out: the code no longer works.',
    'too-many-checks': 'No tries are left: the code no longer works.',
  },

  retry: 'Send again',
  backToCode: 'Type the code after all',
  reserveCode: 'Reserve code',
  heading: 'Continue without a code',
  reason: 'Why without a code',
  otherReason: 'What happened',
  otherReasonHint: 'These words go into the journal',
  reasonMissing: 'Choose a reason',
  otherReasonMissing: 'Write what happened',

  allowed: (now: string, after: string) =>
    `${now} left today without a code, ${after} after this sale.`,
  overCap: {
    act: (amount: string) => `No more than ${amount} at once can go without a code.`,
    customer: (amount: string) => `This customer can have another ${amount} without a code today.`,
    till: (amount: string) => `This till can let another ${amount} go without a code today.`,
    nothing: 'Nothing more can go without a code today.',
  },
  overCapAdvice: 'Lower the sum, or wait for the connection.',
  willBeNoted: 'It goes into the journal with your name and the reason.',
  colleagueNoted: (name: string) =>
    `It goes into the journal with your name, that of ${name}, who allows it, and the reason.`,
  willBeTold: 'The customer gets a message when the connection is back.',
  answers: (name: string, group: string) => `Allowed by ${name}, ${group}`,
  other: 'Someone else',

  doOnAccount: 'Put it on account without a code',
  doPoints: 'Redeem points without a code',

  noRight: 'You are not allowed to do this.',
  rightHeldBy: (groups: string) => `These may continue without a code: ${groups}.`,
  rightHeldByNobody: 'Nobody may continue without a code: no group holds that right.',
  colleague: 'Call a colleague',
  colleagueTitle: 'Who allows it?',
  colleaguePin: (name: string) => `${name}, enter your PIN`,
  colleagueOnce: 'For this act only: the cashier stays signed in.',
  noColleague: 'There is nobody with that right now.',
  back: 'Back to payment',
} satisfies typeof ru;
