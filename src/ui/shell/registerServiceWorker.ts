/** Caches the playground for offline use, if the browser allows it. */
export function registerServiceWorker(page: Window): void {
  const { serviceWorker } = page.navigator;
  // Absent without a secure origin; a page from a file fetches nothing.
  if (!('serviceWorker' in page.navigator) || !page.location.protocol.startsWith('http')) return;
  serviceWorker
    .register('./sw.js')
    .catch((error: unknown) =>
      console.info('The playground is not cached for offline use:', error),
    );
}
