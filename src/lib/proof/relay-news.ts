// The entries of the relay's own chain in the shop's order.
import { relayActBodies } from '$lib/contract/shop-journal';

type RelayActs = typeof relayActBodies;
/** An entry of the relay: its act with the fields of its body. */
export type RelayNews = {
  [A in keyof RelayActs]: { act: A } & NonNullable<ReturnType<RelayActs[A]['safeParse']>['data']>;
}[keyof RelayActs];

/** Reads an entry of the relay's own chain; null: an act that this version does not know. */
export function relayNews(act: unknown, body: unknown): RelayNews | null {
  if (typeof act !== 'string' || !Object.hasOwn(relayActBodies, act)) return null;
  const said = relayActBodies[act as keyof RelayActs].safeParse(body);
  return said.success ? ({ act, ...said.data } as RelayNews) : null;
}

/** The relay's later verdict on an entry that it had not understood. */
export type JudgedAgain = Extract<RelayNews, { act: 'judged-again' }>;
