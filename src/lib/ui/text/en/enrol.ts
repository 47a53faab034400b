// Pairing a till with the relay, in English.
import type { enrol as ru } from '$lib/ui/text/ru/enrol';

export const enrol = {
  title: 'Connect this till',
  text: 'The shop is already at work. A one-time connection code is needed: a manager shows it under “Settings → Tills of the shop”, or npm run enrol does on the shop server’s machine.',
  tokenLabel: 'Connection code, 10 characters',
  nameLabel: 'Name of this till',
  defaultName: 'Till 1',
  connect: 'Connect',
  wrong: 'That does not look like a connection code: it has 10 letters and digits.',
  'token-needed': 'A connection code is needed.',
  'token-unknown': 'The shop server does not know this code. Check the characters.',
  'token-spent': 'This code has been used. Ask for a new one.',
  'token-expired': 'This code is too old: it works for 15 minutes. Ask for a new one.',
  locked: (time: string) => `Too many tries. The next one after ${time}.`,
  'till-differs':
    'The shop server knows this till by another key. Clear the site’s data and connect again.',
  'other-relay': 'This till belongs to another shop: its journal can’t change hands.',
  unreachable: 'The shop server does not answer. Check the network and try again.',
  enrolledTitle: 'The till is connected',
  enrolledText:
    'Staff and rights are here already. Goods, customers and balances are each till’s own for now: load goods on this till, too.',
  ios: 'On an iPad or iPhone add the till to the home screen first and connect it there.',
} satisfies typeof ru;
