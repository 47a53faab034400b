// Codes, going on without one, and proofs, in English.
import type { OverrideReason } from '$lib/contract/acts/account';
import type { DeliveryState } from '$lib/contract/challenge';
import type { Action, Channel, SaleAction } from '$lib/contract/values';
import { plural } from '$lib/ui/text/plural';
import type * as ru from '$lib/ui/text/ru/codes';

export const code = {
  title: 'Customer’s code',
  titleOf: (now: number, of: number) => `Customer’s code · ${now} of ${of}`,
  fieldLabel: (digits: number) =>
    `Code from the message, ${plural('en', digits, { one: 'digit', other: 'digits' })}`,
  ask: 'Ask the customer for the code in the message.',
  askCall: 'The customer gets a call. Ask for the last digits of the calling number.',
  fieldLabelCall: 'Last digits of the number',

  actions: {
    'sell-on-account': 'On account',
    'redeem-points': 'Redeem points',
    'change-phone': 'Change the phone',
    'issue-reserve-codes': 'Issue reserve codes',
    'merge-customers': 'Merge cards',
    'correct-balance': 'Balance adjustment',
    'cancel-repayment': 'Cancel a debt payment',
    'authorise-person': 'Add an authorised person',
    'return-goods': 'Return goods',
    'forget-customer': 'Erase the card',
  } satisfies Record<Action, string>,
  deal: (action: string, name: string) => `${action} · ${name}`,

  channels: {
    sms: 'SMS',
    viber: 'Viber',
    whatsapp: 'WhatsApp',
    call: 'Call',
    telegram: 'Telegram',
  } satisfies Record<Channel, string>,
  sentBy: (channel: string, phone: string) => `${channel} to ${phone}`,
  sentAt: (time: string) => `Sent at ${time}`,
  next: (channel: string, clock: string) => `Otherwise in ${clock}: ${channel}`,
  earlier: (channel: string, time: string, delivery: string) =>
    `Before, at ${time}: ${channel} · ${delivery}. Its code is still good.`,
  otherLength: (digits: number) =>
    `The code has ${plural('en', digits, { one: 'digit', other: 'digits' })}`,
  delivery: {
    moderation: 'Being checked by the service',
    queued: 'Waiting in the queue',
    sent: 'On its way',
    delivered: 'Delivered',
    read: 'Read',
    expired: 'Did not arrive in time',
    failed: 'Not delivered',
    'not-found': 'The service does not know this message',
    unknown: 'Delivery unknown',
  } satisfies Record<DeliveryState, string>,

  sending: 'Sending the code…',
  sendingText: 'This usually takes a couple of seconds.',
  sendingSlow:
    'The shop server has not answered yet. If it stays silent, other ways are offered in a few seconds.',
  checking: 'Checking…',
  checkingSlow: 'Checking… The shop server has not answered yet.',
  saving: 'The code is right. Saving the receipt…',
  wrong: (left: number) =>
    `That code is not right: ${plural('en', left, { one: 'try left', other: 'tries left' })}.`,
  unchecked:
    'The shop server did not answer, so the code is not checked yet. No try was used: type it again.',
  validFor: (clock: string) => `Valid for ${clock}`,
  resendIn: (clock: string) => `Send again in ${clock}`,
  resend: 'Send again',
  sendsLeft: (n: number) => plural('en', n, { one: 'time left', other: 'times left' }),
  noSendsLeft: 'It can’t be sent again, but the code is still valid.',
  resent: 'Sent again. The code is the same.',
  sendBy: (channel: string) => `Send by ${channel}`,
  customerTypes: 'Let the customer type it',
  customerPhone: {
    button: 'On the customer’s phone',
    title: 'Code on the customer’s phone',
    qr: 'QR code: opens the confirmation on the customer’s phone',
    text: 'The customer points the camera at it, sees the sum and types the code. The till notices by itself.',
    local:
      'Only this computer can open this address: the shop server has no address on the network yet.',
    openHere: 'Open it here, to try',
    noAddress:
      'The customer’s phone can’t reach the shop server: it has no address on the network yet. Ask for the code and type it here.',
    over: 'This code is no longer valid. Go back and send a new one.',
    unreachable:
      'The till cannot reach the shop server. Go back and type the code here, or try again.',
    back: 'Back to the code',
  },
  side: {
    ask: (phone: string) => `Type the code from the message sent to ${phone}`,
    askCall: (phone: string) =>
      `You are being called on ${phone}. Type the last digits of the calling number`,
    consent:
      'By typing the code you agree to this sum. If you do not, give the till back to the cashier.',
    giveBack: 'Please give the till back to the cashier',
    takeBack: 'Back to the cashier',
    takeBackPin: (name: string) => `${name}, enter your PIN to take the till back`,
  },
  to: {
    title: 'Whom to send the code to?',
    text: 'The customer, or the authorised person who came in their place.',
    customer: 'Customer',
    person: 'Authorised person',
    ask: 'Ask the authorised person for the code from the message.',
    askCall: 'The authorised person gets a call. Ask for the last digits of the calling number.',
    heard: 'The customer gets a message about this purchase.',
    send: 'Send the code',
    other: 'Ask somebody else',
  },
  otherWay: 'Something else…',
  ways: {
    title: 'Something else',
    otherNote: 'The code goes to another number',
    typesNote: 'The screen is turned to them',
    phoneNote: 'They scan a QR code and type it there',
    withoutNote: 'With a reserve code, or without a code',
    hold: 'Hold the receipt',
    holdNote: 'The code stays valid; it can be typed when the receipt is opened again',
    pay: 'Pay another way',
    payNote: 'The code already sent will no longer work',
  },
  didNotArrive: 'The code did not arrive',
  noAccess: 'No access to this number',
  cancel: 'Cancel the code',
  cancelTitle: 'Cancel the code?',
  cancelQuestion: 'The code already sent will no longer work.',
  keepWaiting: 'Keep waiting',
  demo: 'Demo mode: the code is on the page',

  stoppedTitle: 'The code was not sent',
  stopped: {
    'phone-held': (phone: string, until: string | null) =>
      `Another number is on record for this customer: ${phone}. The code goes only there. ${
        until === null
          ? 'The new one counts a day after it was saved on the card, or at once where a code to the old number was typed then.'
          : `The new one counts from ${until}.`
      }`,
    'phone-too-new': {
      points: (until: string) =>
        `This number was added recently. It can redeem points from ${until}. Take cash or card instead.`,
      debt: (until: string, allowed: string) =>
        `This number was added recently. Until ${until} it can take no more than ${allowed} on account. Take the rest in cash or by card.`,
      nothing: (until: string) =>
        `This number was added recently. It can take more on account from ${until}. Take cash or card instead.`,
    },
    'phone-unaccepted': {
      debt: (allowed: string) =>
        `The card was used before it had this number, so an owner has to accept the number. Until then it can take no more than ${allowed} on account. Take the rest in cash or by card.`,
      nothing:
        'The card was used before it had this number, so an owner has to accept the number first. Take cash or card instead.',
    },
    'customer-disputed': (moment: string) =>
      `This customer disputes an entry on the account, since ${moment}. Until that is settled nothing goes on account and no points are redeemed, at any till. A manager settles it under “Entries without a code”. Take cash or card instead.`,
    'over-limit': {
      some: (allowed: string) =>
        `That much cannot go on account: by the records of all tills this customer may take ${allowed} more. Take the rest in cash or by card.`,
      nothing:
        'Nothing more can go on account: by the records of all tills this customer may take no more. Take cash or card instead.',
    },
    'points-short': {
      some: (points: string) =>
        `That many points cannot be redeemed: by the records of all tills it may be ${points}. Take the rest in cash or by card.`,
      nothing:
        'By the records of all tills this customer has no points to redeem. Take cash or card instead.',
    },
    'card-differs':
      'The till’s card of this customer is not the one the shop server knows. Take cash or card instead, and tell the owner.',
    'codes-stopped':
      'The shop server sends no more codes for this till until an owner allows it again. Take cash or card instead, and tell the owner.',
    'person-refused': {
      'unknown-person':
        'The shop server does not know this authorised person: they were taken off the card, or the customer’s code for them never reached the server. Ask the customer, or add the person again.',
      'own-number':
        'This is your own number: you cannot confirm what you do yourself. Let a colleague do it.',
      'main-number': 'This is the customer’s main number: it need not be added.',
      'too-many': 'The card already has five authorised persons. Take one off first.',
    },
    'operator-unknown':
      'The shop server does not know this cashier any more. Sign in as somebody else, then send the code again.',
    'challenge-differs': 'The receipt changed while the code was on its way. Send the code again.',
    'policy-changed':
      'The shop’s rules for points have changed, and the till is fetching them. Remove the points from the payment and add them again.',
    'journal-behind':
      'The till has not uploaded its journal for a while. Wait until it has, then try again.',
    cancelled: 'The code request was cancelled.',
    superseded: 'A newer code was sent. That one is needed.',
    'unknown-challenge': 'The shop server does not know this code. Send a new one.',
  },
  stoppedElsewhere: {
    'phone-too-new': {
      some: (until: string, allowed: string) =>
        `This number was added recently. Until ${until} a code to it can confirm no more than ${allowed}.`,
      nothing: (until: string) =>
        `This number was added recently. A code to it can confirm this from ${until}.`,
    },
    'phone-unaccepted':
      'The card was used before it had this number, so an owner has to accept the number first.',
    'customer-disputed': (moment: string) =>
      `This customer disputes an entry on the account, since ${moment}. Close the dispute first, under “Entries without a code”.`,
    'over-limit': (allowed: string) =>
      `By the records of all tills this customer may take ${allowed} more on account.`,
    'points-short': (points: string) =>
      `By the records of all tills this customer can redeem ${points}.`,
    'card-differs':
      'The till’s card of this customer is not the one the shop server knows. Tell the owner.',
    'codes-stopped':
      'The shop server sends no more codes for this till until an owner allows it again. Tell the owner.',
    'challenge-differs': 'Something changed while the code was on its way. Send the code again.',
  },
} satisfies typeof ru.code;

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
} satisfies typeof ru.noCode;

