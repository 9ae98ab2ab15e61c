// The service worker of the built site, a plain script: keeps the files of one build, so that the playground opens without
// a network after the first visit. buildSite.mjs fills in VERSION and FILES.

/** @type {any} its own global, which the types of a page do not know */
const worker = self;
const version = 'VERSION';
const files = ['FILES'];
const cacheName = `vfio-playground-${version}`;

worker.addEventListener('install', (/** @type {any} */ event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(files)));
});

worker.addEventListener('activate', (/** @type {any} */ event) => {
  /** @param {string} name */
  const isOld = (name) => name.startsWith('vfio-playground-') && name !== cacheName;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)))),
  );
});

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  /** @type {Request} */
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  // A page comes from the network while there is one, so that a new build is seen; assets never change under their names.
  event.respondWith(
    request.mode === 'navigate'
      ? fetch(request).catch((error) => kept(url).then((found) => found ?? Promise.reject(error)))
      : kept(url).then((found) => found ?? fetch(request)),
  );
});

/** @param {URL} url */
function kept(url) {
  const path = `${url.origin}${url.pathname}`;
  const folder = new URL('./', worker.location.href).href;
  return caches.match(path === folder ? `${folder}index.html` : path, { cacheName });
}
