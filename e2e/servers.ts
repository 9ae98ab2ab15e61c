import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../tools/test/cache.mjs';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.png': 'image/png',
};

/** The policy under which an embed must work. */
export const STRICT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:";

interface Server {
  /** `http://127.0.0.1:4567`, without a slash. */
  readonly origin: string;
  readonly close: () => Promise<void>;
}

interface ServerOptions {
  /** Pages by path, before the files of dist; without `dist` nothing else is served. */
  readonly pages?: Readonly<Record<string, string>>;
  /** Serves dist below this path (`/` or `/some/where/`). */
  readonly dist?: string;
  /** Absolute path of a dist folder; by default that of the checkout. */
  readonly folder?: string;
  readonly policy?: string;
  /** Compresses what it sends, each file once, as a web server that keeps compressed files does. */
  readonly gzip?: boolean;
  /** Whether frames without an origin may load its modules. */
  readonly cors?: boolean;
  /** Name by which the page is visited: 127.0.0.1 and localhost are two sites. */
  readonly host?: '127.0.0.1' | 'localhost';
}

/** A web server of its own on a free port. */
export function serve({
  pages = {},
  dist,
  folder = join(root, 'dist'),
  policy,
  gzip = false,
  cors = false,
  host = '127.0.0.1',
}: ServerOptions): Promise<Server> {
  const headers = {
    ...(policy === undefined ? {} : { 'Content-Security-Policy': policy }),
    ...(cors ? { 'Access-Control-Allow-Origin': '*' } : {}),
  };
  const compressed = new Map<string, Buffer>();
  const compress = (path: string, body: string | Buffer): Buffer => {
    const known = compressed.get(path) ?? gzipSync(body);
    compressed.set(path, known);
    return known;
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const page = pages[path];
    const answer = (type: string, body: string | Buffer): void =>
      void response
        .writeHead(200, {
          'Content-Type': type,
          ...headers,
          ...(gzip ? { 'Content-Encoding': 'gzip' } : {}),
        })
        .end(gzip ? compress(path, body) : body);
    if (page !== undefined) return answer('text/html; charset=utf-8', page);
    const below =
      dist !== undefined && path.startsWith(dist)
        ? path.slice(dist.length) || 'index.html'
        : undefined;
    const file = below === undefined ? undefined : join(folder, normalize(below));
    if (!file?.startsWith(folder)) return void response.writeHead(404).end();
    readFile(file).then(
      (body) => answer(types[extname(file)] ?? 'application/octet-stream', body),
      () => response.writeHead(404).end(),
    );
  });
  return new Promise((resolve) => {
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      resolve({
        origin: `http://${host}:${port}`,
        close: () =>
          new Promise((done) => {
            server.closeAllConnections();
            server.close(() => done());
          }),
      });
    });
  });
}
