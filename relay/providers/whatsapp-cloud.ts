// WhatsApp Cloud API of Meta: an authentication template with the code. Delivery only by webhook.
import { equalInConstantTime } from '../constant-time';
import {
  bearer,
  entry,
  exchangesOf,
  headerOf,
  home,
  isOn,
  isSuccess,
  jsonPost,
  known,
  kindOfStatus,
  NotOffered,
  ourCode,
  refused,
  setting,
  unreadable,
} from './exchange';
import { at, isRecord, readJson, textOf, type Json, type JsonRecord } from './json-text';
import type {
  Config,
  DeliveryState,
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
const KINDS: Readonly<Record<string, ErrorKind>> = {
  '0': 'auth',
  '3': 'auth',
  '10': 'auth',
  '33': 'account_not_ready', // our number was deleted
  '190': 'auth',
  '131005': 'auth',
  '368': 'account_blocked',
  '131031': 'account_blocked',
  '4': 'rate_limit_account',
  '80007': 'rate_limit_account',
  '130429': 'rate_limit_account',
  '131048': 'rate_limit_account',
  '133016': 'rate_limit_account', // our number was registered too often
  '131050': 'recipient_blocked', // opted out of the shop's messages
  '131056': 'rate_limit_recipient',
  '130472': 'unreachable', // part of an experiment of Meta's
  '131021': 'bad_phone', // our own number
  '131026': 'unreachable',
  '131037': 'account_not_ready', // our display name is not approved
  '131042': 'no_money',
  '131045': 'account_not_ready', // our number's certificate
  '131047': 'text_not_approved', // outside the window only templates are allowed
  '131049': 'unreachable', // withheld by Meta to limit messages per user
  '133010': 'account_not_ready', // our number is not registered
  '130497': 'region_forbidden',
  '1': 'temporary',
  '2': 'temporary',
  '131000': 'temporary',
  '131016': 'temporary',
  '131057': 'temporary', // maintenance
  '133004': 'temporary',
  '100': 'bad_request',
  '131008': 'bad_request',
  '131009': 'bad_request',
  '131051': 'bad_request',
  '135000': 'bad_request',
};

const STATES: Readonly<Record<string, DeliveryState>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
};

const ACCEPTED: Readonly<Record<string, DeliveryState>> = {
  accepted: 'sent',
  held_for_quality_assessment: 'moderation',
  paused: 'failed', // the template is paused: this message will not be sent
};

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
      channel: 'whatsapp',
      codeOrigin: 'ours',
      codeDigits: { min: 4, max: 15 },
      leadingZero: true,
      text: 'approved-template',
      sender: 'none',
      testMode: false,
      statusPull: false,
      statusPush: true,
      costInSendReply: false,
      evidence: 'documented',
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

type Success = { readonly ok: true; readonly json: JsonRecord };

function opened(response: HttpResponse): Success | ProviderError {
  const json = readJson(response.text);
  if (!isRecord(json)) return unreadable(response);
  return (json['error'] ?? null) === null ? { ok: true, json } : refusal(json['error'], response);
}

function receipt({ json }: Success, response: HttpResponse): Result<SendReceipt> {
  const providerMessageId = textOf(at(json, 'messages', 0, 'id'));
  if (!isSuccess(response) || providerMessageId === null) return unreadable(response);
  const status = textOf(at(json, 'messages', 0, 'message_status'));
  const state = status === null ? null : (entry(ACCEPTED, status) ?? 'unknown');
  return { ok: true, providerMessageId, ...known({ state }) };
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
