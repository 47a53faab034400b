// The demo shop's goods as data: names, prices, stock.
import type { Unit } from '$lib/contract/acts/sale';
import type { DemoCategory } from './categories';

/** Name in Russian and English, price in kopecks, stock in units, unit of sale. */
export type DemoRow = readonly [
  ru: string,
  en: string,
  kopecks: number,
  stock: number,
  unit?: Unit,
];

/** By the category's SKU. */
export const DEMO_ROWS: Readonly<Record<DemoCategory['sku'], readonly DemoRow[]>> = {
  BR: [
    ['Батон нарезной, 400 г', 'Sliced white loaf, 400 g', 5490, 24],
    ['Хлеб ржаной подовый, 700 г', 'Hearth rye bread, 700 g', 7200, 18],
    ['Лепёшка тандырная', 'Tandoor flatbread', 6500, 15],
    ['Булочка с корицей', 'Cinnamon bun', 4500, 30],
    ['Слойка с сыром', 'Cheese puff', 5900, 20],
    ['Пирожок с капустой', 'Cabbage pasty', 4800, 25],
    ['Сушки с маком, 300 г', 'Poppy-seed dry rings, 300 g', 8900, 16],
    ['Лаваш тонкий, 3 листа', 'Thin lavash, 3 sheets', 7900, 12],
  ],
  DA: [
    ['Молоко 2,5 %, 1 л', 'Milk 2.5 %, 1 l', 9990, 36],
    ['Кефир 1 %, 0,9 л', 'Kefir 1 %, 0.9 l', 10490, 20],
    ['Сметана 20 %, 300 г', 'Sour cream 20 %, 300 g', 12900, 22],
    ['Творог 5 %, 200 г', 'Cottage cheese 5 %, 200 g', 11500, 18],
    ['Йогурт с черникой, 250 г', 'Blueberry yoghurt, 250 g', 8490, 28],
    ['Масло сливочное 82,5 %, 180 г', 'Butter 82.5 %, 180 g', 23900, 14],
    ['Сыр полутвёрдый', 'Semi-hard cheese', 89900, 8, 'kilogram'],
    ['Сырок в глазури', 'Glazed curd bar', 5200, 40],
    ['Яйца куриные, 10 шт.', 'Hen eggs, 10 pcs', 13900, 30],
  ],
  FV: [
    ['Яблоки садовые', 'Garden apples', 14900, 40, 'kilogram'],
    ['Бананы, связка', 'Bananas, a bunch', 15900, 25],
    ['Лимон', 'Lemon', 3500, 50],
    ['Картофель мытый, сетка 2 кг', 'Washed potatoes, 2 kg net', 13900, 20],
    ['Морковь, пакет 1 кг', 'Carrots, 1 kg bag', 7900, 22],
    ['Лук репчатый, сетка 1 кг', 'Onions, 1 kg net', 6500, 26],
    ['Огурцы, упаковка 450 г', 'Cucumbers, 450 g pack', 16900, 15],
    ['Зелень укропа, пучок', 'Dill, a bunch', 4900, 18],
  ],
  GR: [
    ['Гречка ядрица, 800 г', 'Buckwheat, 800 g', 9900, 32],
    ['Рис круглый, 900 г', 'Round rice, 900 g', 12500, 28],
    ['Макароны перья, 450 г', 'Penne pasta, 450 g', 8900, 35],
    ['Мука пшеничная, 2 кг', 'Wheat flour, 2 kg', 13900, 18],
    ['Сахар-песок, 1 кг', 'Granulated sugar, 1 kg', 8490, 40],
    ['Соль морская, 500 г', 'Sea salt, 500 g', 6900, 24],
    ['Масло подсолнечное, 1 л', 'Sunflower oil, 1 l', 14900, 26],
    ['Томатная паста, 270 г', 'Tomato paste, 270 g', 11900, 20],
    ['Горошек зелёный, банка', 'Green peas, tin', 9500, 24],
    ['Мёд липовый, 350 г', 'Linden honey, 350 g', 34900, 10],
  ],
  DR: [
    ['Вода питьевая, 0,5 л', 'Still water, 0.5 l', 4500, 60],
    ['Вода минеральная газированная, 1,5 л', 'Sparkling mineral water, 1.5 l', 7900, 48],
    ['Сок яблочный, 1 л', 'Apple juice, 1 l', 12900, 30],
    ['Морс клюквенный, 0,95 л', 'Cranberry drink, 0.95 l', 14900, 20],
    ['Квас хлебный, 1,5 л', 'Bread kvass, 1.5 l', 10900, 24],
    ['Лимонад грушевый, 0,5 л', 'Pear lemonade, 0.5 l', 7500, 36],
    ['Чай чёрный листовой, 100 г', 'Black leaf tea, 100 g', 18900, 22],
    ['Чай с чабрецом, 25 пакетиков', 'Thyme tea, 25 bags', 15900, 20],
    ['Кофе молотый, 250 г', 'Ground coffee, 250 g', 44900, 15],
    ['Кофе с собой', 'Coffee to go', 15000, 100],
  ],
  SW: [
    ['Шоколад горький, 90 г', 'Dark chocolate, 90 g', 13900, 34],
    ['Шоколад молочный с орехом, 90 г', 'Milk chocolate with nuts, 90 g', 12900, 34],
    ['Печенье овсяное, 400 г', 'Oat biscuits, 400 g', 14500, 20],
    ['Пряник с повидлом', 'Gingerbread with jam', 6900, 25],
    ['Зефир ванильный, 250 г', 'Vanilla zephyr, 250 g', 16500, 16],
    ['Мороженое пломбир в стаканчике', 'Ice cream in a cup', 8900, 40],
    ['Орехи грецкие, 150 г', 'Walnuts, 150 g', 25900, 14],
    ['Сухарики ржаные с солью', 'Salted rye croutons', 4900, 45],
  ],
  HH: [
    ['Мыло хозяйственное, 200 г', 'Laundry soap, 200 g', 5900, 30],
    ['Средство для посуды, 500 мл', 'Washing-up liquid, 500 ml', 13900, 22],
    ['Губки для посуды, 5 шт.', 'Sponges, 5 pcs', 8900, 25],
    ['Бумага туалетная, 4 рулона', 'Toilet paper, 4 rolls', 12900, 28],
    ['Салфетки бумажные, 100 шт.', 'Paper napkins, 100 pcs', 6900, 30],
    ['Батарейки AA, 4 шт.', 'AA batteries, 4 pcs', 24900, 18],
    ['Лампа светодиодная, 9 Вт', 'LED lamp, 9 W', 17900, 12],
    ['Пакет-майка', 'Carrier bag', 1000, 300],
  ],
};
