// Operators, groups and their rights, in English.
import { plural } from '$lib/ui/text/plural';
import type { staff as ru } from '$lib/ui/text/ru/staff';

const digits = (n: number) => plural('en', n, { one: 'digit', other: 'digits' });

export const staff = {
  parts: 'Operators and groups',
  operators: 'Operators',
  groups: 'Groups and permissions',
  addOperator: 'Add an operator',
  operatorTitle: 'New operator',
  name: 'Name',
  nameHint: 'Shown at sign-in and in the journal',
  group: 'Group',
  pin: (n) => `PIN, ${digits(n)}`,
  pinHint: 'The operator signs in with it. Best typed by the operator.',
  pinHintSix: 'This group may continue without a code, so the PIN is longer.',
  newPin: (n) => `New PIN, ${digits(n)}`,
  newPinHint: 'Empty: the old one stays.',
  newPinNeeded: (n) => `This group needs a PIN of ${n} digits. Set a new one.`,
  pinAgain: 'PIN once more',
  pinWrong: (n) => `A PIN is ${digits(n)}.`,
  pinWeak: 'That PIN is too easy to guess. Choose another.',
  pinDiffers: 'The PINs are not the same.',
  phone: 'Phone',
  taxNumber: 'Taxpayer’s number',
  taxNumberHint: 'Printed on fiscal receipts.',
  taxNumberWrong: 'It has 10 or 12 digits.',
  phoneHint: 'An owner gets warnings about important changes here.',
  dismissed: 'No longer works here',
  you: 'that is you',
  dismiss: 'No longer works here',
  dismissHint: 'Signing in will not be possible. The name stays in the journal.',
  lastOwner: 'The last owner can’t be removed: nobody could run the shop.',
  shortPins: (names) => `First set a PIN of 6 digits for: ${names}.`,
  notYours: 'You do not hold this right, so you can’t give it.',
  groupTitle: 'New group',
  addGroup: 'Add a group',
  groupName: 'Name of the group',
  rightsOf: (n) => plural('en', n, { one: 'right', other: 'rights' }),
  membersOf: (n) => plural('en', n, { one: 'operator', other: 'operators' }),
  removeGroup: 'Remove the group',
  discountCap: 'Discount up to, %',
  discountCapHint:
    'All that may be taken off a line’s price: discounts together with a custom price. More is allowed by the PIN of somebody who may.',
  groupInUse: 'A group can be removed when nobody is in it.',
  needsRelay: 'Operators and rights can be changed only with the shop server: it signs them.',
} satisfies typeof ru;
