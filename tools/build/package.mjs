// Builds what other programs import: dist-npm/element.js (the element), dist-npm/core.js (the model), and their types.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { spawnSync } from 'node:child_process';
import { build } from 'vite';
import { isProgram, root } from '../test/cache.mjs';

const target = join(root, 'dist-npm');
/** Where `tsc -b` puts the types of the projects that both entries lie in. */
const typeRoots = ['pure', 'app'].map((project) =>
  join(root, 'node_modules/.cache/types', project),
);

/** One ES module without imports. @param {string} entry @param {string} name */
async function bundle(entry, name) {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      target: 'es2022',
      write: false,
      minify: false,
      lib: { entry: join(root, entry), formats: ['es'], fileName: name },
      rolldownOptions: { checks: { bundlerTimings: false }, output: { codeSplitting: false } },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!output || !('output' in output)) throw new Error(`${entry} was not built`);
  const chunks = output.output.filter((file) => file.type === 'chunk');
  if (chunks.length !== 1 || !chunks[0])
    throw new Error(`${entry} became ${chunks.length} modules, not one`);
  writeFileSync(join(target, `${name}.js`), chunks[0].code);
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

/** Builds the package's modules and types. */
export async function buildPackage() {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  const types = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (types.status !== 0) throw new Error('tsc -b failed');
  await bundle('src/element.ts', 'element');
  await bundle('src/core.ts', 'core');
  const done = new Set();
  for (const entry of ['element', 'core']) copyTypes(entry, done);
}

if (isProgram(import.meta.filename)) await buildPackage();
