// Operations about messaging services, and their callbacks.
import {
  balanceReply,
  balanceRequest,
  costsReply,
  historyReply,
  MOST_COST_DAYS,
  providerDraft,
  providerReply,
  providerSettings,
  providersReply,
  testMessageReply,
  testMessageRequest,
} from '$lib/contract/provider';
import { QUESTION_PAUSE_MS } from '../messaging/limits/admission';
import { PROVIDER_STATUS } from '../messaging/services/provider-routes';
import { reply, replies, type Operation, type Query } from './operation';
import { SESSION, READING, CHANGING, CONSENT, MESSAGE_LIMITS, named } from './parts';

const QUESTION_LIMIT = `One in ${QUESTION_PAUSE_MS / 1000} seconds by all tills of the shop together (\`limited\`).`;

const calendarDay = (name: string, description: string): Query => ({
  name,
  description,
  required: true,
  schema: { type: 'string', format: 'date' },
});

export const messagingOperations: readonly Operation[] = [
  {
    id: 'listProviders',
    method: 'get',
    path: '/providers',
    tag: 'messaging',
    summary: 'The messaging services there are to choose from',
    description: '`callbackUrl` is null unless the operator is elevated with `settings`.',
    access: SESSION,
    replies: [reply(200, providersReply)],
  },
  {
    id: 'getProvider',
    method: 'get',
    path: '/provider',
    tag: 'messaging',
    summary: 'The chosen messaging service, without its secrets',
    access: READING,
    replies: [reply(200, providerSettings)],
  },
  {
    id: 'saveProvider',
    method: 'put',
    path: '/provider',
    tag: 'messaging',
    summary: 'Choose and set up the messaging service',
    access: CHANGING,
    consentWhen:
      'Once there is a real messaging service. The first one itself sends its first code, to an owner: on the relay’s own machine to an owner who asks, elsewhere with a `token` as well.',
    request: providerDraft,
    replies: replies(providerReply, PROVIDER_STATUS),
  },
  {
    id: 'getBalance',
    method: 'post',
    path: '/provider/balance',
    tag: 'messaging',
    summary: 'Ask the messaging service for its balance',
    access: READING,
    request: balanceRequest,
    limits: [QUESTION_LIMIT],
    replies: replies(balanceReply, PROVIDER_STATUS),
  },
  {
    id: 'sendTestMessage',
    method: 'post',
    path: '/provider/test-message',
    tag: 'messaging',
    summary: 'Send a test message',
    access: READING,
    request: testMessageRequest,
    limits: [MESSAGE_LIMITS, `With \`dryRun\`: ${QUESTION_LIMIT}`],
    replies: replies(testMessageReply, PROVIDER_STATUS),
  },
  {
    id: 'getCosts',
    method: 'get',
    path: '/provider/costs',
    tag: 'messaging',
    summary: 'Costs of messages by day, service, channel and currency',
    access: { kind: 'elevation', level: 'phone', anyOf: ['view-reports', 'settings'] },
    query: [
      calendarDay('from', 'First day.'),
      calendarDay('to', `Last day, itself included; at most ${MOST_COST_DAYS} days together.`),
      {
        name: 'zone',
        description: 'IANA time zone of the days.',
        required: false,
        schema: { type: 'string', default: 'UTC' },
      },
    ],
    replies: [reply(200, costsReply)],
  },
  {
    id: 'getMessageHistory',
    method: 'get',
    path: '/provider/history',
    tag: 'messaging',
    summary: 'The latest test messages and what was refused lately',
    access: READING,
    replies: [reply(200, historyReply)],
  },
  {
    id: 'liftOwnStop',
    method: 'delete',
    path: '/provider/stop',
    tag: 'messaging',
    summary: 'Lift the relay’s stop of this till’s codes',
    access: CHANGING,
    consentWhen: CONSENT,
    replies: [reply(204, null)],
  },
  {
    id: 'liftStop',
    method: 'delete',
    path: '/provider/stops/:id',
    tag: 'messaging',
    summary: 'Lift the relay’s stops of a till’s codes',
    access: CHANGING,
    consentWhen: CONSENT,
    replies: [reply(204, null)],
  },
  ...callbackOperations(),
];

/** Both methods of the address for delivery reports. */
function callbackOperations(): Operation[] {
  const common = {
    path: '/callbacks/:provider/:secret',
    tag: 'callbacks',
    description:
      'Called by the messaging service, in the form it prescribes. `secret` is in the address the relay shows to the manager (`callbackUrl`); a service that signs its reports must sign here, too.',
    access: { kind: 'callback' },
    replies: [
      reply(200, 'text'),
      reply(204, null, 'Taken; the service expects no body.'),
      reply(403, named('signature-wrong')),
      reply(404, named('unknown-callback')),
      reply(404, named('unknown-message')),
    ],
  } as const satisfies Partial<Operation>;
  return [
    {
      ...common,
      id: 'verifyCallback',
      method: 'get',
      summary: 'Confirm the address to the messaging service, or take a report from the query',
    },
    { ...common, id: 'reportDelivery', method: 'post', summary: 'Report the delivery of messages' },
  ];
}
