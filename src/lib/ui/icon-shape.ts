// The type of an icon component. Icons are imported one by one, so that only used ones are bundled.
import type { LucideIcon } from '@lucide/svelte';

export type IconShape = LucideIcon;
