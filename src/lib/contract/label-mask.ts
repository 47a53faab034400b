// Label masks: how the till reads the barcodes that scales print.
import * as z from 'zod/mini';

/** First two digits of codes that a shop may assign itself (GS1 General Specifications, restricted circulation numbers). */
export const LABEL_PREFIXES = [
  ...(['02', '20', '21', '22', '23', '24', '25', '26', '27', '28', '29'] as const),
] as const;
export const labelPrefix = z.enum(LABEL_PREFIXES);
export type LabelPrefix = z.infer<typeof labelPrefix>;

/** The unit of the value: grams, pieces, or minor units of the shop's currency. */
export const labelValue = z.enum(['weight', 'pieces', 'price']);
export type LabelValue = z.infer<typeof labelValue>;

/**
 * A letter for each of the digits between prefix and check digit: `A` article, `V` value (at most six digits), `C` check digit of
 * a value of four or five digits (GS1 General Specifications, 7.9), `X` not read. The digits of the article are adjacent, and so
 * are those of the value.
 */
export const labelLayout = z.string().check(
  z.regex(/^[AVCX]{10}$/),
  z.refine((layout) => {
    const [value = ''] = /V+/.exec(layout) ?? [];
    const isWhole = /^[^A]*A+[^A]*$/.test(layout) && /^[^V]*V{1,6}[^V]*$/.test(layout);
    const checks = layout.replace(/[^C]/g, '').length;
    return (
      isWhole && (checks === 0 || (checks === 1 && (value.length === 4 || value.length === 5)))
    );
  }),
);

/** How EAN-13 codes that begin with one of the prefixes are read. */
export const labelMask = z.strictObject({
  prefixes: z.array(labelPrefix).check(z.minLength(1), z.maxLength(LABEL_PREFIXES.length)),
  value: labelValue,
  layout: labelLayout,
  /** The article of a code is its prefix and the digits `A`, as in lists whose articles begin with 20 or 21. */
  articleHasPrefix: z.boolean(),
});
export type LabelMask = z.infer<typeof labelMask>;

/** No two masks have a prefix in common, so that a code is read in only one way. */
export const labelMasks = z.array(labelMask).check(
  z.maxLength(LABEL_PREFIXES.length),
  z.refine((masks) => {
    const prefixes = masks.flatMap((mask) => mask.prefixes);
    return new Set(prefixes).size === prefixes.length;
  }),
);
