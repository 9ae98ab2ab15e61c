import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../cache.mjs';

/** Gzip size of what index.html loads before anything happens. */
export const bench = {
  title: 'Page weight, first load, gzip',
  run() {
    const dist = join(root, 'dist');
    const html = readFileSync(join(dist, 'index.html'), 'utf8');
    const links = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.(js|css))"/g)];
    return ['js', 'css'].map((kind) => {
      const files = links.filter((link) => link[2] === kind).map((link) => join(dist, link[1] ?? ''));
      const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
      return { name: `${kind} (${files.length} files)`, value: bytes / 1000, unit: 'kB' };
    });
  },
};
