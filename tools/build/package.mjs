// Builds the package: dist-npm/element.js (the element), core.js (the model), cli.js (the command), and their types.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { spawnSync } from 'node:child_process';
import { build } from 'vite';
import { isProgram, root } from '../test/cache.mjs';

const target = join(root, 'dist-npm');
/** Where `tsc -b` puts the types of the projects that both entries lie in. */
const typeRoots = ['pure', 'app'].map((project) =>
  join(root, 'node_modules/.cache/types', project),
);

/** The element is one ES module without imports. */
async function buildElement() {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      target: 'es2022',
      outDir: target,
      emptyOutDir: false,
      lib: { entry: join(root, 'src/element.ts'), formats: ['es'], fileName: 'element' },
      rolldownOptions: { checks: { bundlerTimings: false }, output: { codeSplitting: false } },
    },
  });
}

/** The model and the command; what both need is in chunks that they share. Only the command needs Node. */
async function buildModelAndCommand() {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'es2022',
      minify: true,
      outDir: target,
      emptyOutDir: false,
      rolldownOptions: {
        input: { core: join(root, 'src/core.ts'), cli: join(root, 'src/cli.ts') },
        checks: { bundlerTimings: false },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          banner: (chunk) => (chunk.name === 'cli' ? '#!/usr/bin/env node' : ''),
        },
      },
    },
  });
  chmodSync(join(target, 'cli.js'), 0o755);
}

/**
 * Copies the types of a module and of all that it imports, with the endings that every resolver finds.
 * @param {string} module path below src without ending
 * @param {Set<string>} done
 */
function copyTypes(module, done) {
  if (done.has(module)) return;
  done.add(module);
  const from = typeRoots
    .map((folder) => join(folder, `${module}.d.ts`))
    .find((file) => existsSync(file));
  if (!from) throw new Error(`tsc wrote no types for ${module}`);
  const text = readFileSync(from, 'utf8').replaceAll(
    /(from |import\()(['"])(\.[^'"]*)\2/g,
    (_, before, quote, specifier) => {
      const wanted = relative('/', join('/', dirname(module), specifier.replace(/\.[jt]sx?$/, '')));
      copyTypes(wanted, done);
      return `${before}${quote}${specifier.replace(/\.[jt]sx?$/, '')}.js${quote}`;
    },
  );
  const to = join(target, 'types', `${module}.d.ts`);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n'));
}

/** Builds the package's modules, its command and its types. */
export async function buildPackage() {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  const types = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (types.status !== 0) throw new Error('tsc -b failed');
  await buildElement();
  await buildModelAndCommand();
  const done = new Set();
  for (const entry of ['element', 'core', 'react']) copyTypes(entry, done);
}

if (isProgram(import.meta.filename)) await buildPackage();
