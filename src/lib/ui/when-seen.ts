// Tells when an element scrolls into view, for lists that show more when their end is reached.

/** An attachment that calls `seen` each time the element comes into view. */
export const whenSeen = (seen: () => void) => (element: Element) => {
  const observer = new IntersectionObserver((changes) => {
    if (changes.some(({ isIntersecting }) => isIntersecting)) seen();
  });
  observer.observe(element);
  return () => observer.disconnect();
};
