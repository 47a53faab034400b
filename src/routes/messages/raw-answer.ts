// The service's own words for a refusal, as it gave them: its code and its text, for a call to its support.

/** Empty where it gave none. */
export function rawAnswer(refused: {
  readonly providerCode?: string | null | undefined;
  readonly providerText?: string | null | undefined;
}): string {
  return [refused.providerCode, refused.providerText].filter(Boolean).join(' · ');
}
