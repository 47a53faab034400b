// Label masks: how the barcodes that scales print are read.
import * as z from 'zod/mini';

/** First two digits of the codes that a shop may give itself (GS1 General Specifications, restricted circulation numbers). */
export const LABEL_PREFIXES = [
  ...(['02', '20', '21', '22', '23', '24', '25', '26', '27', '28', '29'] as const),
] as const;
export const labelPrefix = z.enum(LABEL_PREFIXES);
export type LabelPrefix = z.infer<typeof labelPrefix>;

/** What the value is: grams, pieces, or minor units of the shop's currency. */
export const labelValue = z.enum(['weight', 'pieces', 'price']);
export type LabelValue = z.infer<typeof labelValue>;

/** Digits of an EAN-13 between its prefix and its check digit. */
export const LAYOUT_LENGTH = 10;

/**
 * A letter for each of the digits between prefix and check digit: `A` article, `V` value (at most six digits), `C` the label's own
 * check digit of the value (of four or five digits, GS1 General Specifications, 7.9), `X` not read. Article and value are each in one piece.
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
});
export type LabelMask = z.infer<typeof labelMask>;

/** A code is read in one way: no two masks have a prefix in common. */
export const labelMasks = z.array(labelMask).check(
  z.maxLength(LABEL_PREFIXES.length),
  z.refine((masks) => {
    const prefixes = masks.flatMap((mask) => mask.prefixes);
    return new Set(prefixes).size === prefixes.length;
  }),
);
