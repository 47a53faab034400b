// Requests a code after uploading the journal, which the relay requires first.
import type { ChallengeReply, ChallengeRequest } from '$lib/contract/challenge';
import type { Quarantined, Unreachable } from '$lib/domain/challenge-outcome';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { JournalUploader } from './journal-uploader.svelte';
import { checkoutReply } from './checkout-reply';

type CodeReply = ChallengeReply | Unreachable | Quarantined;

/** If the relay refuses because the journal lags, uploads all of it and requests once more. */
export async function requestCode(
  { client, uploader }: { readonly client: RelayClient; readonly uploader: JournalUploader },
  challenge: string,
  request: ChallengeRequest,
): Promise<CodeReply> {
  await uploader.beforeCode();
  const first = checkoutReply(await client.requestChallenge(challenge, request));
  if (first.kind !== 'journal-behind') return first;
  if (uploader.quarantine === null) await uploader.sendNow();
  // waiting does not help if the relay refuses this till's journal
  if (uploader.quarantine !== null) return { kind: 'quarantined' };
  return checkoutReply(await client.requestChallenge(challenge, request));
}
