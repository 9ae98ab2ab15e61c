/** Scrolls `list` as little as needed to show `element` in it. Unlike `scrollIntoView`, it does not move the place from which Tab goes on. */
export function scrollWithin(list: HTMLElement, element: HTMLElement): void {
  const outer = list.getBoundingClientRect();
  const { top, bottom } = element.getBoundingClientRect();
  const bottomOfList = outer.top + list.clientHeight;
  if (top < outer.top) list.scrollTop += top - outer.top;
  else if (bottom > bottomOfList)
    list.scrollTop += Math.min(bottom - bottomOfList, top - outer.top);
}
