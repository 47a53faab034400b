// Operations about customers: imports, numbers, allowances.
import {
  allowanceReply,
  allowanceRequest,
  forgetReply,
  forgetRequest,
  forgettingNotWaiting,
  numbersAccepted,
  changeNotWaiting,
  importReply,
  importRequest,
  phoneChangeReply,
  phoneChangeRequest,
  phoneFlagsReply,
  trustedReply,
  trustedRequest,
} from '$lib/contract/customer';
import { MOST_BY_RIGHT } from '$lib/domain/acts/customers/customer-forgotten';
import { ALLOWANCE_STATUS, MOST_A_MINUTE, MOST_WRONG_A_DAY } from '../customers/allowances';
import { PHONE_CHANGE_STATUS } from '../customers/phone-routes';
import { GRANT_MS } from '../store/challenges';
import { reply, replies, type Operation } from './operation';
import { SESSION, CONSENT, minutes } from './parts';

export const customersOperations: readonly Operation[] = [
  {
    id: 'trustPhones',
    method: 'post',
    path: '/customers/trusted',
    tag: 'customers',
    summary: 'Register numbers of imported customers without a waiting time',
    access: { kind: 'elevation', level: 'pin', anyOf: ['settings', 'manage-customers', 'data'] },
    consentWhen: CONSENT,
    request: trustedRequest,
    replies: [reply(200, trustedReply)],
  },
  {
    id: 'approveImport',
    method: 'post',
    path: '/customers/imports',
    tag: 'customers',
    summary: 'Approve the opening balances of an import',
    description: `The approval goes into the entry \`customers-imported\` of this till, made within ${minutes(GRANT_MS)}. It counts once, for exactly these account steps: others are flagged \`import-unapproved\`. With \`import-untold\` debtors get no message: the first code sent to them names the imported debt, and the grant states it (\`broughtIn\`).`,
    access: { kind: 'elevation', level: 'pin', anyOf: ['manage-customers', 'data'] },
    consentWhen: CONSENT,
    request: importRequest,
    replies: [reply(200, importReply)],
  },
  {
    id: 'approveForgetting',
    method: 'post',
    path: '/customers/forgettings',
    tag: 'customers',
    summary: 'Approve that a customer is forgotten',
    description: `The approval goes into the entry \`customer-forgotten\` of this till, made within ${minutes(GRANT_MS)}. It counts once, for this customer. Without it, or a code of the customer, the shop may forget ${MOST_BY_RIGHT} a day.`,
    access: { kind: 'elevation', level: 'pin', anyOf: ['manage-customers'] },
    consentWhen: CONSENT,
    request: forgetRequest,
    replies: [reply(200, forgetReply)],
  },
  {
    id: 'stopForgetting',
    method: 'delete',
    path: '/customers/:id/forgetting',
    tag: 'customers',
    summary: 'Stop that a customer is forgotten',
    description:
      'Within the day after the entry came, by an owner: an operator with every right that anybody has. The entry then gets the verdict `refused`.',
    access: { kind: 'elevation', level: 'pin', anyOf: ['manage-customers'] },
    replies: [reply(204, null), reply(409, forgettingNotWaiting)],
  },
  {
    id: 'changePhone',
    method: 'put',
    path: '/customers/:id/phone',
    tag: 'customers',
    summary: 'Change a customer’s number',
    description:
      'With a verified `change-phone` challenge to the old number the change holds at once; with `null` it waits for a day, of which the old number gets a notice.',
    access: SESSION,
    request: phoneChangeRequest,
    replies: replies(phoneChangeReply, PHONE_CHANGE_STATUS),
  },
  {
    id: 'acceptNumbers',
    method: 'post',
    path: '/phones/accepted',
    tag: 'customers',
    summary: 'Accept numbers that wait for good',
    description:
      'For numbers that do not take effect by themselves: another one waits for the card, too, or no earlier one could object. One code accepts the whole list, or nothing of it. The first day of each begins then, and the others of its card wait no longer.',
    access: {
      kind: 'elevation',
      level: 'pin',
      anyOf: ['change-customer-phone', 'manage-customers'],
    },
    consentWhen: CONSENT,
    request: numbersAccepted,
    replies: [reply(204, null), reply(409, changeNotWaiting)],
  },
  {
    id: 'cancelPhoneChange',
    method: 'delete',
    path: '/customers/:id/phone-change/:askedAt',
    tag: 'customers',
    summary: 'Cancel a change of number that is waiting',
    description:
      'The one that was asked for then. If one other remains, its day goes on, or begins with the message that announces it.',
    access: {
      kind: 'elevation',
      level: 'pin',
      anyOf: ['change-customer-phone', 'manage-customers'],
    },
    consentWhen: CONSENT,
    replies: [reply(204, null)],
  },
  {
    id: 'getAllowance',
    method: 'post',
    path: '/customers/:id/allowance',
    tag: 'customers',
    summary: 'What the relay would let this customer confirm now',
    description: 'Sends no message and registers no number. `null`: no limit by the relay’s rules.',
    access: SESSION,
    request: allowanceRequest,
    limits: [
      `${MOST_A_MINUTE} per minute and till (\`limited\`).`,
      `${MOST_WRONG_A_DAY} different wrong numbers per customer, till and day (\`limited\`).`,
    ],
    replies: replies(allowanceReply, ALLOWANCE_STATUS),
  },
  {
    id: 'listPhoneFlags',
    method: 'get',
    path: '/phones/flags',
    tag: 'customers',
    summary: 'Numbers a manager should look at',
    access: { kind: 'elevation', level: 'phone', anyOf: ['settings', 'manage-customers'] },
    replies: [reply(200, phoneFlagsReply)],
  },
];
