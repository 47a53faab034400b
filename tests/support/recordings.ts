// Recorded exchanges with messaging services, replayed through an adapter.
import { readdirSync, readFileSync } from 'node:fs';
import type {
  Config,
  Exchange,
  HttpRequest,
  HttpResponse,
  MessageRef,
  Provider,
  SendRequest,
} from '../../relay/providers/provider';
import { settingsOf } from './adapters';

type RecordedBody =
  | { type: 'json'; json: unknown }
  | { type: 'text'; text: string }
  | { type: 'form'; fields: Record<string, string> }
  | { type: 'none' };
export type Recorded = {
  id: string;
  operation: string;
  channel: SendRequest['channel'] | null;
  input?: Record<string, unknown>;
  config?: Record<string, unknown>;
  request: HttpRequest;
  response: { status: number; headers: Record<string, string>; body: RecordedBody };
  expect: unknown;
  compareRequest?: boolean;
};
export type RecordedCallback = {
  id: string;
  request: { url: string; headers: Record<string, string>; body: RecordedBody };
  expect: { events?: unknown; reject?: string };
};

const folder = new URL('../relay/recordings/', import.meta.url);

/** Ids of the recorded services. */
export const recordedServices = (): string[] =>
  readdirSync(folder).map((file) => file.replace('.json', ''));

export function recordingsOf(id: string): {
  exchanges: Recorded[];
  webhooks?: RecordedCallback[];
} {
  const text = readFileSync(new URL(`${id}.json`, folder), 'utf8');
  return JSON.parse(text) as ReturnType<typeof recordingsOf>;
}

export function bodyText(body: RecordedBody): string {
  if (body.type === 'json') return JSON.stringify(body.json);
  if (body.type === 'text') return body.text;
  return body.type === 'form' ? new URLSearchParams(body.fields).toString() : '';
}

/** Replays the adapter's exchange for the recorded request with the recorded reply. */
export function replayed(
  provider: Provider,
  recorded: Recorded,
): { exchange: Exchange<object>; response: HttpResponse } {
  const exchange = exchangeOf(provider, recorded);
  if (exchange === undefined) throw new Error(`${recorded.operation} is not described`);
  const { status, headers, body } = recorded.response;
  return { exchange, response: { status, headers, text: bodyText(body) } };
}

/** Each recording describes the generic service; the others have their usual settings. */
function configOf(provider: Provider, { config, input }: Recorded): Config {
  if (config === undefined) return settingsOf(provider);
  const secret = input?.['secret'];
  return { spec: JSON.stringify(config), ...(typeof secret === 'string' ? { secret } : {}) };
}

function exchangeOf(provider: Provider, recorded: Recorded): Exchange<object> | undefined {
  const config = configOf(provider, recorded);
  const channel = recorded.channel === null ? {} : { channel: recorded.channel };
  const input = { ...channel, ...recorded.input };
  switch (recorded.operation) {
    case 'send':
      return provider.send(input as unknown as SendRequest, config);
    case 'estimate':
      return provider.estimate?.(input as unknown as SendRequest, config);
    case 'balance':
      return provider.balance?.(config);
    default:
      return provider.deliveryStatus?.(input as unknown as MessageRef, config);
  }
}
