/** Has the browser keep the playground, so that it opens without a network next time; where that is refused all else works. */
export function registerServiceWorker(page: Window): void {
  const { serviceWorker } = page.navigator;
  // Absent in pages without a secure origin, and a page from a file has nothing to fetch anyway.
  if (!('serviceWorker' in page.navigator) || !page.location.protocol.startsWith('http')) return;
  serviceWorker
    .register('./sw.js')
    .catch((error: unknown) => console.info('The playground is not kept for use offline:', error));
}
