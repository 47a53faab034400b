// Formats the service's own code and text of a refusal, for a call to its support.

/** Empty if there is neither. */
export function rawAnswer(refused: {
  readonly providerCode?: string | null | undefined;
  readonly providerText?: string | null | undefined;
}): string {
  return [refused.providerCode, refused.providerText].filter(Boolean).join(' · ');
}
