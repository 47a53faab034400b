// The verification of the journal, in English.
import type { verify as ru } from '$lib/ui/text/ru/verify';

export const verify = {
  open: (entries: string) => `Check the journal · ${entries}`,
  what: 'The till walks the whole journal: the chain of entries, the shop server’s signatures of codes, debts and points, customers’ cards. No internet is needed.',
  check: 'Check once more',
  checking: 'Checking the journal',
  done: (done: string, of: string) => `${done} of ${of}`,
  stopped: 'The check was stopped. Nothing has changed.',

  wholeTitle: (entries: string) => `The journal is whole · ${entries}`,
  whole: (signatures: string, sums: string) =>
    `Signatures of codes checked: ${signatures}, sums of debt and points: ${sums}. Everything agrees.`,
  tag: (tag: string, seq: string) =>
    `The last entry is “Journal No. ${seq} · ${tag}”. A receipt ends with the same words if the entry is its sale.`,

  brokenTitle: (seq: string) => `The chain is broken at entry No. ${seq}`,
  because: {
    hash: 'The entry was changed after it had been made.',
    link: 'The entry does not follow the one before: it was replaced, put in or moved.',
    gap: 'Another entry belongs here: part of the journal was deleted.',
    malformed: 'The entry is damaged and cannot be read.',
  },
  advice: 'The entries before it are whole. Delete nothing and tell the owner.',

  findings: 'What else does not agree',
  more: (n: string) => `And ${n} more.`,
  place: (seq: string, act: string, when: string) => `Entry No. ${seq} · ${act} · ${when}`,
  nothingThere: 'there is no entry',
  notOurs: 'The journal does not begin with connecting this till to its shop server.',
  cutOff: (after: string, last: string) =>
    `The journal ends at entry No. ${after}, but the till holds traces of entries up to No. ${last}: the end of the journal was deleted.`,
  watermark: (seq: string) =>
    `The shop server has signed for another entry No. ${seq}: the journal was rewritten, or its end was deleted.`,
  proof: {
    'wrong-signature': 'The code is not signed by the shop server.',
    'other-act': 'The code was given for something else: another receipt, customer or sum.',
    'wrong-reserve-code':
      'The reserve code is not the shop server’s, or not for this customer, till and sum.',
    'used-twice': 'This code has already confirmed another entry.',
  },
  policy: {
    'older-than-before': (version: string) =>
      `Made under settings of version ${version}, though newer ones were in force before.`,
    'newer-than-held': (version: string) =>
      `Made under settings of version ${version}, which this till never had.`,
  },
  file: {
    unread: 'The journal file cannot be read from here on.',
    missing: 'The journal file does not have this entry.',
    differs: 'The journal file says something else here.',
  },
  receiptNumber: (number: string) => `Receipt No. ${number} is out of order.`,
  row: {
    missing: (table: string) => `What it recorded is missing: ${table}.`,
    edited: (table: string) => `What it recorded was changed: ${table}.`,
  },
  unprojectable:
    'No debt, points or stock can be worked out from this entry: the till cannot have saved it by itself.',
  stray: (table: string) => `Something that is not in the journal: ${table}.`,
  strayOf: (table: string, seq: string) =>
    `Something that the journal did not record (ascribed to entry No. ${seq}): ${table}.`,
  foreignEntries: (n: string) =>
    `The database holds entries under a till number that this device never had: ${n}.`,
  tables: {
    balances: 'a sum of debt, points or purchases',
    debts: 'what is left of one debt',
    stock: 'the stock of a product',
    addedProducts: 'the products that were added',
    products: 'the changes of a product',
    categories: 'the changes of a category',
    disputes: 'a customer’s dispute',
    shifts: 'the sums of a shift',
    closedShifts: 'the place of a Z report in the journal',
    days: 'the sums of a day',
    returns: 'what was returned of a sale',
    sales: 'the row of the sale',
    accountEntries: 'a step of debt, points or purchases',
    confirmations: 'what confirmed it',
    actIds: 'the number under which an act is saved',
    grantsUsed: 'the mark that the code was used',
    unconfirmed: 'its place on the list of entries without a code',
  },
  dispute: (name: string) =>
    `The dispute of “${name}” is not what the journal says: it was opened, settled or changed past the till.`,
  card: (name: string) =>
    `The card of “${name}” is not the one in the journal: the name, the phone, the limit or other data was changed.`,

  differences: 'Debts, points and purchases that do not agree with the journal',
  columns: { customer: 'Customer', kept: 'On the till', recomputed: 'By the journal' },
  accounts: { debt: 'debt', points: 'points', purchases: 'purchases so far' },
} satisfies typeof ru;
