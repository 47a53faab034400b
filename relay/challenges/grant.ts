// Grants: the signed consent of a customer. Its claim is fixed with the right code and signed once.
import type { Grant } from '$lib/contract/grant';
import type { Channel } from '$lib/contract/values';
import { signGrant } from '$lib/proof/grant';
import type { Relay } from '../context';
import { GRANT_MS, keepGrant, type ChallengeRow } from '../store/challenges';

/** What the grant of this challenge says. */
export const claimOf = (
  { shopId }: Pick<Relay, 'shopId'>,
  row: ChallengeRow,
  yes: {
    readonly at: number;
    readonly channel: Channel;
    readonly weak: boolean;
    readonly phoneHash: string;
    readonly phoneSince: number;
    readonly broughtIn: number | null;
  },
): Grant => ({
  v: 1,
  shop: shopId,
  till: row.till,
  challenge: row.id,
  action: row.action,
  operator: row.operator,
  receipt: row.receipt,
  customer: row.customer,
  person: row.person,
  phoneHash: yes.phoneHash,
  phoneSince: yes.phoneSince,
  amount: row.amount,
  dealHash: row.dealHash,
  channel: yes.channel,
  provider: row.provider,
  broughtIn: yes.broughtIn,
  weak: yes.weak,
  demo: row.demo,
  iat: yes.at,
  exp: yes.at + GRANT_MS,
});

/** The signed grant of a verified challenge; the same one for every request. */
export async function grantOf(
  relay: Pick<Relay, 'db' | 'key'>,
  row: ChallengeRow,
): Promise<string> {
  if (row.grantJws !== null) return row.grantJws;
  if (row.claim === null) throw new Error('a challenge without a yes has no grant');
  const claim = JSON.parse(row.claim) as Grant;
  const jws = await signGrant(claim, relay.key.privateKey, relay.key.kid);
  return keepGrant(relay.db, row.id, jws);
}
