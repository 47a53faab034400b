// The search worker: answers questions about the shelf in the order they come. Nothing else.
import type { ShelfAnswer, ShelfCalls, ShelfQuestion } from '$lib/search/messages';
import { Shelf } from '$lib/search/shelf';

declare const self: DedicatedWorkerGlobalScope;

const shelf = new Shelf();

const calls: ShelfCalls = {
  load: (packed) => shelf.load(packed),
  search: (query, limit) => shelf.search(query, limit),
  byBarcode: (code) => shelf.byBarcode(code),
  all: (offset, limit) => shelf.all(offset, limit),
  category: (name, offset, limit) => shelf.category(name, offset, limit),
  categories: () => shelf.categories(),
  get: (ids) => shelf.get(ids),
};

function answer({ number, name, parts }: ShelfQuestion): ShelfAnswer {
  try {
    const call = calls[name] as (...parts: readonly unknown[]) => unknown;
    return { kind: 'answered', number, value: call(...parts) };
  } catch (error) {
    return { kind: 'failed', number, because: String(error) };
  }
}

self.onmessage = ({ data: question }: MessageEvent<ShelfQuestion>) => {
  self.postMessage(answer(question));
};
