// What benchmarks run inside a page: the product's own modules by themselves, and the same done with nothing but the platform.
export { fillCustomers, forgetGoods, sell } from './till-disk';
export { keepSale, prepareRaw, storeRaw, storeRawTwice } from './raw-sale';
export { parseAndStore, prepareStore } from './raw-import';
export { filterByDexie, fillDexie, openCatalogue, searchCatalogue } from './search';
