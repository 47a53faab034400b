// Upload of the journal and re-enrolment, in English.
import { plural } from '$lib/ui/text/plural';
import type { journalUpload as ru } from '$lib/ui/text/ru/journal-upload';

export const journalUpload = {
  title: 'Uploading the journal',
  nothing: 'Everything on this till has been uploaded to the shop server.',
  entries: (n: number, since: string) =>
    `${plural('en', n, {
      one: 'entry not uploaded yet',
      other: 'entries not uploaded yet',
    })}, since ${since}`,
  risk: 'Until then it exists only on this device: if the device breaks or is wiped, these entries are lost, and anyone who has the device can change them.',
  goesUp: 'Connect the till to the network and they will be uploaded automatically.',
  notTaken: {
    'wrong-signature':
      'The shop server did not recognise this till’s signature and rejected the journal.',
    'other-till':
      'The shop server thinks these entries belong to another till and rejected the journal.',
    'too-large':
      'One entry is too large for the shop server. That entry and the ones after it have not been uploaded.',
    'not-believed':
      'The shop server answered the upload, but its answer does not fit this journal or its signature is wrong. The till will try again.',
    'disk-failed':
      'The till could not read its journal from this device. It will try again; if this stays, restart the till.',
  },
  sendNow: 'Send now',

  banner:
    'You can keep selling, and new sales are saved, but the shop server rejects this till’s journal: some of its entries are missing on this device, damaged or different. The till has to be connected again.',
  toDevice: 'Connect again',
  removed:
    'Everything on this till has been uploaded. It can sell again once it is connected again.',
  removedOwing:
    'Some entries have not been uploaded yet: connect the till to the network and they will be uploaded automatically. It can sell again once it is connected again.',
  reEnrolTitle: 'Connect this till again',
  because: {
    fork: 'The shop server has a different journal for this till. The till’s data was probably restored from an old copy.',
    damaged:
      'An entry in this till’s journal is damaged. That entry and the ones after it stay out of the shop’s journal until the till is connected again; the customers are already getting messages about them.',
    'unknown-till':
      'The shop server does not know this till. It has probably lost its data or was started with different data. Once its data is back, the till carries on by itself.',
    behind:
      'The shop server has more entries from this till than the till itself. The till’s data was probably restored from an old copy.',
    'database-lost':
      'The browser lost the till’s database. The entries were restored from the journal file, but the key that identifies this till to the shop server was not.',
    'file-differs': 'The till’s database and its journal file do not agree.',
    'entries-lost':
      'Entries that had not been uploaded yet are missing from this till’s journal or damaged. The entries after them can be uploaded only under a new till number.',
    restored:
      'This till was restored from a backup. A backup does not contain the till’s key, so the shop server sees a new device.',
  },
  reEnrolText:
    'The till gets a new number and key. All entries stay on this device, and the ones not uploaded yet are uploaded under the new number. Receipt numbers start from 1 again. If the shop server still knows this till, customers’ reserve codes stay valid: the till can check them again after the upload.',
  reEnrolRight: 'This needs someone with the right “Change settings”.',
  reEnrolGo: 'Connect again',
  tokenText:
    'Enter a connection code: another till shows one (“Connect another till”), or the command npm run enrol on the shop server’s computer.',
  tokenLabel: 'Connection code',
  reEnrolled: 'The till is connected. Its entries are being uploaded.',
  otherRelayTitle: 'This is a different shop server',
  otherRelayText:
    'The shop server that answered is not the one this till was connected to: it has a different key. Nothing has been sent to it. This happens after a shop server has lost its data and was set up again. If you don’t know why it happened, don’t agree, and call the owner.',
  otherRelayShop: (shop) => `Shop on it: ${shop}`,
  otherCurrency: (ours, theirs) =>
    `The shop on that server uses ${theirs}, but this till uses ${ours}, so its debts would change their value. Nothing was changed. Use a connection code from your own shop.`,
  otherRelayKeeps:
    'The new shop server has no staff or settings yet: this till will upload its own. The messaging service has to be set up again.',
  otherRelayReplaces:
    'The staff and settings on this till will be replaced by those of the new shop server.',
  otherRelayCarried:
    'All entries of this till will be uploaded to it, including those the old shop server already had. Debts and points on the till stay the same; the shop server counts them once an owner accepts them under Settings → Tills of the shop, and then customers get one message with their balance. The new server cannot check what the old one signed. Customers’ reserve codes stop working: issue new ones.',
  otherRelayGo: 'Trust this shop server',
  reEnrolFailed: {
    'not-own-relay':
      'The shop server that answered is not this till’s own, and the till has no valid settings to compare. Nothing has changed. Connect the till to its own shop server.',
    'under-way': 'The open receipt is waiting for a code. Finish it, then connect the till again.',
    'policy-refused':
      'The shop server rejected the settings from this till. Nothing has changed, and you can keep selling.',
  },
} satisfies typeof ru;
