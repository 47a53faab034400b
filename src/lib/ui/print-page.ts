// The one page the browser prints: as wide as the paper, as long as what is on it, without margins.

const MM_PER_PX = 25.4 / 96;

/** The rule for a page of this height (CSS px). A rule of a sheet of our own: the page allows no styles written into it. */
export function pageRule(widthMm: number, heightPx: number): CSSStyleSheet {
  // a hair longer, or rounding sends the last line to a second page
  const heightMm = Math.ceil(heightPx * MM_PER_PX) + 1;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`@page { size: ${widthMm}mm ${heightMm}mm; margin: 0; }`);
  return sheet;
}
