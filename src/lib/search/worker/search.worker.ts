// The search worker: answers queries about the catalogue in the order they arrive.
import type { SearchReply, SearchCalls, SearchRequest } from '$lib/search/messages';
import { LoadedCatalogue } from '$lib/search/loaded-catalogue';

declare const self: DedicatedWorkerGlobalScope;

const catalogue = new LoadedCatalogue();

const calls: SearchCalls = {
  load: (packed) => catalogue.load(packed),
  search: (query, limit) => catalogue.search(query, limit),
  byBarcode: (code) => catalogue.byBarcode(code),
  byArticle: (article) => catalogue.byArticle(article),
  all: (offset, limit) => catalogue.all(offset, limit),
  category: (name, offset, limit) => catalogue.category(name, offset, limit),
  categories: () => catalogue.categories(),
  get: (ids) => catalogue.get(ids),
};

function answer({ number, name, parts }: SearchRequest): SearchReply {
  try {
    const call = calls[name] as (...parts: readonly unknown[]) => unknown;
    return { kind: 'answered', number, value: call(...parts) };
  } catch (error) {
    return { kind: 'failed', number, because: String(error) };
  }
}

self.onmessage = ({ data: question }: MessageEvent<SearchRequest>) => {
  self.postMessage(answer(question));
};
