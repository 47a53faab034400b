// "Since" before a moment of `formatMoment`, in Russian.

/** `с 14:05`, `с 12 нояб., 14:05`, `со вчерашнего дня, 14:05`. */
export function since(moment: string): string {
  return `с ${moment}`.replace(/^с вчера/, 'со вчерашнего дня');
}
