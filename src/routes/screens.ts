// Loads the component of each screen; `routes.ts` holds everything else about them.
import type { Component } from 'svelte';
import type { ScreenId } from './routes';

/** Each screen is a separate chunk. */
export const loadScreen: Readonly<Record<ScreenId, () => Promise<{ default: Component }>>> = {
  till: () => import('./till/Till.svelte'),
  sales: () => import('./sales/Sales.svelte'),
  customers: () => import('./customers/Customers.svelte'),
  catalogue: () => import('./catalogue/Catalogue.svelte'),
  imports: () => import('./import/Import.svelte'),
  categories: () => import('./categories/Categories.svelte'),
  shift: () => import('./shift/Shift.svelte'),
  journal: () => import('./journal/Journal.svelte'),
  verify: () => import('./verify/Verify.svelte'),
  unconfirmed: () => import('./unconfirmed/Unconfirmed.svelte'),
  toSettle: () => import('./to-settle/ToSettle.svelte'),
  costs: () => import('./costs/Costs.svelte'),
  settings: () => import('./settings/Settings.svelte'),
  shop: () => import('./settings/Shop.svelte'),
  codesAndLimits: () => import('./codes-and-limits/CodesAndLimits.svelte'),
  discountRules: () => import('./discount-rules/DiscountRules.svelte'),
  scaleLabels: () => import('./scale-labels/ScaleLabels.svelte'),
  messages: () => import('./messages/Messages.svelte'),
  staff: () => import('./staff/Staff.svelte'),
  device: () => import('./settings/ThisTill.svelte'),
  tills: () => import('./settings/Tills.svelte'),
  data: () => import('./settings/Data.svelte'),
  looks: () => import('./settings/Looks.svelte'),
};
