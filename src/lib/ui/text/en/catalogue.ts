// Goods, in English.
import type { catalogue as ru } from '$lib/ui/text/ru/catalogue';

export const catalogue = {
  searchLabel: 'Find a product',
  searchHint: 'Name, barcode or SKU',
  category: 'Category',
  allCategories: 'All categories',
  uncategorised: 'Uncategorised',
  columns: {
    name: 'Name',
    category: 'Category',
    price: 'Price',
    stock: 'Stock',
    barcode: 'Barcode',
  },
  sku: (sku: string) => `SKU ${sku}`,
  perUnit: (unit: string) => `per ${unit}`,
  notCounted: 'not counted',
  noBarcode: 'no barcode',
  moreBarcodes: (n: number) => `and ${n} more`,
  emptyTitle: 'No goods yet',
  emptyText: 'Import your price list and start selling.',
  notFoundTitle: (text: string) => `Nothing found: “${text}”`,
  notFoundText: 'Check the letters, or type only the beginning of a word.',
  import: 'Import a price list',
  mayNotImport: 'Importing goods needs the right “Change goods and prices”.',
  more: 'Show more',
} satisfies typeof ru;
