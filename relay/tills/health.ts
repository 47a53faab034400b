// Health: data for the till's status chip, requested every 15 seconds. Never asks the provider.
import { Hono } from 'hono';
import { SILENT_MS, type Health } from '$lib/contract/health';
import { CONTRACT_VERSION } from '$lib/contract/version';
import { policyMark } from '$lib/proof/policy';
import { isElevated, mayHaveSession } from '../http/auth';
import type { Env } from '../http/request';
import { stoppedTills } from '../messaging/limits/fraud-guard';
import type { Relay } from '../context';
import { markAfterSending, signed } from './restored';
import { reserveVersion } from '../store/reserve-codes';
import { sawTill, silentTills, type TillRow } from '../store/tills';

/** `seen_at` is only shown to people, so it is written this rarely to spare the disk. */
const SEEN_EVERY_MS = 60_000;

/** `GET /health`. */
export function healthRoutes(relay: Relay): Hono<Env> {
  return new Hono<Env>().get('/health', mayHaveSession, async (c) => {
    const now = relay.now();
    const till: TillRow | undefined = c.get('till');
    if (till === undefined)
      return c.json({ contract: CONTRACT_VERSION, now } satisfies Health, 200);
    if (till.seenAt === null || till.seenAt + SEEN_EVERY_MS <= now)
      await sawTill(relay.db, till.id, now);
    const kept = relay.policy();
    const { balance, ...state } = await relay.provider.state(till.id);
    const mayKnow = balance !== undefined && (await isElevated(c, 'settings'));
    const mark = await markAfterSending(relay, till.id);
    const health: Health = {
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
    return c.json(health, 200);
  });
}