export const reasons = {
  override: {
    'no-internet': 'No internet',
    'provider-failed': 'Service failed',
    'code-did-not-arrive': 'Code did not arrive',
    'phone-not-at-hand': 'Phone not at hand',
    other: 'Other…',
  } satisfies Record<OverrideReason, string>,
} satisfies typeof ru.reasons;

export const proof = {
  title: 'Confirmed by',
  unknownOperator: 'no longer on the staff list',
  personCode: (channel: string) => `Authorised person’s code · ${channel}, signature valid`,
  code: (channel: string) => `Code · ${channel}, verified`,
  channels: {
    sms: 'SMS',
    viber: 'Viber',
    whatsapp: 'WhatsApp',
    call: 'call',
    telegram: 'Telegram',
  },
  demoCode: 'Code correct · demo',
  demoReserveCode: 'Reserve code correct · demo',
  reserveCode: 'Reserve code, verified',
  wrongReserveCode: 'Not confirmed: the reserve code is not valid',
  wrongSignature: 'Not confirmed: the signature is wrong',
  otherAct: 'Not confirmed: the code was issued for something else',
  override: 'Without a code',
  because: {
    'no-internet': 'no internet',
    'provider-failed': 'service did not send',
    'code-did-not-arrive': 'code did not arrive',
    'phone-not-at-hand': 'phone not at hand',
    other: 'another reason',
  },
  allowedBy: (name: string) => `allowed by ${name}`,
  askedBy: (name: string) => `asked by ${name}`,
  none: 'Not confirmed',
  noneBecause: {
    demo: 'demo',
    import: 'imported from a file',
    'import-untold': 'imported from a file, without a message',
  },
  byRight: 'By right, in the customer’s favour',
  notRequired: 'Code not required',
  notRequiredBecause: {
    'method-none': 'no method chosen',
    'below-threshold': 'below the threshold',
  },
} satisfies typeof ru.proof;
