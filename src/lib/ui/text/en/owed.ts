// What the relay has not got of this till's journal, and a till that has to be connected anew, in English.
import { plural } from '$lib/ui/text/plural';
import type { owed as ru } from '$lib/ui/text/ru/owed';

export const owed = {
  title: 'Journal at the shop server',
  nothing: 'The shop server has this till’s whole journal.',
  entries: (n: number, since: string) =>
    `${plural('en', n, {
      one: 'entry not uploaded yet',
      other: 'entries not uploaded yet',
    })}, since ${since}`,
  risk: 'Until then this exists on this device alone: if it breaks or is wiped it is lost, and whoever holds it can alter it.',
  goesUp: 'Give the till a connection: it goes by itself.',
  notTaken: {
    'wrong-signature':
      'The shop server did not know this till’s signature and did not take the journal.',
    'other-till':
      'The shop server took these entries for another till’s and did not take the journal.',
    'too-large':
      'One of the entries is too large for the shop server. It and those after it are waiting.',
    'not-believed':
      'The shop server said it has the journal, but its signature does not hold. The till does not believe it and will try again.',
  },
  sendNow: 'Send now',

  banner:
    'The till goes on selling and saves everything, but the shop server does not take its journal. It has to be connected anew.',
  toDevice: 'Connect anew',
  removed:
    'Everything the till recorded is at the shop server. It can sell again once it is connected anew.',
  removedOwing:
    'Not everything the till recorded is at the shop server yet: give the till a connection, it goes by itself. It can sell again once it is connected anew.',
  anewTitle: 'Connect this till anew',
  because: {
    fork: 'The shop server has another journal of this till: it seems the till was restored from an old copy.',
    'unknown-till':
      'The shop server does not know this till: it seems to have lost its data, or runs on other data. If the shop server’s data is found, the till goes on by itself.',
    behind:
      'The shop server remembers more entries of this till than the till does: it seems the till was restored from an old copy.',
    'database-lost':
      'The browser lost the till’s database. The entries were restored from the journal file, but not the key by which the shop server knows the till.',
    'file-differs': 'The till’s database and its journal file do not agree.',
    'entries-lost':
      'Entries that had not reached the shop server are gone from the till’s journal. What comes after them is taken only under a new number.',
    restored:
      'The till was restored from a backup, and to the shop server a copy is another device: the former till’s key is not in it.',
  },
  anewText:
    'The till gets a new number and key. All entries stay on the device, and those the shop server has not got go there under the new number. Receipts are numbered from one again. Where the shop server still knows this till, customers’ reserve codes stay good: it can check them again once its entries are there.',
  anewRight: 'Somebody with the right “Change settings” can connect the till anew.',
  anewGo: 'Connect anew',
  tokenText:
    'Enter a connection code: another till shows one (“Connect another till”), or the command npm run enrol on the shop server’s machine.',
  tokenLabel: 'Connection code',
  anewDone: 'The till is connected anew. Its entries are on their way to the shop server.',
  otherRelayTitle: 'This is another shop server',
  otherRelayText:
    'The shop server that answers is not the one this till was connected to: its key is another. The till has sent it nothing. That happens when a shop server lost its data and began anew. If you don’t know why, do not agree, and call the owner.',
  otherRelayShop: (shop) => `The shop there: ${shop}`,
  otherCurrency: (ours, theirs) =>
    `The shop of that shop server counts in ${theirs}, this till in ${ours}: its debts would become other money. Nothing was changed. Take a connection code of this shop.`,
  otherRelayKeeps:
    'The new shop server has no staff and rules yet: the till will hand over its own. The messaging service has to be set up again.',
  otherRelayReplaces: 'Staff and rules on this till become those of the new shop server.',
  otherRelayCarried:
    'Every entry of this till goes to it, also those the former shop server had: debts and points stay as they are, and each customer is told once what stands on the account. What the former shop server had signed cannot be checked there. Customers’ reserve codes are good no more: issue new ones.',
  otherRelayGo: 'Trust this shop server',
  anewFailed: {
    'under-way': 'The open receipt is waiting for a code. Finish it, then connect the till anew.',
    'policy-refused':
      'The shop server did not take the shop’s rules from this till. The till is as it was and goes on selling.',
  },
} satisfies typeof ru;
