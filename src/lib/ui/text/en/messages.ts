// Settings → Messages, in English.
import { plural } from '$lib/ui/text/plural';
import type { messages as ru } from '$lib/ui/text/ru/messages';

export const messages = {
  provider: 'Messaging service',
  demoName: 'Demo: a phone on this screen',
  ownService: 'Another service: describe the request yourself',
  demoOver: 'The demo is over: the shop has chosen a real service.',
  demoNote: 'To send codes to real phones, choose a service and enter its key.',
  unknownProvider: 'The shop server does not know this service. Reload the page.',
  firstRealNote:
    'Saving ends the demo: codes will go to real phones. Demo customers can’t get a code any more.',
  keptOnRelay:
    'These settings are kept on the shop server, not on the till. They will show when the connection is back.',
  locked:
    'The shop server keeps the messaging settings. It will ask for your PIN and, with a real service, a code from your phone.',
  showSettings: 'Show the settings',
  can: 'What the service can do',
  cannot: (channel) => `${channel} — not offered`,
  switchedOnBy: (channel, field) => `${channel} — switched on by: ${field}`,
  channelsByField: 'What it can do shows once its description is filled in.',
  ownText: 'your own text',
  approvedText: 'the service must approve the text',
  noText: 'the service writes the text',
  providerCode: (digits) =>
    `the service makes the code, ${plural('en', digits, { one: 'digit', other: 'digits' })}`,
  senderRequired: 'needs a sender’s name',
  saysDelivery: 'delivery reports',
  noDelivery: 'no delivery reports',
  hasDryRun: 'test mode',
  heldSecret: 'Kept encrypted on the shop server. It can’t be shown, only replaced.',
  heldDescription:
    'Kept encrypted on the shop server: a description may have a key in it. Shown after your PIN.',
  show: 'Show',
  replace: 'Replace',
  keepHeld: 'Keep the old one',
  addressChanged: 'The address has changed, so the key must be entered again.',
  callback: 'Address for delivery reports',
  callbackHint:
    'Enter it in the service’s own settings: the till learns at once whether a code arrived.',
  forChannel: (channel) => `Only for ${channel}`,
  moreFields: 'More',
  fieldMissing: 'Fill in this field: the service needs it.',
  fieldWrong: {
    secret: 'Only Latin letters, digits and signs belong here, without spaces. Copy it again.',
    text: 'The service won’t take this. Check what you typed.',
    url: 'The address begins with https:// and leads to the internet, not to the shop’s network.',
    flag: 'The service won’t take this. Switch it once more.',
    choice: 'Choose from the list.',
  },
  descriptionLine: (line, letter) => `Line ${line}, character ${letter}.`,
  descriptionAt: (place) => `At “${place}”.`,
  description: {
    'not-json': 'This is not JSON. Check quotes, commas and brackets.',
    missing: 'This is missing.',
    'wrong-type': 'Something else belongs here: a text, a number, a list or an object.',
    'unknown-word': 'The description knows no such word. Check the spelling.',
    'needs-https': 'The address must begin with https://.',
    'address-not-fixed': 'The host must stand as it is, without placeholders.',
    'address-not-public': 'The address must lead to the internet, not to the shop’s network.',
    'unknown-placeholder': 'There is no such placeholder.',
    'placeholder-not-here': 'This placeholder does not work here.',
    'body-with-get': 'A GET request has no body. Use POST or take the body out.',
    'wrong-path': 'A place in the answer is written like this: $.data.id.',
    'wrong-pattern': 'This expression can’t be read or is too complex.',
    'code-not-sent': 'The request has no code: put in {code} or {text}.',
    'phone-not-sent': 'The request has no number: put in {phone}.',
    'message-id-not-read': 'It does not say where in the answer the message’s id is (messageId).',
    'code-not-read':
      'It does not say where in the answer the code is, though the service makes it.',
    'amount-not-read': 'It does not say where in the answer the balance is (amount).',
    'too-long': 'The description is too long.',
  },
  notChosen: 'not chosen',
  fields: {
    apiKey: 'API key',
    apiId: 'API token (api_id)',
    email: 'Account e-mail',
    sign: 'Sender’s name',
    sender: 'Sender’s name',
    from: 'Sender’s name or number',
    host: 'Service’s host',
    baseUrl: 'Another address of the service',
    flashCall: 'Calls are set up',
    whatsApp: 'WhatsApp is set up',
    login: 'Login',
    password: 'Password',
    waBot: 'WhatsApp bot',
    codeTake: 'How many digits of the number are the code',
    token: 'Token',
    senderUsername: 'Sender’s Telegram name',
    accountSid: 'Account SID',
    authToken: 'Auth Token',
    messagingServiceSid: 'Messaging Service SID',
    contentSid: 'Content SID of the template',
    apiSecret: 'API secret',
    waTemplate: 'WhatsApp template',
    waLanguage: 'Template language',
    signatureSecret: 'Signature secret',
    phoneNumberId: 'Phone number ID',
    apiVersion: 'API version',
    template: 'Template name',
    language: 'Template language',
    appSecret: 'App secret',
    verifyToken: 'Verify token',
    spec: 'Description of the request (JSON)',
    secret: 'Secret',
  },
  fieldHints: {
    appSecret: 'Needed for delivery reports: without it the shop server does not believe them.',
    baseUrl: 'Only for a proxy. Usually empty.',
    sender: 'As agreed with the service. Empty: the service’s shared name.',
    sign: 'As agreed with the service.',
  },
  choices: { all: 'all the service named', last4: 'the last 4' },

  language: 'Language of messages',
  languageHint: 'Customers, owners and staff get their messages in this language.',
  text: {
    'sell-on-account': 'Text: sale on account',
    'redeem-points': 'Text: redeeming points',
  },
  noTextNeeded: 'This service writes the text itself: there is nothing to change.',
  insert: 'Insert into the text',
  variables: {
    code: 'Code',
    amount: 'Amount',
    shop: 'Shop',
    action: 'Act',
    balance: 'Balance after',
  },
  codeMissing: 'The text has no {code} — without it the customer gets no code.',
  insertCode: 'Insert',
  amountMissing: 'The text has no {amount}: the customer won’t see what sum this is about.',
  shopMissing: 'The text has no {shop}: the customer won’t know who writes.',
  preview: 'What the customer will see',
  size: (count, segments, each) =>
    segments === 1
      ? `${count} of the ${each} characters that fit into one message`
      : `${plural('en', count, { one: 'character', other: 'characters' })}: ${plural('en', segments, { one: 'message', other: 'messages' })} of ${each} each`,
  sizeNote: 'The service counts a long text as several messages.',

  balance: 'Balance',
  checkBalance: 'Check balance',
  balanceAt: (time) => `checked at ${time}`,
  balanceUnknown: 'not checked yet',
  noBalance: 'This service does not tell its balance.',
  lowBalance: 'Warn when less than',
  lowBalanceHint:
    'In the service’s currency. The connection chip will say that it is time to top up.',
  lowNow: 'Little is left on the service’s account. Top it up while codes still go out.',
  test: 'Send a test…',
  testTitle: 'Test message',
  testText:
    'A real message goes out, with a code that opens nothing. The service will charge for it.',
  testDemoText: 'The message will appear on the page “Customers’ phones”.',
  testPhone: 'To which phone',
  testChannel: 'Method',
  testManner: 'How to send',
  testReal: 'For real',
  testDry: 'Test mode',
  testDryText: 'The service checks the message but sends it to nobody and charges nothing.',
  send: 'Send',
  sent: (channel, phone) => `Sent: ${channel} to ${phone}. Look at the phone.`,
  sentCall: (phone) => `Calling ${phone}. Look at the phone.`,
  sentDry: 'The service would take this message. Nothing went out.',
  cost: (cost) => `Cost: ${cost}`,
  balanceAfter: (amount) => `Balance after: ${amount}`,
  askedLately: (time) => `The messaging service can be asked once a minute. Ask again at ${time}.`,
  limited: (time) => `Too many messages already. The next one can go at ${time}.`,
  rawCode: (code) => `The service’s answer: ${code}`,
  savedNote: 'Saved. The service answered and accepted the settings.',

  ownersNote:
    'A different service, address or key, or a text without the amount or the shop, is an important change.',
  onlyCodes:
    'This service can send only codes, so owners won’t be notified when protection is reduced. To notify them, choose a service that sends your own text.',
  refusingNow: 'The service is not sending now',
  stopUntil: (moment) => `It ends by itself: ${moment}.`,
  stopNeverEnds: 'It does not end by itself.',
  grantsUnclaimed:
    'Customers confirmed at least three acts by a code within a day, and this till’s journal has none of them. Find out who used it and what was sold, then lift the stop.',
  wrongCodes:
    'Twenty wrong codes were typed at this till within a day. Find out who used it and which customers’ codes were guessed, then lift the stop.',
  tillStopped: (till) => `“${till}”: sending is stopped`,
  stoppedSince: (moment) => `Stopped: ${moment}.`,
  liftStop: 'Lift the stop',
  liftStopOf: (till) => `Lift the stop of “${till}”`,
  stopLifted: 'The stop is lifted: codes go out again',
  refused: {
    auth: 'The service did not accept the key or password. Copy it from the service’s account again, all of it.',
    'account-not-ready':
      'The service’s account is not ready. Finish the contract, verification or sending set-up there.',
    'account-blocked': 'The service has blocked the account. Write to the service’s support.',
    'no-money': 'There is not enough money on the service’s account. Top it up and try again.',
    'bad-phone': 'The service does not know this number. Check it: country code and every digit.',
    unreachable:
      'This phone can’t be reached or has no such messenger. Try another number or method.',
    'recipient-blocked':
      'This number refused messages or is on the service’s block list. Try another.',
    'region-forbidden':
      'The service does not send to this country. Allow it in the service’s account or choose another service.',
    'rate-limit-recipient':
      'The service has sent too much to this number. Wait, or take another number.',
    'rate-limit-account': 'The service asks to wait: too many requests. Try in a minute.',
    'fraud-guard':
      'The service’s fraud guard stopped the message. Wait; if it happens again, write to its support.',
    duplicate: 'Exactly this message has just gone to this number. Wait a minute.',
    'text-forbidden':
      'The service did not let the text through. Take out links and anything like advertising, or have the text approved.',
    'text-not-approved':
      'The service has no such text or template among the approved ones. Have it approved there and enter it here word for word.',
    'text-too-long': 'The text is longer than the service takes. Shorten it.',
    'sender-not-approved':
      'This sender’s name is not approved by the service. Have it approved there, or leave the field empty.',
    'bad-request':
      'The service did not understand the request. Check the fields on this screen; if all is right, show the service’s answer to its support.',
    temporary: 'The service has a temporary fault. Try in a few minutes.',
    'bad-reply':
      'The service’s answer makes no sense. If you changed its address, check it; if not, try later.',
    'relay-put-back':
      'The shop server was put back from an older copy. The message may have gone before, so it is not sent again.',
    'timeout-unknown':
      'The service did not answer in time. If this was a message, it may have gone: look at the phone before sending again.',
    'not-sent':
      'The shop server could not connect to the service; nothing went out. Check the internet on the shop server’s computer and the service’s address.',
    unknown:
      'The service refused for a reason we do not know. Its answer stands beside: its support can tell more.',
    'not-configured': 'No messaging service is chosen yet. Choose one and save.',
    'channel-not-available': 'With these settings this method does not work. Choose another.',
    'country-not-allowed':
      'Numbers that begin like this are not allowed. Allow them under Codes and limits, or take another number.',
    'costly-number':
      'This is a satellite, premium-rate or service number. The shop server never sends to one. Take an ordinary number.',
    pumping:
      'The shop server itself stopped sending: too many codes went to new numbers and nobody typed them. Find out who asked for them, then lift the stop.',
    'journal-forked':
      'The shop server has a different journal for this till: the till was restored from an old copy. Connect it again under Settings → This till.',
  },

  history: 'What the service answered',
  historyHint:
    'The last tests, and refusals of 7 days. The shop server will ask for your PIN and, with a real service, a code from your phone.',
  showHistory: 'Show',
  refreshHistory: 'Refresh',
  lastTests: 'Last tests',
  noTests: 'No tests yet.',
  refusals: 'Refusals of 7 days',
  noRefusals: 'No refusals.',
  taken: 'Taken by the service',
  wouldTake: 'Would be taken',
  notTaken: 'Refused',
} satisfies typeof ru;
