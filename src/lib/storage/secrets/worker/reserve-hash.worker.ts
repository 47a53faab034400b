// The worker of slow hashes: derives what a verifier keeps of one reserve code, away from the page.
import { reserveHash, type HashOrder } from '$lib/proof/reserve-code';

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data: { code, salt, rounds } }: MessageEvent<HashOrder>) => {
  void reserveHash(code, { salt, rounds }).then((hash) => self.postMessage(hash));
};
