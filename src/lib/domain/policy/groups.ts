// The four built-in groups: their default names by language, used unless a manager renames them.
import type { BuiltInGroup, Group } from '$lib/contract/policy';
import type { Language } from '$lib/domain/values/language';

const NAMES = {
  cashier: { ru: 'Кассир', en: 'Cashier' },
  'senior-cashier': { ru: 'Старший кассир', en: 'Senior cashier' },
  manager: { ru: 'Управляющий', en: 'Manager' },
  owner: { ru: 'Владелец', en: 'Owner' },
} as const satisfies Record<BuiltInGroup, Record<Language, string>>;

const isBuiltIn = (id: string): id is BuiltInGroup => Object.hasOwn(NAMES, id);

/** The group's own name, or that of a built-in group in this language. */
export const groupName = ({ id, name }: Pick<Group, 'id' | 'name'>, language: Language): string =>
  name ?? (isBuiltIn(id) ? NAMES[id][language] : id);

/** The name to store for typed text: null for a built-in group's own name in any language, to keep it translated. */
export const nameToKeep = (id: string, typed: string): string | null =>
  isBuiltIn(id) && Object.values<string>(NAMES[id]).includes(typed) ? null : typed;
