// WhatsApp Cloud API of Meta: an authentication template with the code. Delivery only by webhook.
import { equalInConstantTime } from '../constant-time';
import {
  bearer,
  entry,
  exchangesOf,
  freeText,
  headerOf,
  home,
  isOn,
  isSuccess,
  jsonPost,
  kindOfStatus,
  kindsByCode,
  known,
  NotOffered,
  ourCode,
  receiptOf,
  refused,
  setting,
  statesByCode,
  unreadable,
} from './exchange';
import { at, isRecord, readJson, textOf, type Json, type JsonRecord } from './json-text';
import type {
  Config,
  ErrorKind,
  HttpResponse,
  Provider,
  ProviderError,
  Result,
  SendReceipt,
  WebhookEvent,
  WebhookOutcome,
  WebhookRequest,
} from './provider';
import { hmacSha256Hex } from './signatures';

const VENDOR = 'https://graph.facebook.com';
const VERSION = 'v23.0';

const exchange = exchangesOf(opened, ['token']);

/** Meta's advice: branch on the code, never on titles or on the HTTP status. */
const KINDS = kindsByCode({
  auth: [0, 3, 10, 190, 131005],
  // 33: our number was deleted; 131037: our display name is not approved; 131045: our number's certificate;
  // 133010: our number is not registered
  account_not_ready: [33, 131037, 131045, 133010],
  account_blocked: [368, 131031],
  no_money: [131042],
  bad_phone: [131021], // our own number
  // 130472: part of an experiment of Meta's; 131049: withheld by Meta to limit messages per user
  unreachable: [130472, 131026, 131049],
  recipient_blocked: [131050], // opted out of the shop's messages
  region_forbidden: [130497],
  rate_limit_recipient: [131056],
  // 133016: our number was registered too often
  rate_limit_account: [4, 80007, 130429, 131048, 133016],
  text_not_approved: [131047], // outside the window only templates are allowed
  bad_request: [100, 131008, 131009, 131051, 135000],
  // 131057: maintenance
  temporary: [1, 2, 131000, 131016, 131057, 133004],
});

const STATES = statesByCode({
  sent: ['sent'],
  delivered: ['delivered'],
  read: ['read'],
  failed: ['failed'],
});

const ACCEPTED = statesByCode({
  sent: ['accepted'],
  moderation: ['held_for_quality_assessment'],
  failed: ['paused'], // the template is paused: this message will not be sent
});

export const whatsappCloud: Provider = {
  id: 'whatsapp_cloud',
  name: 'WhatsApp Cloud API',
  refusesRepeats: false,
  resendAfterMs: 30_000,
  configFields: [
    { key: 'token', kind: 'secret', required: true },
    { key: 'phoneNumberId', kind: 'text', required: true },
    { key: 'apiVersion', kind: 'text', required: false },
    { key: 'template', kind: 'text', required: true },
    { key: 'language', kind: 'text', required: true },
    // without it Meta's signature cannot be checked, and the relay refuses all reports
    { key: 'appSecret', kind: 'secret', required: false },
    { key: 'verifyToken', kind: 'secret', required: false },
    { key: 'baseUrl', kind: 'url', required: false },
  ],

  capabilities: () => [
    {
      ...freeText,
      channel: 'whatsapp',
      codeDigits: { min: 4, max: 15 },
      text: 'approved-template',
      sender: 'none',
      statusPush: true,
    },
  ],

  send: (request, config) => {
    if (request.channel !== 'whatsapp') throw new NotOffered('WhatsApp Cloud sends only WhatsApp');
    const version = setting(config, 'apiVersion') || VERSION;
    const from = encodeURIComponent(setting(config, 'phoneNumberId'));
    const asked = jsonPost(
      `${home(config, VENDOR)}/${encodeURIComponent(version)}/${from}/messages`,
      {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to: request.phone,
        type: 'template',
        template: {
          name: setting(config, 'template'),
          language: { code: setting(config, 'language') },
          components: codeComponents(ourCode(request)),
        },
      },
      bearer(setting(config, 'token')),
    );
    return exchange(config, asked, receipt, request);
  },

  webhook,
};

