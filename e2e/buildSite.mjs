// Builds the static site into dist: the app, the embed, the element's script, one file for file:// and the offline worker.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { build } from 'vite';
import react from '@vitejs/plugin-react';
import { isProgram, root } from './cache.mjs';
import { classicScripts } from './classicScripts.mjs';
import { leanReactFlow } from './leanReactFlow.mjs';
import { smallReact } from './smallReact.mjs';

const dist = join(root, 'dist');

/** @param {string} page its text @param {RegExp} what @param {string} by @returns {string} the page with the one place that fits replaced */
function put(page, what, by) {
  if (!what.test(page)) throw new Error(`nothing in the page fits ${what}`);
  return page.replace(what, () => by);
}

const moduleScript = /<script type="module"[^>]*><\/script>/;

/** What every classic script is built with. @satisfies {import('vite').InlineConfig} */
const classic = {
  root,
  base: './',
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  resolve: { alias: smallReact },
  build: { target: 'es2022', write: false, cssCodeSplit: false, modulePreload: false },
};

/** What is meant so in a classic script: it has no address of its own to ask for, and a part that one entry has at once is loaded by another. */
const quiet = {
  checks: { emptyImportMeta: false, ineffectiveDynamicImport: false, bundlerTimings: false },
};

/**
 * One classic script, which a frame without an origin and a page from a file may run where modules are blocked.
 * @param {string} entry below the checkout
 * @param {{ name?: string, fonts?: boolean, inline?: boolean }} [how] name of its global; whether its fonts come along; whether every asset goes into it
 * @returns {Promise<{ code: string, css: string, assets: { fileName: string, source: string | Uint8Array }[] }>}
 */
async function bundle(entry, { name, fonts = false, inline = false } = {}) {
  const result = await build({
    ...classic,
    plugins: [
      react(),
      leanReactFlow(),
      ...(fonts ? [] : [withoutFonts()]),
      ...(inline ? [withoutOwnSearch()] : []),
    ],
    build: {
      ...classic.build,
      assetsInlineLimit: inline ? Number.MAX_SAFE_INTEGER : 0,
      rolldownOptions: {
        ...quiet,
        input: join(root, entry),
        ...(name === undefined ? {} : { preserveEntrySignatures: 'strict' }),
        output: { format: 'iife', codeSplitting: false, ...(name === undefined ? {} : { name }) },
      },
    },
  });
  if (!('output' in result)) throw new Error(`${entry} was built more than once`);
  const chunks = result.output.filter((file) => file.type === 'chunk');
  const [chunk] = chunks;
  if (!chunk || chunks.length !== 1)
    throw new Error(`${entry} became ${chunks.length} scripts, not one`);
  const assets = result.output.filter((file) => file.type === 'asset');
  const sheets = assets.filter(({ fileName }) => fileName.endsWith('.css'));
  return {
    code: chunk.code,
    css: sheets.map(({ source }) => String(source)).join('\n'),
    assets: assets.filter((asset) => !sheets.includes(asset)),
  };
}

/** Leaves out the fonts that a style sheet imports: a frame without an origin may not load them, and says so on the console. @returns {import('vite').Plugin} */
function withoutFonts() {
  return {
    name: 'without-fonts',
    enforce: 'pre',
    transform: (code, id) =>
      id.endsWith('/tokens.css') ? code.replaceAll(/@import '@fontsource[^;]*;\n/g, '') : undefined,
  };
}

/** Leaves out the search that the page brings as modules: a page that is one script has it beside. @returns {import('vite').Plugin} */
function withoutOwnSearch() {
  return {
    name: 'without-own-search',
    enforce: 'pre',
    transform: (code, id) =>
      id.endsWith('/src/main.tsx')
        ? put(code, /const search: OwnSearch = \{[^]*?\n\};/, 'const search: OwnSearch = {};')
        : undefined,
  };
}

/**
 * The search as one classic script (`src/check-worker/workerFactories.ts` says who wants it): as a worker it serves checks, in a
 * page it registers its own text, from which a worker can be started, and the search for the page's own thread.
 */
async function searchScript() {
  const { code } = await bundle('src/check-worker/serveChecks.ts', { name: 'search' });
  return `(function run(make) {
if (typeof document === 'undefined') {
  const receive = make().serveChecks((message) => postMessage(message));
  addEventListener('message', ({ data }) => receive(data));
} else {
  let made;
  globalThis.vfioPlaygroundSearch = { text: '(' + run + ')(' + make + ')', serveChecks: (post, sliceMs) => (made ??= make()).serveChecks(post, sliceMs) };
}
})(function () {
${code}
return search;
});
`;
}

/** @param {string} page its text @param {string} script path of the search script @returns {string} */
function withSearch(page, script) {
  return put(
    page,
    /(?=\n {2}<\/head>)/,
    `\n    <meta name="search-script" content="./${script}" />`,
  );
}

/** Writes a file whose name says its content. @param {string} stem @param {string} extension @param {string} text @returns {string} path below dist */
function writeHashed(stem, extension, text) {
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 8);
  const file = `assets/${stem}-${hash}.${extension}`;
  writeFileSync(join(dist, file), text);
  return file;
}

