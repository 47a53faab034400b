// What an icon is to the parts: a component of the icon set, imported one by one so that only used ones are shipped.
import type { LucideIcon } from '@lucide/svelte';

export type IconShape = LucideIcon;
