// Continuing without a code, and the reasons for it, in English.
import type { OverrideReason } from '$lib/contract/acts/account';
import type { SaleAction } from '$lib/contract/values';
import { plural } from '$lib/ui/text/plural';
import type { noCode as ru, reasons as ruReasons } from '$lib/ui/text/ru/no-code';

export const noCode = {
  titleCannotSend: 'The code can’t be sent',
  titleDidNotArrive: 'The code did not arrive',
  titlePhoneNotAtHand: 'No access to this number',
  titleSpent: 'The code is no longer valid',
  nothingLost: 'The receipt is safe, nothing is lost.',

  because: {
    unreachable: 'The till can’t reach the shop server.',
    overdue:
      'The shop server has not answered yet. As soon as it does, the till goes on by itself.',
    unreachableFor: (duration: string) =>
      `The till has not reached the shop server for ${duration}.`,
    quarantined:
      'The shop server rejects this till’s journal and sends no codes for it until the till is connected again under Settings → This till.',
    'tills-awaited': (tills, until) =>
      `The shop server was restored from an older copy and does not know yet what happened at other tills: ${tills}. Switch them on and wait until they have reached the server. If that cannot wait, an owner can press “Do not wait” under Settings → Tills of the shop. The server waits until ${until} at most.`,
    'provider-unreachable':
      'The shop server is connected, but the messaging service does not answer.',
    refused: (why: string) => `The messaging service did not send the code. ${why}`,
    limited: {
      phone: (time: string) =>
        `Many codes went to this number already. The next can go at ${time}.`,
      till: (time: string) => `Many codes went from this till already. The next can go at ${time}.`,
      shop: (time: string) =>
        `The shop has used up its codes for today. The next can go at ${time}.`,
    },
    'channel-not-available': {
      some: (allowed: string) =>
        `A four-digit code can now confirm no more than ${allowed}, and there is no way to send one of six.`,
      nothing: 'Four-digit codes are used up for today, and there is no way to send one of six.',
    },
    'did-not-arrive': 'The message was sent, but the customer did not get it.',
    'phone-not-at-hand':
      'The customer cannot look at the message now. The code was sent and can still be typed.',
    expired: 'Time ran out: the code no longer works.',
    'too-many-checks': 'No tries are left: the code no longer works.',
  },

  retry: 'Send again',
  backToCode: 'Type the code after all',
  late: {
    sent: 'The code was sent after all: the customer can tell it.',
    answered: 'The shop server has answered now.',
    toCode: 'Type the code',
    toAnswer: 'See the answer',
  },
  reserve: {
    open: (left: number) => `Reserve code · ${left} left`,
    label: 'Reserve code, 10 characters',
    hint: 'Ask the customer for a code from the earlier message. Spaces, dashes and case do not matter.',
    confirm: 'Confirm with the reserve code',
    checking: 'Checking the code…',
    cap: (amount: string) => `One code confirms up to ${amount}. After the sale it is used up.`,
    overCap: (amount: string) =>
      `One reserve code confirms no more than ${amount}, and this is more. Lower the sum: no code was used.`,
    malformed: 'That is no reserve code: it has 10 letters and digits. Check it and type it again.',
    wrong: (left: number) =>
      `This till has no such unused code — ${plural('en', left, { one: 'try left', other: 'tries left' })}. If the message names several tills, one of this till’s is needed.`,
    locked: (time: string) =>
      `Too many wrong codes. The next can be typed at ${time}. The receipt is kept.`,
    void: 'Too many wrong codes: the customer’s reserve codes at this till are void. The receipt is kept. New ones can be issued once the connection is back.',
    'none-left': 'The customer has no more reserve codes at this till. The receipt is kept.',
    'given-already':
      'This code has already confirmed something else in this receipt. Use the next code.',
  },
  heading: 'Continue without a code',
  reason: 'Why without a code',
  otherReason: 'What happened',
  otherReasonHint: 'These words go into the journal',
  reasonMissing: 'Choose a reason',
  otherReasonMissing: 'Write what happened',

  allowed: (now: string, after: string) =>
    `${now} left without a code in 24 hours, ${after} after this.`,
  overCap: {
    act: (amount: string) => `No more than ${amount} at once can go without a code.`,
    customer: (amount: string) =>
      `This customer can have another ${amount} without a code in 24 hours.`,
    till: (amount: string) => `This till can let another ${amount} go without a code in 24 hours.`,
    nothing: 'Nothing more can go without a code in these 24 hours.',
  },
  overCapAdvice: 'Lower the sum, or wait for the connection.',
  willBeNoted: 'It goes into the journal with your name and the reason.',
  colleagueNoted: (name: string) =>
    `It goes into the journal with your name, that of ${name}, who allows it, and the reason.`,
  answers: (name: string, group: string) => `Allowed by ${name}, ${group}`,
  other: 'Someone else',

  doOnAccount: 'Put it on account without a code',
  doPoints: 'Redeem points without a code',

  noRight: 'You are not allowed to go on without a code.',
  rightHeldBy: (groups: string) => `These may continue without a code: ${groups}.`,
  rightHeldByNobody: 'Nobody may continue without a code: no group holds that right.',
  colleague: 'Call a colleague',
  colleagueTitle: 'Who allows it?',
  colleaguePin: (name: string, what: string) => `${name}, enter your PIN to allow ${what}.`,
  colleagueAllows: {
    'sell-on-account': (sum: string) => `${sum} on account without a code`,
    'redeem-points': (sum: string) => `${sum} paid in points without a code`,
  } satisfies Record<SaleAction, (sum: string) => string>,
  colleagueOnce: 'For this act only: the cashier stays signed in.',
  back: 'Back to payment',
} satisfies typeof ru;

export const reasons = {
  override: {
    'no-internet': 'No internet',
    'provider-failed': 'Service failed',
    'code-did-not-arrive': 'Code did not arrive',
    'phone-not-at-hand': 'Phone not at hand',
    other: 'Other…',
  } satisfies Record<OverrideReason, string>,
} satisfies typeof ruReasons;
