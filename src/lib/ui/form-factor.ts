// The form of the screen as attributes of the root: no style asks for a width or a height itself.

/** A phone in landscape, or a small window with large text. */
const LOW = '(max-height: 30em) and (orientation: landscape)';
const PHONE = `((max-width: 43.75em) and (not (${LOW}))) or (max-width: 37.5em)`;
const UPRIGHT = `(max-width: 62.5em) and (not (${LOW}))`;
/** Not high enough for the usual gaps of the payment. */
const SHORT =
  '(max-height: 44em) or ((min-width: 43.76em) and (max-width: 62.5em) and (max-height: 56em))';
/** Narrower than other screens of the form, mostly because the text is very large. */
const TIGHT = `(max-width: 22em) or ((max-width: 43.75em) and (${LOW}))`;

/**
 * Sets `data-form` to `wide`, `upright` or `phone`, and `data-low`, `data-short` and `data-tight` where they hold, now and
 * whenever the window changes: at `resize`, before others that measure the page then.
 */
export function followFormFactor(): void {
  const root = document.documentElement;
  const set = () => {
    const form = matches(PHONE) ? 'phone' : matches(UPRIGHT) ? 'upright' : 'wide';
    root.dataset.form = form;
    root.toggleAttribute('data-low', matches(LOW));
    root.toggleAttribute('data-short', matches(SHORT));
    root.toggleAttribute('data-tight', matches(TIGHT));
  };
  addEventListener('resize', set);
  // Chromium reports no change of a query when only the size of text changes
  const rem = document.createElement('div');
  rem.style.position = 'absolute';
  rem.style.width = '1rem';
  document.body.append(rem);
  new ResizeObserver(set).observe(rem);
  set();
}

const matches = (query: string): boolean => matchMedia(query).matches;
