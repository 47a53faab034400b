// Places in a description: those of a template, which are filled, and those of a reply, where results stand.
import type { Call } from './generic-spec';

/** Placeholders of a template; `:url` percent-encodes (in an address that happens anyway). */
export const PLACEHOLDER = /\{([A-Za-z]+)(:[A-Za-z]+)?\}/g;
export const PLACES = [
  ...(['phone', 'phonePlus', 'text', 'code', 'sender'] as const),
  ...(['secret', 'login', 'password', 'basic'] as const), // `basic`: login and password, as a header has them
];
export type Place = (typeof PLACES)[number];

/** What a call says of a message. */
export function placesOf({ url, headers: named, body }: Call): ReadonlySet<string> {
  const text = [url, ...Object.values(named), JSON.stringify(body?.template ?? null)].join(' ');
  return new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => name ?? ''));
}

/** `$.data.list[0]['id']` as steps; null where it is no such path. */
export function placeInReply(path: string): readonly (string | number)[] | null {
  if (!/^\$(?:\.[\w-]+|\[\d{1,4}\]|\['[^']*'\])*$/.test(path)) return null;
  const steps = path.matchAll(/\.([\w-]+)|\[(\d{1,4})\]|\['([^']*)'\]/g);
  return [...steps].map(([, key, index, quoted]) =>
    index === undefined ? (key ?? quoted ?? '') : Number(index),
  );
}
