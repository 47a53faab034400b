// The dialogue that asks for the customer's code, in English.
import type { DeliveryState } from '$lib/contract/challenge';
import type { Action, Channel } from '$lib/contract/values';
import { plural } from '$lib/ui/text/plural';
import type { code as ru } from '$lib/ui/text/ru/code';

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
} satisfies typeof ru;