/** The embed as classic scripts: one for what is seen at first, others for designs, scenarios and views that are wanted later. */
async function splitEmbed() {
  const result = await build({
    ...classic,
    plugins: [react(), leanReactFlow(), withoutFonts()],
    build: {
      ...classic.build,
      assetsInlineLimit: 0,
      rolldownOptions: {
        ...quiet,
        input: join(root, 'src/embed.tsx'),
        output: {
          format: 'cjs',
          entryFileNames: 'embed.js',
          chunkFileNames: 'embed-[name]-[hash].js',
          codeSplitting: {
            groups: [
              {
                debugName: 'scenarios',
                name: (/** @type {string} */ id) => basename(id).split('.')[0] ?? '',
                test: /[\\/]scenario[\\/]library[\\/].*\.json$/,
              },
            ],
          },
        },
      },
    },
  });
  if (!('output' in result)) throw new Error('the embed was built more than once');
  const chunks = result.output.filter((file) => file.type === 'chunk');
  const css = result.output
    .filter((file) => file.type === 'asset' && file.fileName.endsWith('.css'))
    .map((file) => ('source' in file ? String(file.source) : ''));
  return { ...classicScripts(chunks), css: css.join('\n') };
}

/** @param {string} search path of the search script */
async function buildEmbed(search) {
  const { first, others, css } = await splitEmbed();
  for (const { fileName, code } of others) writeFileSync(join(dist, 'assets', fileName), code);
  const script = writeHashed('embed', 'js', first);
  const sheet = writeHashed('embed', 'css', css);
  const page = readFileSync(join(root, 'embed.html'), 'utf8');
  const styled = put(
    page,
    /(?=\n {2}<\/head>)/,
    `\n    <link rel="stylesheet" href="./${sheet}" />\n    <script defer src="./${script}"></script>`,
  );
  writeFileSync(
    join(dist, 'embed.html'),
    withSearch(put(styled, /\n\s*<script type="module"[^>]*><\/script>/, ''), search),
  );
}

async function buildElement() {
  const { code } = await bundle('src/element.ts', { name: 'VfioPlayground' });
  writeFileSync(join(dist, 'vfio-playground.js'), code);
}

/** @param {string} search text of the search script */
async function buildSingleFile(search) {
  const { code, css, assets } = await bundle('src/main.tsx', { fonts: true, inline: true });
  if (assets.length > 0)
    throw new Error(`the single file needs ${assets.map(({ fileName }) => fileName).join(', ')}`);
  const page = readFileSync(join(root, 'index.html'), 'utf8');
  const icon = `data:image/svg+xml;base64,${readFileSync(join(root, 'public/favicon.svg')).toString('base64')}`;
  const styled = put(
    put(page, /href="\.\/favicon\.svg"/, `href="${icon}"`),
    /(?=\n {2}<\/head>)/,
    `\n<style>${css.replaceAll('</style', '<\\/style')}</style>`,
  );
  writeFileSync(
    join(dist, 'vfio-playground.html'),
    put(
      styled,
      moduleScript,
      [search, code]
        .map(
          (text) =>
            `<script>${text.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')}</script>`,
        )
        .join('\n'),
    ),
  );
}

/** The offline worker with the list of all files; a new build has a new list and so a new worker. */
function writeOfflineWorker() {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !/^(sw\.js|vfio-playground\.html)$/.test(file.name))
    .map((file) => relative(dist, join(file.parentPath, file.name)).split(sep).join('/'))
    .sort();
  const sum = createHash('sha256');
  for (const file of files) sum.update(file).update(readFileSync(join(dist, file)));
  const worker = readFileSync(join(root, 'e2e/offlineWorker.mjs'), 'utf8');
  writeFileSync(
    join(dist, 'sw.js'),
    put(
      put(worker, /'VERSION'/, JSON.stringify(sum.digest('base64url').slice(0, 12))),
      /\['FILES'\]/,
      JSON.stringify(files),
    ),
  );
}

/** Cards of links want whole addresses, so a build that knows where it will stand (SITE_URL) says so. */
function nameSite() {
  const site = process.env['SITE_URL'];
  if (site === undefined || site === '') return;
  const address = new URL(site.endsWith('/') ? site : `${site}/`).href;
  const file = join(dist, 'index.html');
  const page = put(
    readFileSync(file, 'utf8'),
    /content="\.\/og\.png"/,
    `content="${address}og.png"`,
  );
  writeFileSync(
    file,
    put(
      page,
      /(?=\n {4}<meta property="og:image")/,
      `\n    <meta property="og:url" content="${address}" />`,
    ),
  );
}

/** Builds everything. */
export async function buildSite() {
  await build({ root, logLevel: 'warn' });
  if (!existsSync(join(dist, 'index.html'))) throw new Error('vite wrote no dist/index.html');
  nameSite();
  const text = await searchScript();
  const search = writeHashed('search', 'js', text);
  const index = join(dist, 'index.html');
  writeFileSync(index, withSearch(readFileSync(index, 'utf8'), search));
  await buildEmbed(search);
  await buildElement();
  await buildSingleFile(text);
  writeOfflineWorker();
}

if (isProgram(import.meta.filename)) await buildSite();
