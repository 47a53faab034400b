// Review of acts without a code, and disputes, in English.
import type { unconfirmed as ru } from '$lib/ui/text/ru/unconfirmed';
import { plural } from '$lib/ui/text/plural';

export const unconfirmed = {
  text: 'These were recorded at this till without the customer’s code. Ask the customer whether it was them, then mark the entry. If they say it was not, open a dispute: until it is closed nothing more goes on their account.',
  none: 'Everything has been checked',
  noneText:
    'Somebody has looked at every entry that this till recorded without a code. Each till lists its own.',
  age: (duration: string) => `waiting ${duration}`,
  checked: 'Mark as checked',
  checkAll: (n: number) =>
    `Mark all as checked: ${plural('en', n, { one: 'entry', other: 'entries' })}`,
  marked: 'Marked. The journal keeps who checked it.',
  noCustomer: 'no card for this customer',
  several: (n: number) => plural('en', n, { one: 'customer', other: 'customers' }),
  notice: {
    none: 'The customer will be notified once this entry is uploaded',
    waiting: 'Customer’s message is waiting to be sent',
    sent: 'Customer notified',
    'maybe-sent': 'Customer possibly notified',
    failed: 'Customer could not be notified',
    account: 'The new shop server will send the customer one message with their balance',
  },
  ownAct: 'Your own right allowed this. Somebody else has to check it, or an owner.',
  otherCustomer: 'This dispute is another customer’s.',
  anotherTills:
    'What this dispute is about has not come from the other till yet. Wait for the connection, or ask an owner.',

  disputed: 'The customer disputes this entry. Close the dispute first.',

  dispute: {
    open: 'Open a dispute',
    title: 'The customer says it was not them',
    text: (name: string) =>
      `While the dispute is open nothing goes on account for “${name}”: not at this till, nor at the others from when the shop server knows of it. The entry stays in the journal, the debt does not change.`,
    note: 'What they say',
    opened: 'The dispute is open. Nothing goes on this customer’s account.',
    list: 'Open disputes',
    since: (moment: string, who: string) => `${moment}, ${who}`,
    settle: 'Close the dispute…',
    close: 'Close the dispute',
    closeTitle: 'Close the dispute',
    closeText: (name: string) =>
      `“${name}” will get one message: the dispute is closed and the entry stands. After that they can buy on account again.`,
    outcome: 'Outcome',
    stands: 'The entry stands',
    standsText: 'Debt and points stay as they are.',
    closingNote: 'Why',
    closingNoteHint: 'Stays in the journal. The customer does not see it.',
    closingNoteMissing: 'Write why: the journal keeps it with your name.',
    closed: 'The dispute is closed. The customer will be notified.',
    openTag: (moment: string) => `Disputed since ${moment}`,
    closedTag: (outcome: string, who: string, moment: string) =>
      `Dispute closed: ${outcome} · ${who} · ${moment}`,
    closedList: 'Closed lately',
    showEntry: 'Show the entry',
    about: 'What is disputed',
    noEntry: 'no entry in particular',
    unknownEntry: 'an entry that is not on this till',
    onCard: 'The customer disputes an entry: nothing goes on account while the dispute is open.',
  },

  flags: {
    title: 'Problems found',
    text: 'The shop server checks every entry of a till again: rights, signatures, caps. The entries stay in the journal; this is what is wrong with them.',
    show: 'Show the problems',
    none: 'No problems found.',
    where: (till: string, seq: number) => `${till}, entry No. ${seq}`,
    kinds: {
      'no-right': 'Nobody named had the right',
      'grant-invalid': 'The code was for something else',
      'grant-reused': 'One code confirmed two sales',
      'grant-unclaimed':
        'The customer confirmed it by a code, and the till’s journal has no such entry',
      'grant-revoked': 'The code had been cancelled',
      unconfirmed: 'Debt or points moved without a reason given',
      'import-unapproved':
        'Cards were imported with debts or points that no owner approved by a code',
      'number-shared': 'One phone number is on three cards or more',
      'code-was-required': 'A code was required and not asked for',
      'cap-exceeded': 'Over the cap without a code',
      'limit-elsewhere': 'Over the customer’s debt limit, counting the other tills',
      'points-elsewhere': 'More points than the customer has, counting the other tills',
      'edit-stale': 'A card changed at two tills at the same time: one of the changes counts',
      'goods-stale': 'A product changed at two tills at the same time: one of the changes counts',
      'category-stale':
        'A category changed at two tills at the same time: one of the changes counts',
      'cap-elsewhere': 'Over the cap without a code, counting the other tills',
      'threshold-elsewhere': 'Without a code, which was required counting the other tills',
      'repaid-elsewhere':
        'The same debt was paid or lowered at another till: the shop may owe the customer',
      'returned-elsewhere': 'The same goods were also returned at another till',
      'paid-back-elsewhere':
        'The customer was given back more than they were owed, counting the other tills',
      'earning-cap-elsewhere':
        'More points in a day than one customer may earn, counting the other tills',
      'earned-elsewhere':
        'More points were given for a debt payment than it earns, counting the other tills',
      'policy-unknown': 'Made under settings that are not the shop’s',
      'reserve-code-used-twice': 'A reserve code was used twice',
      'reserve-code-unknown': 'No such reserve code was issued',
      'reserve-code-void': 'The reserve code was no longer valid: counts as no code',
      'override-while-others-online': '“No internet”, while another till was connected',
      'customer-disputed': 'Without a code on the account of a customer who disputes an entry',
      'customer-forgotten':
        'Another till had forgotten this customer: the card does not come back, the entry stays',
      'forget-refused':
        'The customer is not forgotten: a debt, a dispute, a recent entry without a code, an unsent message or a code not finished',
      'undo-refused':
        'An import of customers was not undone: something had happened with one of them. Cards and debts stayed',
      'merge-refused':
        'The cards were not merged: meanwhile there was a dispute, another limit, or one of them was merged elsewhere',
      'not-counted':
        'The shop server refused this entry: it counts in no balance and no stock, at no till. Goods and money that changed hands are still where they are',
      'late-edit': 'The entry was changed after it had been made',
      'against-rules': 'The shop’s rules do not allow this',
      differs: 'The entry is not what the shop’s rules make of it',
      quarantined:
        'An entry in the till’s journal is damaged: it and those after it count in no balance until the till is connected again',
      'not-kept':
        'This till sent too much that the shop server does not understand: from here on it keeps only checksums of it that day',
      'number-repeated':
        'Two different sales of this till have the same receipt number, as happens when the till’s browser is copied to another device. Both count: compare the paper receipts, and do not use the copy',
      malformed: 'The entry is damaged',
      'act-unknown':
        'The shop server does not know this kind of entry: it counts in no balance there. Update the shop server',
      future: 'The entry is dated later than the shop server knew of it',
      backdated: 'The entry is dated before its till last signed its journal',
      'clock-set-back':
        'The till’s clock was set back: the entry is dated before the one ahead of it',
      'till-revoked': 'The till had been disconnected',
      'removal-unknown': 'The till had been disconnected, and had not been online since',
      'foreign-entry': 'An entry carried over was not this device’s',
      'former-relay':
        'The till was at another shop server before, or at this one before it lost its data: what it recorded then counts once an owner accepts it under Settings → Tills of the shop',
      'former-incomplete':
        'The till was connected again, and not all entries of its former journal came with it',
      'carried-late':
        'An entry of the former till was carried over after work began on the new one',
      'head-differs':
        'The till signed a journal that does not match what it signed or sent before: it was copied or restored, or something is kept back',
      'former-elsewhere':
        'The till it says it was before goes on elsewhere: two devices under one name',
      other:
        'The shop server found something this version of the till has no words for. Update the till',
    },
  },
} satisfies typeof ru;
