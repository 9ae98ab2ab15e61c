// Builds the static site into dist: the app, the embed, the element's script, one file for file://, the gallery and the offline worker.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, runnerImport } from 'vite';
import { isProgram, root } from '../test/cache.mjs';
import { pageTags } from './pageTags.mjs';

const dist = join(root, 'dist');
/** Licences of the libraries and fonts in a build, written by Vite. */
const NOTICES = 'third-party-licenses.md';

/**
 * Builds one classic script, which runs where modules are blocked: in a frame without an origin and in a page from file://.
 * @param {string} entry below the checkout
 * @param {import('vite').InlineConfig & { write?: boolean, name?: string, fileName?: string, assetsInlineLimit?: number, license?: { fileName: string } }} [options]
 * `name` is that of its global, `fileName` its path below dist
 * @returns {Promise<import('vite').Rolldown.RolldownOutput['output']>}
 */
async function classicScript(
  entry,
  { write = true, name, fileName, assetsInlineLimit = 0, license, ...config } = {},
) {
  const result = await build({
    root,
    base: './',
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [react()],
    ...config,
    build: {
      target: 'es2022',
      write,
      ...(license ? { license } : {}),
      emptyOutDir: false,
      // A style sheet of its own: without this Vite puts styles into the script, which a strict policy blocks.
      cssCodeSplit: false,
      assetsInlineLimit,
      chunkSizeWarningLimit: Infinity,
      rolldownOptions: {
        // A classic script has no address of its own, and all its parts are in it.
        checks: { emptyImportMeta: false, ineffectiveDynamicImport: false, bundlerTimings: false },
        input: join(root, entry),
        ...(name === undefined ? {} : { preserveEntrySignatures: 'strict' }),
        output: {
          format: 'iife',
          codeSplitting: false,
          ...(name === undefined ? {} : { name }),
          ...(fileName === undefined ? {} : { entryFileNames: fileName }),
        },
      },
    },
  });
  if (!('output' in result)) throw new Error(`${entry} was built more than once`);
  return result.output;
}

/** @typedef {import('vite').HtmlTagDescriptor} Tag */

/** Tags of the embed's page, which load its files. @returns {Promise<Tag[]>} */
async function buildEmbed() {
  const files = await classicScript('src/embed.tsx');
  return files.map(({ type, fileName }) =>
    type === 'chunk'
      ? inHead('script', { defer: true, src: `./${fileName}` })
      : inHead('link', { rel: 'stylesheet', href: `./${fileName}` }),
  );
}

/** Tags of the single file, with all its code. @returns {Promise<Tag[]>} */
async function buildSingleFile() {
  const files = await classicScript('src/singleFile.tsx', {
    write: false,
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    license: { fileName: NOTICES },
  });
  const icon = readFileSync(join(root, 'public/favicon.svg')).toString('base64');
  return [
    inHead('link', {
      rel: 'icon',
      type: 'image/svg+xml',
      href: `data:image/svg+xml;base64,${icon}`,
    }),
    ...files.map((file) => {
      if (file.type === 'chunk') return inBody('script', {}, scriptText(file.code));
      const text = String(file.source);
      return file.fileName === NOTICES
        ? inBody('script', { type: 'text/plain', id: 'third-party-licenses' }, scriptText(text))
        : inHead('style', {}, text);
    }),
  ];
}

/** @param {string} tag @param {Record<string, string | boolean>} attrs @param {string} [children] @returns {Tag} */
function inHead(tag, attrs, children) {
  return { tag, attrs, ...(children === undefined ? {} : { children }), injectTo: 'head' };
}

/** @param {string} tag @param {Record<string, string>} attrs @param {string} children @returns {Tag} */
function inBody(tag, attrs, children) {
  return { tag, attrs, children, injectTo: 'body' };
}

/** Code as the text of a script element, which `</script` would end and `<!--` would turn into a comment. @param {string} code */
function scriptText(code) {
  return code.replaceAll(/<(?=\/script|!--)/gi, '\\x3C');
}

/** Where the site will be (SITE_URL), with a slash at the end: cards of links need whole addresses. @returns {string | undefined} */
function siteAddress() {
  const site = process.env['SITE_URL'];
  if (site === undefined || site === '') return undefined;
  return new URL(site.endsWith('/') ? site : `${site}/`).href;
}

/**
 * The app and all pages.
 * @param {Readonly<Record<string, Tag[]>>} tags by the names of the pages
 */
async function buildPages(tags) {
  const site = siteAddress();
  await build({
    root,
    logLevel: 'warn',
    plugins: [
      pageTags({
        'index.html': site ? [inHead('meta', { property: 'og:url', content: site })] : [],
        ...tags,
      }),
    ],
    ...(site ? { define: { 'import.meta.env.SITE_URL': JSON.stringify(site) } } : {}),
    build: {
      emptyOutDir: false,
      license: { fileName: NOTICES },
      rolldownOptions: {
        input: ['index.html', ...Object.keys(tags)].map((page) => join(root, page)),
      },
    },
  });
}

/** The static page of all scenarios. */
async function buildGallery() {
  /** @type {{ module: typeof import('../../src/export/gallery.ts') }} */
  const { module } = await runnerImport(join(root, 'src/export/gallery.ts'), {
    configFile: false,
    logLevel: 'warn',
  });
  const folder = join(dist, module.GALLERY_FOLDER);
  mkdirSync(folder, { recursive: true });
  for (const { fileName, text } of module.galleryFiles())
    writeFileSync(join(folder, fileName), text);
}

/** The offline worker with the list of all files; a new build has a new list and so a new worker. */
async function buildOfflineWorker() {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && file.name !== 'vfio-playground.html')
    .map((file) => relative(dist, join(file.parentPath, file.name)).split(sep).join('/'))
    .filter((file) => !file.startsWith('gallery/'))
    .sort();
  const sum = createHash('sha256');
  for (const file of files) sum.update(file).update(readFileSync(join(dist, file)));
  await classicScript('src/offlineWorker.ts', {
    fileName: 'sw.js',
    define: {
      OFFLINE_VERSION: JSON.stringify(sum.digest('base64url').slice(0, 12)),
      OFFLINE_FILES: JSON.stringify(files),
    },
  });
}

/** Builds everything. */
export async function buildSite() {
  rmSync(dist, { recursive: true, force: true });
  const tags = {
    'embed.html': await buildEmbed(),
    'vfio-playground.html': await buildSingleFile(),
  };
  await classicScript('src/element.ts', { name: 'VfioPlayground', fileName: 'vfio-playground.js' });
  await buildPages(tags);
  await buildGallery();
  await buildOfflineWorker();
}

if (isProgram(import.meta.filename)) await buildSite();
