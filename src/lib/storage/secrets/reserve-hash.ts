// Derives the slow hash of a reserve code in a worker, one worker per derivation.
import { reserveHash, type HashOrder, type ReserveHash } from '$lib/proof/reserve-hash';

/** Computes on the page if the worker cannot be loaded, so that the customer can still use their code. */
export const hashAside: ReserveHash = (code, { salt, rounds }) =>
  new Promise((resolve) => {
    const worker = new Worker(new URL('./worker/reserve-hash.worker.ts', import.meta.url), {
      type: 'module',
    });
    const done = (hash: string | Promise<string>) => {
      worker.terminate();
      resolve(hash);
    };
    worker.onmessage = ({ data }: MessageEvent<string>) => done(data);
    worker.onerror = () => done(reserveHash(code, { salt, rounds }));
    worker.postMessage({ code, salt, rounds } satisfies HashOrder);
  });
