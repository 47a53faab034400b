// Finds controls of a dialogue that lie over each other or cut their words off.
/** Controls of the topmost open dialogue that lie over each other, and buttons narrower than a word. Runs in the page. */
export function crowded(): string[] {
  const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
  if (!dialog) return ['no dialogue'];
  const room = dialog.querySelector('.body')?.getBoundingClientRect();
  const controls = [...dialog.querySelectorAll<HTMLElement>('button, input, select, a')]
    .filter((control) => control.checkVisibility({ visibilityProperty: true }))
    .map((control) => {
      const { left, right, top, bottom } = control.getBoundingClientRect();
      const isInside = room !== undefined && control.closest('.body') !== null;
      return {
        name: control.getAttribute('aria-label') ?? control.textContent.trim(),
        isCut: control.scrollWidth > control.clientWidth + 1 && control.tagName === 'BUTTON',
        left,
        right,
        top: isInside ? Math.max(top, room.top) : top,
        bottom: isInside ? Math.min(bottom, room.bottom) : bottom,
      };
    });
  const over = controls.flatMap((a, place) =>
    controls
      .slice(place + 1)
      .filter(
        (b) =>
          Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1,
      )
      .map((b) => `${a.name} and ${b.name}`),
  );
  return [...over, ...controls.filter(({ isCut }) => isCut).map(({ name }) => `${name} is cut`)];
}
