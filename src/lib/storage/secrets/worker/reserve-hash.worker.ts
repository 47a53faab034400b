// The worker that derives the slow hash of a reserve code.
import { reserveHash, type HashOrder } from '$lib/proof/reserve-hash';

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data: { code, salt, rounds } }: MessageEvent<HashOrder>) => {
  void reserveHash(code, { salt, rounds }).then((hash) => self.postMessage(hash));
};
