// The size of the printed page: as wide as the paper, as long as its content, without margins.

const MM_PER_PX = 25.4 / 96;

/** The page rule for this height (CSS px), as a constructed style sheet, because the page allows no inline styles. */
export function pageRule(widthMm: number, heightPx: number): CSSStyleSheet {
  // add a little, because rounding would move the last line to a second page
  const heightMm = Math.ceil(heightPx * MM_PER_PX) + 1;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`@page { size: ${widthMm}mm ${heightMm}mm; margin: 0; }`);
  return sheet;
}
