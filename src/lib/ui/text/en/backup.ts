// Backups of the till's data, in English.
import type { backup as ru } from '$lib/ui/text/ru/backup';

export const backup = {
  title: 'Backup',
  text: 'One file with everything on the till: journal, sales, debts and points, customers, goods, the shop’s settings. The till’s key and open receipts are not in it.',
  noRight: 'Backups are made and restored by whoever holds the right “Import, export and backups”.',
  passphrase: 'Passphrase of the backup',
  passphraseHint:
    'Without one, whoever has the file can read it: names and phones are in it. A forgotten passphrase cannot be recovered.',
  passphraseAgain: 'Passphrase once more',
  passphraseDiffers: 'The passphrases differ.',
  make: 'Save a backup',
  made: (name: string) => `Backup saved: ${name}`,
  notMade: 'The backup was NOT saved.',
  missing: {
    made: (list: string) =>
      `Some records on this till cannot be read any more, and are not in the backup: ${list}. Debts and points restored from it will be without them. What the shop server has received is safe.`,
    found: (list: string) =>
      `The till could not read some of its records when it made this backup. It lacks: ${list}. Debts and points will be without them. What the shop server has received is safe.`,
    entries: (n: number, numbers: string) => `entries of the journal: ${n} (no. ${numbers})`,
    receipts: (numbers: string) => `receipts no. ${numbers}`,
    cards: (n: number) => `customers’ cards: ${n}`,
    others: (n: number) => `other rows, such as settings of the device: ${n}`,
  },

  dailyTitle: 'Every day into a folder',
  dailyText: (kept: number) =>
    `Once a day, while it is locked, the till puts a backup without a passphrase into the folder you choose and keeps the newest ${kept}.`,
  dailyMissing: 'This browser cannot write into a folder by itself. Save backups by the button.',
  folder: (name: string) => `Folder: ${name}`,
  lastAt: (moment: string) => `Last backup: ${moment}`,
  neverYet: 'There is no backup in it yet.',
  choose: 'Choose a folder',
  otherFolder: 'Another folder',
  leave: 'No longer',
  last: {
    permission:
      'The browser asks again whether the folder may be written to. No backups are saved until then.',
    failed: 'The backup was not written: the folder cannot be reached, or there is no room in it.',
  },
  allow: 'Allow',

  restore: 'Restore from a backup',
  restoreTitle: 'Restore from a backup',
  restoreText: 'The till checks the whole file first. Nothing changes until you confirm.',
  chooseFile: 'Choose a backup file',
  looking: 'Checking the file…',
  enterPassphrase: 'Passphrase of this backup',
  open: 'Open',
  refused: {
    'not-a-backup': 'This is not a backup of a till. Nothing was changed.',
    newer:
      'The backup was made by a later version of the till. Update this till. Nothing was changed.',
    damaged:
      'The file is damaged: it was cut short, or bytes of it were changed. Take another backup. Nothing was changed.',
    altered:
      'The journal in this backup is not the one the till wrote: it was changed afterwards. Take another backup. Nothing was changed.',
    'other-shop': 'This is a backup of another shop. Nothing was changed.',
    'passphrase-needed': 'Enter the passphrase the backup was made with.',
    'wrong-passphrase': 'The passphrase does not fit. Nothing was changed.',
  },
  sound: 'The file is whole.',
  madeAt: 'Made',
  entries: 'Entries in the journal',
  ofTill: 'Till',
  lost: (entries: string) =>
    `This till holds what is not in the backup: ${entries}. They will be gone from the till. Save a backup of what is here now first.`,
  lostDamaged: (entries: string) =>
    `The damaged journal holds what is not in the backup: ${entries}. The till will not have them; the damaged file is kept. Close this and save them as a file first.`,
  saveNow: 'Save what is here now',
  reEnrol:
    'Afterwards the till has to be connected again, because the shop server sees a copy as a new device. It can sell at once.',
  go: 'Replace everything',
  restoring: 'Restoring…',
  noRightNow: 'You do not have the right “Import, export and backups”. Nothing was changed.',
  notRestored: 'It could not be restored. Everything on the till is as it was.',
} satisfies typeof ru;
