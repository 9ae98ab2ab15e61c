import type { EmbedParameters } from '../../host/parseEmbedParameters';

/** Calls back at once, when the frame scrolls into view, or when the user presses a button, as `load` says. */
export function onLoadTrigger(
  root: HTMLElement,
  load: EmbedParameters['load'],
  open: () => void,
): void {
  if (load === 'eager') return open();
  if (load === 'click') {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Open the VFIO playground';
    button.addEventListener('click', () => {
      button.remove();
      open();
    });
    root.append(button);
    return undefined;
  }
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    open();
  });
  observer.observe(root);
}
