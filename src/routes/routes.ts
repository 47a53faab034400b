// The screens: which address shows which, what it is called, and the right it needs.
import type { Component } from 'svelte';
import type { Right } from '$lib/contract/policy';
import { REVIEW_RIGHT } from '$lib/domain/rights';
import type { Text } from '$lib/ui/text/text';

export type ScreenId = keyof typeof screens;

export type Screen = {
  /** Behind the `#`. */
  readonly path: string;
  readonly title: (text: Text) => string;
  /** Any of them opens it; none listed: open to everybody signed in. */
  readonly rights: readonly Right[];
  /** The place in the rail it belongs to; null: it is one itself. */
  readonly place: 'catalogue' | 'journal' | 'settings' | null;
  readonly load: () => Promise<{ default: Component }>;
};

export const screens = {
  till: {
    path: '/till',
    title: (text) => text.common.screens.till,
    rights: [],
    place: null,
    load: () => import('./till/Till.svelte'),
  },
  customers: {
    path: '/customers',
    title: (text) => text.common.screens.customers,
    rights: [],
    place: null,
    load: () => import('./customers/Customers.svelte'),
  },
  catalogue: {
    path: '/catalogue',
    title: (text) => text.common.screens.catalogue,
    rights: [],
    place: null,
    load: () => import('./catalogue/Catalogue.svelte'),
  },
  imports: {
    path: '/import',
    title: (text) => text.common.screens.imports,
    rights: ['data', 'manage-catalogue'],
    place: 'catalogue',
    load: () => import('./import/Import.svelte'),
  },
  journal: {
    path: '/journal',
    title: (text) => text.common.screens.journal,
    rights: ['view-reports'],
    place: null,
    load: () => import('./journal/Journal.svelte'),
  },
  verify: {
    path: '/journal/check',
    title: (text) => text.common.screens.verify,
    rights: ['view-reports'],
    place: 'journal',
    load: () => import('./verify/Verify.svelte'),
  },
  unconfirmed: {
    path: '/unconfirmed',
    title: (text) => text.common.screens.unconfirmed,
    rights: [REVIEW_RIGHT],
    place: null,
    load: () => import('./unconfirmed/Unconfirmed.svelte'),
  },
  costs: {
    path: '/costs',
    title: (text) => text.common.screens.costs,
    rights: ['view-reports', 'settings'],
    place: null,
    load: () => import('./costs/Costs.svelte'),
  },
  messages: {
    path: '/settings/messages',
    title: (text) => text.common.screens.messages,
    rights: ['settings'],
    place: 'settings',
    load: () => import('./messages/Messages.svelte'),
  },
  contacts: {
    path: '/settings/contacts',
    title: (text) => text.common.screens.contacts,
    rights: ['settings'],
    place: 'settings',
    load: () => import('./contacts/Contacts.svelte'),
  },
  staff: {
    path: '/settings/staff',
    title: (text) => text.common.screens.staff,
    rights: ['manage-staff'],
    place: 'settings',
    load: () => import('./staff/Staff.svelte'),
  },
  device: {
    path: '/settings/device',
    title: (text) => text.common.screens.devices,
    rights: [],
    place: 'settings',
    load: () => import('./device/Device.svelte'),
  },
} as const satisfies Record<string, Screen>;

/** The screen of an address such as `#/journal`; null: there is none. An empty address is the till. */
export function screenAt(hash: string): ScreenId | null {
  const path = hash.replace(/^#/, '').split('?')[0] || screens.till.path;
  const ids = Object.keys(screens) as ScreenId[];
  return ids.find((id) => screens[id].path === path) ?? null;
}

/** For `href`. */
export function addressOf(id: ScreenId): string {
  return `#${screens[id].path}`;
}

/** Whether somebody with these rights may open it. */
export function mayOpen(id: ScreenId, may: (right: Right) => boolean): boolean {
  const { rights }: Screen = screens[id];
  return rights.length === 0 || rights.some(may);
}

/** Where "Settings" leads whoever has these rights. */
export function settingsHome(may: (right: Right) => boolean): ScreenId {
  return settingsScreens(may)[0] ?? 'device';
}

/** The screens of settings open to whoever has these rights. */
export function settingsScreens(may: (right: Right) => boolean): readonly ScreenId[] {
  const ids = Object.keys(screens) as ScreenId[];
  return ids.filter((id) => screens[id].place === 'settings' && mayOpen(id, may));
}
