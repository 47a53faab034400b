// Which codes are weak: too short, or made by the messaging service.

/** The fewest digits of a code that is not weak. */
export const SURE_DIGITS = 6;

/** Whether a channel can only carry weak codes. `codeDigits`: lengths of the codes that it can carry. */
export const carriesWeakCodes = ({
  codeOrigin,
  codeDigits,
}: {
  readonly codeOrigin: 'ours' | 'provider';
  readonly codeDigits: { readonly max: number };
}): boolean => codeOrigin === 'provider' || codeDigits.max < SURE_DIGITS;
