// One-time tokens of ten Crockford characters, kept as keyed hashes, and the enrolment link.
import type { EnrolmentOffer } from '$lib/contract/till';
import { makeCrockford } from '../messaging/codes/codes';
import type { Relay } from '../context';
import { clearLocks } from '../store/locks';
import { addToken, spendToken, tokenByHash, type TokenPurpose } from '../store/tokens';

const LENGTH = 10;
const LIFETIME_MS = 15 * 60_000;
/** How long spent tokens are kept, to answer late repetitions and to refuse late misuse. */
const REMEMBERED_MS = 7 * 24 * 3_600_000;

/** Prefix of the names under which failed enrolments are counted. */
export const ENROLMENT_TRIES = 'enrol:';

type Keeper = Pick<Relay, 'db' | 'now' | 'cipher'>;

/** The hash stored in place of a token. */
export const tokenHash = (
  relay: Pick<Relay, 'cipher'>,
  purpose: TokenPurpose,
  token: string,
): string => relay.cipher.keyedHash(`token:${purpose}`, token);

/** Makes a token that lives 15 minutes. */
export async function makeToken(
  relay: Keeper,
  purpose: TokenPurpose,
): Promise<{ token: string; expiresAt: number }> {
  const token = makeCrockford(LENGTH);
  const madeAt = relay.now();
  const expiresAt = madeAt + LIFETIME_MS;
  const hash = tokenHash(relay, purpose, token);
  await addToken(relay.db, { hash, purpose, madeAt, expiresAt }, madeAt - REMEMBERED_MS);
  return { token, expiresAt };
}

/** Whether this token of `npm run elevate` can still be spent. */
export async function isLiveToken(
  relay: Pick<Relay, 'db' | 'now' | 'cipher'>,
  token: string,
): Promise<boolean> {
  const row = await tokenByHash(relay.db, tokenHash(relay, 'elevate', token), 'elevate');
  return row !== null && row.spentAt === null && row.expiresAt > relay.now();
}

/** Spends a token of `npm run elevate`, which replaces a code once; false: it is wrong, old or spent. */
export async function spendElevationToken(
  relay: Pick<Relay, 'db' | 'now' | 'cipher'>,
  asked: { till: string; operatorId: string; token: string },
): Promise<boolean> {
  if (!(await isLiveToken(relay, asked.token))) return false;
  const hash = tokenHash(relay, 'elevate', asked.token);
  return spendToken(relay.db, hash, `${asked.till} ${asked.operatorId}`, relay.now());
}

/** A new enrolment token; also ends the locks of enrolment. */
export async function offerEnrolment(
  relay: Keeper & Pick<Relay, 'config'>,
): Promise<EnrolmentOffer> {
  const { token, expiresAt } = await makeToken(relay, 'enrol');
  await clearLocks(relay.db, ENROLMENT_TRIES);
  const { url } = relay.config;
  // a URL's fragment is not sent to servers, so it is in no log
  return {
    kind: 'enrolment',
    token,
    link: url === null ? null : `${url}/#enrol=${token}`,
    expiresAt,
  };
}
