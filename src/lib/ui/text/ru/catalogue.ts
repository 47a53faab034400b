// Goods, in Russian.

export const catalogue = {
  searchLabel: 'Найти товар',
  searchHint: 'Название, штрихкод или артикул',
  category: 'Категория',
  allCategories: 'Все категории',
  uncategorised: 'Без категории',
  columns: {
    name: 'Название',
    category: 'Категория',
    price: 'Цена',
    stock: 'Остаток',
    barcode: 'Штрихкод',
  },
  sku: (sku: string) => `артикул ${sku}`,
  perUnit: (unit: string) => `за ${unit}`,
  notCounted: 'не считаем',
  noBarcode: 'без штрихкода',
  moreBarcodes: (n: number) => `и ещё ${n}`,
  emptyTitle: 'Товаров ещё нет',
  emptyText: 'Загрузите свой прайс-лист, и можно продавать.',
  notFoundTitle: (text: string) => `Ничего не нашлось: «${text}»`,
  notFoundText: 'Проверьте буквы или наберите только начало слова.',
  import: 'Загрузить прайс-лист',
  mayNotImport: 'Загружать товары может тот, у кого есть право «Менять товары и цены».',
  more: 'Показать ещё',
};
