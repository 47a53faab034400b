// Operations about the shop's policy and the messages to its owners.
import { ownerNoticesReply } from '$lib/contract/owner-notice';
import { policyChange, policyReply, policyReturned } from '$lib/contract/policy';
import { RETURNED_STATUS } from '../tills/policies';
import { reply, someReplies, type Operation } from './operation';
import { SESSION } from './parts';

export const policyOperations: readonly Operation[] = [
  {
    id: 'getPolicy',
    method: 'get',
    path: '/policy',
    tag: 'policy',
    summary: 'The newest signed policy',
    description: '`policy` is a compact JWS (ES256) whose payload is the schema `policy`.',
    access: SESSION,
    replies: someReplies(policyReply, { policy: 200, 'no-policy': 404 }),
  },
  {
    id: 'changePolicy',
    method: 'put',
    path: '/policy',
    tag: 'policy',
    summary: 'Change the policy',
    description:
      'The relay judges the change by its own rules, numbers and signs it. `policy-differs`: the change was made from a version that is not the newest.',
    access: SESSION,
    consentWhen:
      'Once there is a real messaging service, for everything but the shop’s name and the language of its messages. An owner’s number that is replaced sends a code, too.',
    elevationWhen:
      'Once there is a policy. Which right it takes depends on what is changed; a right that is missing is `policy-refused`.',
    request: policyChange,
    replies: someReplies(policyReply, {
      policy: 200,
      'policy-differs': 409,
      'policy-refused': 422,
    }),
  },
  {
    id: 'returnPolicy',
    method: 'post',
    path: '/policy/returned',
    tag: 'policy',
    summary: 'Give a relay restored from an old copy its own newer policy back',
    access: SESSION,
    request: policyReturned,
    replies: someReplies(policyReply, RETURNED_STATUS),
  },
  {
    id: 'listOwnerNotices',
    method: 'get',
    path: '/owner-notices',
    tag: 'policy',
    summary: 'Changes that weaken the rules, and the notices to owners',
    access: { kind: 'elevation', level: 'phone', anyOf: ['settings', 'manage-staff'] },
    replies: [reply(200, ownerNoticesReply)],
  },
];
