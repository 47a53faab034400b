// Chooses the plural form of a word for a number by the browser's rules (CLDR).

/** Forms of one word. Russian uses `one few many` (`other` for fractions), English `one other`. */
export interface Forms {
  readonly one: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}

const rules = {
  ru: new Intl.PluralRules('ru'),
  en: new Intl.PluralRules('en'),
} as const;

const numbers = {
  ru: new Intl.NumberFormat('ru'),
  en: new Intl.NumberFormat('en'),
} as const;

export type Language = keyof typeof rules;

/** The form alone: `form('ru', 5, …)` → `позиций`. */
export function form(language: Language, count: number, forms: Forms): string {
  const category = rules[language].select(count);
  switch (category) {
    case 'one':
      return forms.one;
    case 'few':
      return forms.few ?? forms.other;
    case 'many':
      return forms.many ?? forms.other;
    default:
      return forms.other;
  }
}

/** The number and the word, with a no-break space: `5 позиций`. */
export function plural(language: Language, count: number, forms: Forms): string {
  return `${numbers[language].format(count)}\u00a0${form(language, count, forms)}`;
}
