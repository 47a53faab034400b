// The search worker: answers questions about the shelf in the order they come. Nothing else.
import type { ShelfAnswer, ShelfCalls, ShelfQuestion } from '$lib/search/messages';
import { Shelf } from '$lib/search/shelf';

declare const self: DedicatedWorkerGlobalScope;

const shelf: ShelfCalls & Shelf = new Shelf();

function answer({ number, name, parts }: ShelfQuestion): ShelfAnswer {
  try {
    const call = shelf[name] as (...parts: readonly unknown[]) => unknown;
    return { kind: 'answered', number, value: call.apply(shelf, [...parts]) };
  } catch (error) {
    return { kind: 'failed', number, because: String(error) };
  }
}

self.onmessage = ({ data: question }: MessageEvent<ShelfQuestion>) => {
  self.postMessage(answer(question));
};
