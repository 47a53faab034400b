// The address, title and rights of each screen.
import type { Right } from '$lib/contract/policy';
import { REVIEW_RIGHT, SETTLE_RIGHT } from '$lib/domain/policy/rights';
import type { Text } from '$lib/ui/text/text';

export type ScreenId = keyof typeof screens;

export type Screen = {
  /** The part after `#`. */
  readonly path: string;
  readonly title: (text: Text) => string;
  /** Rights of which any one opens the screen; empty: open to all operators. */
  readonly rights: readonly Right[];
  /** The rail entry it belongs to; null: it is one itself. */
  readonly place: 'catalogue' | 'journal' | 'settings' | null;
};

export const screens = {
  till: {
    path: '/till',
    title: (text) => text.common.screens.till,
    rights: [],
    place: null,
  },
  sales: {
    path: '/sales',
    title: (text) => text.common.screens.sales,
    rights: [],
    place: null,
  },
  customers: {
    path: '/customers',
    title: (text) => text.common.screens.customers,
    rights: [],
    place: null,
  },
  catalogue: {
    path: '/catalogue',
    title: (text) => text.common.screens.catalogue,
    rights: [],
    place: null,
  },
  imports: {
    path: '/import',
    title: (text) => text.common.screens.imports,
    rights: ['data', 'manage-catalogue'],
    place: 'catalogue',
  },
  categories: {
    path: '/catalogue/categories',
    title: (text) => text.common.screens.categories,
    rights: ['manage-catalogue'],
    place: 'catalogue',
  },
  shift: {
    path: '/shift',
    title: (text) => text.common.screens.shift,
    rights: ['sell', 'open-shift', 'close-shift', 'cash-in-out', 'view-reports'],
    place: null,
  },
  journal: {
    path: '/journal',
    title: (text) => text.common.screens.journal,
    rights: ['view-reports'],
    place: null,
  },
  verify: {
    path: '/journal/check',
    title: (text) => text.common.screens.verify,
    rights: ['view-reports'],
    place: 'journal',
  },
  unconfirmed: {
    path: '/unconfirmed',
    title: (text) => text.common.screens.unconfirmed,
    rights: [REVIEW_RIGHT],
    place: null,
  },
  toSettle: {
    path: '/to-settle',
    title: (text) => text.common.screens.toSettle,
    rights: [SETTLE_RIGHT],
    place: null,
  },
  costs: {
    path: '/costs',
    title: (text) => text.common.screens.costs,
    rights: ['view-reports', 'settings'],
    place: null,
  },
  settings: {
    path: '/settings',
    title: (text) => text.common.screens.settings,
    rights: [],
    place: 'settings',
  },
  shop: {
    path: '/settings/shop',
    title: (text) => text.common.screens.shop,
    rights: ['settings'],
    place: 'settings',
  },
  codesAndLimits: {
    path: '/settings/codes-and-limits',
    title: (text) => text.common.screens.codesAndLimits,
    rights: ['settings'],
    place: 'settings',
  },
  discountRules: {
    path: '/settings/discounts',
    title: (text) => text.common.screens.discountRules,
    rights: ['settings'],
    place: 'settings',
  },
  scaleLabels: {
    path: '/settings/scale-labels',
    title: (text) => text.common.screens.scaleLabels,
    rights: ['settings'],
    place: 'settings',
  },
  messages: {
    path: '/settings/messages',
    title: (text) => text.common.screens.messages,
    rights: ['settings'],
    place: 'settings',
  },
  staff: {
    path: '/settings/staff',
    title: (text) => text.common.screens.staff,
    rights: ['manage-staff'],
    place: 'settings',
  },
  device: {
    path: '/settings/device',
    title: (text) => text.common.screens.device,
    rights: [],
    place: 'settings',
  },
  tills: {
    path: '/settings/tills',
    title: (text) => text.common.screens.tills,
    rights: ['settings'],
    place: 'settings',
  },
  data: {
    path: '/settings/data',
    title: (text) => text.common.screens.data,
    rights: [],
    place: 'settings',
  },
  looks: {
    path: '/settings/looks',
    title: (text) => text.common.screens.looks,
    rights: [],
    place: 'settings',
  },
} as const satisfies Record<string, Screen>;

/** The screen of an address such as `#/journal`; null: none. An empty address is the till. */
export function screenAt(hash: string): ScreenId | null {
  const path = hash.replace(/^#/, '').split('?')[0] || screens.till.path;
  const ids = Object.keys(screens) as ScreenId[];
  return ids.find((id) => screens[id].path === path) ?? null;
}

/** The link to a screen, for `href`. */
export function addressOf(id: ScreenId): string {
  return `#${screens[id].path}`;
}

/** The link to the sales, searched by the code on a receipt; for `href`. */
export const addressOfReceipt = (code: string): string =>
  `${addressOf('sales')}?receipt=${encodeURIComponent(code)}`;

/** The receipt code in an address of the sales; empty: none. */
export const receiptOfAddress = (hash: string): string =>
  new URLSearchParams(hash.split('?')[1]).get('receipt') ?? '';

/** Whether an operator with these rights may open the screen. */
export function mayOpen(id: ScreenId, may: (right: Right) => boolean): boolean {
  const { rights }: Screen = screens[id];
  return rights.length === 0 || rights.some(may);
}

/** Screens with an entry of their own in the rail. */
export type PlaceId = {
  [Id in ScreenId]: (typeof screens)[Id]['place'] extends Id | null ? Id : never;
}[ScreenId];

/** The list of settings, and its sections. */
export type SettingsId = {
  [Id in ScreenId]: (typeof screens)[Id]['place'] extends 'settings' ? Id : never;
}[ScreenId];

/** The list of settings and the sections that these rights open. */
export function settingsScreens(may: (right: Right) => boolean): readonly SettingsId[] {
  const ids = Object.keys(screens) as ScreenId[];
  const isSettings = (id: ScreenId): id is SettingsId => screens[id].place === 'settings';
  return ids.filter(isSettings).filter((id) => mayOpen(id, may));
}
