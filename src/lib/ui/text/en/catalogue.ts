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

  form: {
    addProduct: 'Add a product',
    newTitle: 'New product',
    editTitle: 'Product',
    edit: (name: string) => `Change ${name}`,
    notSaved: 'Product NOT saved',
    priceHint: 'The new price counts at all tills from the next product added to a receipt.',
    barcodes: 'Barcodes',
    barcodesHint: 'One per line',
    unit: 'Sold by',
    unitNames: { piece: 'piece', kilogram: 'kilogram', litre: 'litre', metre: 'metre' },
    skuField: 'SKU',
    stockField: 'In stock, as counted',
    stockHint: 'Empty: the stock is not counted. Sales of all tills reduce it.',
    categoryHint: 'A new name makes a new category.',
    barcodeWrong: (code: string) =>
      `The check digit of ${code} is wrong, or it has spaces: scan it again.`,
    barcodeTaken: (code: string, name: string) => `${code} is already the barcode of “${name}”.`,
    stockWrong: 'This is no number: type, for example, 12 or 1.250.',
    changedMeanwhile:
      'Another till has changed this product meanwhile. Close the form and open it again: it then shows the new values.',
    tooLong: 'Too long: at most 100 characters.',
    mayNotEdit: 'Changing goods needs the right “Change goods and prices”.',
  },
} satisfies typeof ru;
