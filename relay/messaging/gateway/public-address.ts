// Which addresses the relay may call: public ones over https, and this machine itself.
import { lookup as resolve } from 'node:dns';
import { BlockList, isIP } from 'node:net';

const closed = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  closed.addSubnet(net, bits, 'ipv4');
/** Public ranges of IPv6, without those that embed IPv4 or are unassigned. */
const open6 = new BlockList();
open6.addSubnet('2000::', 3, 'ipv6');
const closed6 = new BlockList();
for (const [net, bits] of [
  ['2001::', 23], // Teredo and other special ranges
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4
  ['3fff::', 20],
] as const)
  closed6.addSubnet(net, bits, 'ipv6');

/** Whether the IP address is public. */
export function isPublicAddress(ip: string): boolean {
  if (isIP(ip) === 4) return !closed.check(ip, 'ipv4');
  return isIP(ip) === 6 && open6.check(ip, 'ipv6') && !closed6.check(ip, 'ipv6');
}

/** 127.0.0.0/8 and ::1. */
const isLoopbackAddress = (ip: string): boolean => /^127\.\d+\.\d+\.\d+$/.test(ip) || ip === '::1';

/** Whether a URL's host names this machine, whatever a name server says. */
export const isLoopbackHost = (hostname: string): boolean =>
  hostname === 'localhost' || isLoopbackAddress(bare(hostname));

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

/**
 * An address a person typed for a provider: `https://host[:port][/path]`, or http(s) of this machine.
 * Null where it is anything else, a literal private address among it; names are judged when they are resolved.
 */
export function parseBaseUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return null;
  if (isLoopbackHost(url.hostname))
    return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
  if (url.protocol !== 'https:') return null;
  const host = bare(url.hostname);
  return isIP(host) !== 0 && !isPublicAddress(host) ? null : url;
}

/** The name resolves to an address that the relay does not call. */
export class ClosedAddress extends Error {}

type Found = { address: string; family: number };

/**
 * All addresses of a URL's host, each of which may be called; throws `ClosedAddress` where one may not, and the resolver's errors.
 * The request must go to exactly these addresses: a second resolution could answer differently.
 */
export async function allowedAddresses(hostname: string): Promise<readonly Found[]> {
  const host = bare(hostname);
  const found = isIP(host) !== 0 ? [{ address: host, family: isIP(host) }] : await resolveAll(host);
  const allowed = isLoopbackHost(hostname) ? isLoopbackAddress : isPublicAddress;
  if (found.length === 0 || !found.every(({ address }) => allowed(address)))
    throw new ClosedAddress('not an address the relay calls');
  return found;
}

const resolveAll = (host: string): Promise<readonly Found[]> =>
  new Promise((found, refused) => {
    resolve(host, { all: true }, (error, addresses) => (error ? refused(error) : found(addresses)));
  });
