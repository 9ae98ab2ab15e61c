/** Calls back once, when the page (`useIdleSignal`) has come to rest for the first time. */
export function afterIdleSignal(page: Window, callback: () => void): void {
  const html = page.document.documentElement;
  const observer = new MutationObserver(() => {
    if (html.dataset['idle'] !== 'true') return;
    observer.disconnect();
    // The frame that is due comes first.
    page.setTimeout(callback, 50);
  });
  observer.observe(html, { attributeFilter: ['data-idle'] });
}
