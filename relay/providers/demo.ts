// The demo provider, for trying a shop without a paid service. No message leaves the process.
import { codeCall, freeText, jsonPost } from './exchange';
import { at, readJson, textOf } from './json-text';
import {
  failed,
  type Channel,
  type Delivery,
  type Exchange,
  type Provider,
  type SendReceipt,
} from './provider';

export const DEMO = 'demo';

/** The relay answers requests to this address itself. */
export const DEMO_ORIGIN = 'demo://phone';

/** +7 000 …: no code within +7 begins with 0, so no operator assigns these numbers. Real adapters refuse them. */
export const isDemoPhone = (phone: string): boolean => /^\+7000\d{7}$/.test(phone);

const MESSENGERS = ['sms', 'viber', 'whatsapp', 'telegram'] as const satisfies readonly Channel[];

export const demo: Provider = {
  id: DEMO,
  name: 'Demo',
  refusesRepeats: false,
  resendAfterMs: 30_000,
  configFields: [],
  capabilities: () => [
    ...MESSENGERS.map((channel) => ({
      ...freeText,
      channel,
      sender: 'none' as const,
      testMode: true,
      statusPull: true,
    })),
    { ...codeCall, statusPull: true },
  ],

  send: (request): Exchange<SendReceipt> => ({
    request: jsonPost(`${DEMO_ORIGIN}/messages`, {
      channel: request.channel,
      phone: request.phone,
      text: request.channel === 'call' ? null : (request.text ?? ''),
      test: request.test === true,
    }),
    secrets: [request.phone, request.code, request.text].filter((it) => it !== undefined),
    parse: (response) => {
      const reply = readJson(response.text);
      const providerMessageId = textOf(at(reply, 'id'));
      if (providerMessageId === null) return failed('bad_reply');
      if (request.channel !== 'call') return { ok: true, providerMessageId, state: 'sent' };
      const codeChosenByProvider = textOf(at(reply, 'code'));
      if (codeChosenByProvider === null) return failed('bad_reply');
      return { ok: true, providerMessageId, state: 'sent', codeChosenByProvider };
    },
  }),

  deliveryStatus: (ref): Exchange<Delivery> => ({
    request: jsonPost(`${DEMO_ORIGIN}/deliveries`, { id: ref.providerMessageId }),
    secrets: [],
    parse: (response) => {
      const state = at(readJson(response.text), 'state');
      if (state === undefined) return failed('bad_reply');
      return {
        ok: true,
        state: state === 'sent' || state === 'delivered' ? state : 'not_found',
      };
    },
  }),
};
