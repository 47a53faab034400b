// Functions for benchmarks inside a page: the product's modules, and the same with the platform only.
export { fillCustomers, sell } from './till-disk';
export { keepSale, prepareRaw, storeRaw, storeRawTwice } from './raw-sale';
export { parseAndStore, prepareStore } from './raw-import';
export { filterByDexie, fillDexie, openCatalogue, searchCatalogue } from './search';
export { inWorker, longestBlock, prepareOrder, sellIdle, sellMeanwhile } from './entries';
