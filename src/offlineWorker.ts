// The service worker of the built site: keeps the files of one build, so that the playground opens without a network after
// the first visit. A classic script of its own, which the build writes last.

/** Names the build; defined by it. */
declare const OFFLINE_VERSION: string;
/** Every file of the build, below the folder of this script; defined by it. */
declare const OFFLINE_FILES: readonly string[];

interface InstallEvent extends Event {
  readonly waitUntil: (done: Promise<unknown>) => void;
}

interface FetchEvent extends Event {
  readonly request: Request;
  readonly respondWith: (response: Promise<Response>) => void;
}

const cacheName = `vfio-playground-${OFFLINE_VERSION}`;

addEventListener('install', (event) =>
  (event as InstallEvent).waitUntil(
    caches.open(cacheName).then((cache) => cache.addAll([...OFFLINE_FILES])),
  ),
);

addEventListener('activate', (event) => {
  const isOld = (name: string): boolean =>
    name.startsWith('vfio-playground-') && name !== cacheName;
  (event as InstallEvent).waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)))),
  );
});

addEventListener('fetch', (event) => {
  const { request, respondWith } = event as FetchEvent;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  // A page comes from the network while there is one, so that a new build is seen; assets never change under their names.
  respondWith.call(
    event,
    request.mode === 'navigate' ? networkFirst(request) : cacheFirst(request),
  );
});

async function networkFirst(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await cached(request);
    if (!found) throw error;
    return found;
  }
}

async function cacheFirst(request: Request): Promise<Response> {
  return (await cached(request)) ?? fetch(request);
}

/** The cached response, whatever the query; a request for the folder is one for its index.html. */
function cached(request: Request): Promise<Response | undefined> {
  const { origin, pathname } = new URL(request.url);
  const path = `${origin}${pathname}`;
  const folder = new URL('./', location.href).href;
  return caches.match(path === folder ? `${folder}index.html` : path, { cacheName });
}
