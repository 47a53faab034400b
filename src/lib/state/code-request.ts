// Asking the relay for a code: the journal goes first, because the relay sends none to a till whose journal lags behind.
import type { ChallengeReply, ChallengeRequest } from '$lib/contract/challenge';
import type { Quarantined, Unreachable } from '$lib/domain/challenge-outcome';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { OwedJournal } from './owed-journal.svelte';
import { replyOf } from './register-reply';

type CodeReply = ChallengeReply | Unreachable | Quarantined;

/** Refused because the journal lags, it is sent whole and the relay asked once more. */
export async function requestCode(
  { client, owed }: { readonly client: RelayClient; readonly owed: OwedJournal },
  challenge: string,
  request: ChallengeRequest,
): Promise<CodeReply> {
  await owed.beforeCode();
  const first = replyOf(await client.requestChallenge(challenge, request));
  if (first.kind !== 'journal-behind') return first;
  if (owed.quarantine === null) await owed.sendNow();
  // no waiting helps a till whose journal the relay will not take
  if (owed.quarantine !== null) return { kind: 'quarantined' };
  return replyOf(await client.requestChallenge(challenge, request));
}
