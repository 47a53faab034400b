// Vonage's Messages API: Viber, and WhatsApp by a template. Errors are problem+json.
import {
  basic,
  digits,
  exchangesOf,
  home,
  isSuccess,
  jsonPost,
  kindOfStatus,
  needText,
  NotOffered,
  ourCode,
  refused,
  setting,
  unreadable,
} from './exchange';
import { isRecord, readJson, textOf, type JsonRecord } from './json-text';
import type {
  Config,
  Exchange,
  HttpRequest,
  HttpResponse,
  ProviderError,
  Result,
  SendReceipt,
  SendRequest,
} from './provider';
import { vonageProblem } from './vonage-problems';
import { codeComponents } from './whatsapp-cloud';

const VENDOR = 'https://api.nexmo.com';

const exchange = exchangesOf(opened, ['apiSecret']);

export const vonageAuth = (config: Config): Record<string, string> =>
  basic(setting(config, 'apiKey'), setting(config, 'apiSecret'));

/** A name, or a number without its plus. */
export const vonageSender = (request: SendRequest, config: Config): string =>
  (request.sender ?? setting(config, 'from')).replace(/^\+(?=\d+$)/, '');

/** A message by any channel but SMS. */
export function vonageMessage(request: SendRequest, config: Config): Exchange<SendReceipt> {
  const read = ({ json }: Success): Result<SendReceipt> => {
    const providerMessageId = textOf(json['message_uuid']);
    return providerMessageId === null ? refused('bad_reply') : { ok: true, providerMessageId };
  };
  return exchange(config, ask(request, config), read, request);
}

function ask(request: SendRequest, config: Config): HttpRequest {
  needText(request);
  const ends = { to: digits(request.phone), from: vonageSender(request, config) };
  const template = setting(config, 'waTemplate');
  const text = request.text ?? '';
  const url = `${home(config, VENDOR)}/v1/messages`;
  switch (request.channel) {
    case 'viber':
      return jsonPost(
        url,
        { message_type: 'text', ...ends, channel: 'viber_service', text },
        vonageAuth(config),
      );
    case 'whatsapp':
      return jsonPost(
        url,
        template === ''
          ? { message_type: 'text', ...ends, channel: 'whatsapp', text }
          : {
              message_type: 'custom',
              ...ends,
              channel: 'whatsapp',
              custom: {
                type: 'template',
                template: {
                  name: template,
                  language: {
                    policy: 'deterministic',
                    code: setting(config, 'waLanguage') || 'en',
                  },
                  components: codeComponents(ourCode(request)),
                },
              },
            },
        vonageAuth(config),
      );
    case 'sms':
    case 'call':
    case 'telegram':
      throw new NotOffered(`Vonage here sends nothing by ${request.channel}`);
  }
}

type Success = { readonly ok: true; readonly json: JsonRecord };

/** Errors are problem+json under an HTTP status of their own. */
function opened(response: HttpResponse): Success | ProviderError {
  const json = readJson(response.text);
  if (!isRecord(json)) return unreadable(response);
  if (isSuccess(response)) return { ok: true, json };
  const type = textOf(json['type']);
  const title = textOf(json['title']);
  if (type === null && title === null) return unreadable(response);
  const { code, kind } = vonageProblem(type);
  const byStatus = kindOfStatus(response.status);
  // 1010 is documented as a missing parameter and was recorded as a limit: 429 tells more than the number
  const told = response.status === 429 ? byStatus : (kind ?? byStatus);
  return refused(told ?? (code === null ? 'bad_request' : 'unknown'), {
    code,
    text: [title, textOf(json['detail'])].filter((it) => it !== null).join(': '),
  });
}