/** An authentication template contains the code twice: in the text, and for the copy button. */
export function codeComponents(code: string): readonly object[] {
  const parameters = [{ type: 'text', text: code }];
  return [
    { type: 'body', parameters },
    { type: 'button', sub_type: 'url', index: '0', parameters },
  ];
}

type Success = { readonly json: JsonRecord };

function opened(response: HttpResponse): Result<Success> {
  const json = readJson(response.text);
  if (!isRecord(json)) return unreadable(response);
  return (json['error'] ?? null) === null ? { ok: true, json } : refusal(json['error'], response);
}

function receipt({ json }: Success, response: HttpResponse): Result<SendReceipt> {
  if (!isSuccess(response)) return unreadable(response);
  const status = textOf(at(json, 'messages', 0, 'message_status'));
  const state = status === null ? null : (entry(ACCEPTED, status) ?? 'unknown');
  return receiptOf(textOf(at(json, 'messages', 0, 'id')), unreadable(response), { state });
}

function refusal(error: Json | undefined, response: HttpResponse): ProviderError {
  const code = textOf(at(error, 'code'));
  const text = [at(error, 'message'), at(error, 'error_data', 'details')]
    .map(textOf)
    .filter((it) => it !== null)
    .join(' · ');
  const kind = code === null ? kindOfStatus(response.status) : kindOf(code);
  return refused(kind ?? 'unknown', { code, text });
}

/** 132000 to 132016 concern the template, 200 to 299 permissions. */
function kindOf(code: string): ErrorKind {
  if (/^1320(?:0\d|1[0-6])$/.test(code)) return 'text_not_approved';
  return /^2\d\d$/.test(code) ? 'auth' : (entry(KINDS, code) ?? 'unknown');
}

/**
 * Reports: `entry[].changes[].value.statuses[]`, signed with the app's secret; without that secret they are refused with
 * `signedCallbacks`, which the relay always sets. Also answers Meta's check of the address.
 */
function webhook(request: WebhookRequest, config: Config): WebhookOutcome {
  const greeting = challenge(request, config);
  if (greeting !== null) return greeting;
  const appSecret = setting(config, 'appSecret');
  if (appSecret !== '' || isOn(config, 'signedCallbacks')) {
    const signature = headerOf(request.headers, 'x-hub-signature-256') ?? '';
    const expected = `sha256=${hmacSha256Hex(appSecret, request.rawBody)}`;
    if (appSecret === '' || !equalInConstantTime(expected, signature.toLowerCase()))
      return { accept: false, reason: 'bad_signature' };
  }
  const json = readJson(request.rawBody);
  const entries = at(json, 'entry');
  if (!Array.isArray(entries)) return { accept: false, reason: 'bad_body' };
  const events = listed(json, 'entry')
    .flatMap((one) => listed(one, 'changes'))
    .flatMap((one) => listed(at(one, 'value'), 'statuses'))
    .flatMap(eventOf);
  return { accept: true, events, reply: { status: 200, body: '' } };
}

const listed = (value: Json | undefined, key: string): readonly Json[] => {
  const list = at(value, key);
  return Array.isArray(list) ? (list as readonly Json[]) : [];
};

function eventOf(status: Json): readonly WebhookEvent[] {
  const providerMessageId = textOf(at(status, 'id'));
  if (providerMessageId === null) return [];
  const state = entry(STATES, textOf(at(status, 'status'))) ?? 'unknown';
  const code = textOf(at(status, 'errors', 0, 'code'));
  const kind = state === 'failed' && code !== null ? kindOf(code) : null;
  return [{ providerMessageId, state, ...known({ kind }) }];
}

/** Meta's GET that verifies the address; requires our verify token. */
function challenge({ url, rawBody }: WebhookRequest, config: Config): WebhookOutcome | null {
  const query = new URLSearchParams(url.split('?').slice(1).join('?'));
  const word = query.get('hub.challenge');
  if (query.get('hub.mode') !== 'subscribe' || word === null || rawBody !== '') return null;
  const ours = setting(config, 'verifyToken');
  const isOurs = ours !== '' && equalInConstantTime(ours, query.get('hub.verify_token') ?? '');
  // no browser shows the reply; still only a plain word is returned
  if (!isOurs || !/^[\w-]{1,200}$/.test(word)) return { accept: false, reason: 'bad_signature' };
  return { accept: true, events: [], reply: { status: 200, body: word } };
}
