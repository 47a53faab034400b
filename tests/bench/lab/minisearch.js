// The peer of the search: MiniSearch, set up for search-as-you-type as its documentation says.
// In JavaScript, so that type checks do not need a package that only benchmarks use.
import MiniSearch from 'minisearch';

const FOUND = 60;
let engine;

/** Indexes goods with the given names; returns its duration, ms. */
export function open(names) {
  engine = new MiniSearch({ fields: ['name'], storeFields: ['name'] });
  const since = performance.now();
  engine.addAll(names.map((name, id) => ({ id, name })));
  return performance.now() - since;
}

/** Duration of one search, ms. */
export function search(query) {
  const since = performance.now();
  engine.search(query, { prefix: true, fuzzy: 0.2 }).slice(0, FOUND);
  return performance.now() - since;
}
