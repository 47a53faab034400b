// Which codes are weak: too short, or made by the messaging service.

/** Fewest digits of a code that is not weak. */
export const SURE_DIGITS = 6;

/** Whether a channel carries only weak codes. `codeDigits`: of the codes it can carry. */
export const carriesWeakCodes = ({
  codeOrigin,
  codeDigits,
}: {
  readonly codeOrigin: 'ours' | 'provider';
  readonly codeDigits: { readonly max: number };
}): boolean => codeOrigin === 'provider' || codeDigits.max < SURE_DIGITS;
