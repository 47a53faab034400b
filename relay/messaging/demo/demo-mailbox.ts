// Messages of the demo provider since the start, in memory; answers its requests in this process.
import { randomInt } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { HttpRequest, HttpResponse } from '../../providers/provider';

export type DemoMessage = {
  readonly id: string;
  readonly at: number;
  readonly channel: string;
  /** E.164. */
  readonly phone: string;
  /** Null for a call. */
  readonly text: string | null;
  /** The calling number, whose last four digits are the code; null for a message. */
  readonly caller: string | null;
};

export type DemoMailbox = {
  /** Answers requests of the demo adapter, as a service on the network would. */
  readonly answer: (request: HttpRequest) => HttpResponse;
  /** Newest first. */
  readonly messages: () => readonly DemoMessage[];
};

const KEEP = 300;
const DELIVERED_AFTER_MS = 1500;

/** An empty mailbox; `now` in ms. */
export function openDemoMailbox(now: () => number): DemoMailbox {
  let messages: readonly DemoMessage[] = [];

  function receive(json: Readonly<Record<string, unknown>>): object {
    const code = json['channel'] === 'call' ? String(randomInt(10_000)).padStart(4, '0') : null;
    const message: DemoMessage = {
      id: uuidv7({ msecs: now() }),
      at: now(),
      channel: String(json['channel']),
      phone: String(json['phone']),
      text: typeof json['text'] === 'string' ? json['text'] : null,
      caller: code === null ? null : `+7000555${code}`,
    };
    if (json['test'] !== true) messages = [message, ...messages].slice(0, KEEP);
    return { id: message.id, ...(code === null ? {} : { code }) };
  }

  function delivery(id: unknown): object {
    const message = messages.find((one) => one.id === id);
    if (message === undefined) return { state: 'not-found' };
    return { state: now() - message.at >= DELIVERED_AFTER_MS ? 'delivered' : 'sent' };
  }

  return {
    messages: () => messages,
    answer: ({ url, body }) => {
      const json = body.type === 'json' ? (body.json as Readonly<Record<string, unknown>>) : {};
      const reply = url.endsWith('/messages') ? receive(json) : delivery(json['id']);
      return { status: 200, headers: {}, text: JSON.stringify(reply) };
    },
  };
}
