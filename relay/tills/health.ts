// Health: data for the till's status chip, requested every 15 seconds. Never asks the provider.
import { health, SILENT_MS } from '$lib/contract/health';
import { CONTRACT_VERSION } from '$lib/contract/version';
import { policyMark } from '$lib/proof/policy';
import { isElevated } from '../http/auth';
import { reply, route, type Route } from '../http/route';
import { stoppedTills } from '../messaging/limits/fraud-guard';
import type { Relay } from '../context';
import { markAfterSending, signed } from './restored';
import { reserveVersion } from '../store/reserve-codes';
import { sawTill, silentTills } from '../store/tills';

/** `seen_at` is only shown to people, so it is written this rarely to spare the disk. */
const SEEN_EVERY_MS = 60_000;

/** The state of the relay. */
export const healthRoutes = (relay: Relay): Route[] => [
  route('GET /health', {
    id: 'getHealth',
    summary: 'Version, time and, with a session, the state of the messaging service',
    description:
      'Needs no contract header, so that a till of another version learns which one the relay has. Without a session only `contract` and `now` are there.',
    access: { kind: 'optional-session' },
    replies: [reply(200, health, 'The state of the relay.')],
  }).handle(async ({ c, till }) => {
    const now = relay.now();
    if (till === undefined) return { contract: CONTRACT_VERSION, now };
    if (till.seenAt === null || till.seenAt + SEEN_EVERY_MS <= now)
      await sawTill(relay.db, till.id, now);
    const kept = relay.policy();
    const { balance, ...state } = await relay.provider.state(till.id);
    const mayKnow = balance !== undefined && (await isElevated(c, 'settings'));
    const mark = await markAfterSending(relay, till.id);
    return {
      contract: CONTRACT_VERSION,
      now,
      till: { id: till.id, name: till.name },
      provider: mayKnow ? { ...state, balance } : state,
      stopped: await stoppedTills(relay),
      silent: [...(await silentTills(relay.db, { till: till.id, at: now - SILENT_MS }))],
      reserveVersion: await reserveVersion(relay.db, till.id),
      ...(await signed(relay, mark)),
      policyVersion: kept?.policy.version ?? null,
      policyMark: kept === null ? null : await policyMark(kept.jws),
    };
  }),
];
