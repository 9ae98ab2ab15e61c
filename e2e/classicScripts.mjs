// Split programs without modules: a frame without an origin may not load modules, but it may put <script> elements into its page.
import { posix } from 'node:path';

/**
 * Runs in the page, at the top of the first script. Every script puts its parts in by the global name; `take` gives a part that is
 * there, `take.load` fetches what a part needs and gives it then.
 * @param {string} name of the global
 */
function loader(name) {
  const own = document.currentScript;
  const folder = new URL('./', own instanceof HTMLScriptElement ? own.src : document.baseURI).href;
  /** @type {Record<string, (take: unknown, exports: object) => void>} */
  const makers = {};
  /** @type {Record<string, object>} */
  const made = {};
  /** @type {Record<string, Promise<void> | undefined>} */
  const fetched = {};
  /** @param {string} part */
  const take = (part) => {
    const known = made[part];
    if (known) return known;
    const make = makers[part];
    if (!make) throw new Error(`${part} is not there`);
    const exports = (made[part] = {});
    make(take, exports);
    return exports;
  };
  /** @param {string} part @returns {Promise<void>} */
  const fetchPart = (part) =>
    (fetched[part] ??= new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = folder + part;
      script.addEventListener('load', () => resolve());
      script.addEventListener('error', () => {
        script.remove();
        fetched[part] = undefined;
        reject(new Error(`${part} did not load`));
      });
      document.head.append(script);
    }));
  /** @param {string} part @param {string[]} needs */
  take.load = async (part, needs) => {
    await Promise.all([part, ...needs].filter((each) => !makers[each]).map(fetchPart));
    return take(part);
  };
  Object.assign(globalThis, {
    [name]: Object.assign(
      (
        /** @type {string} */ part,
        /** @type {(take: unknown, exports: object) => void} */ make,
      ) => {
        makers[part] = make;
      },
      { take },
    ),
  });
}

/** @typedef {import('vite').Rolldown.OutputChunk} Chunk */

const GLOBAL = 'vfioPart';

/** Calls of a part, by the name of the script that it is in. */
const STATIC = /\brequire\("\.\/([^"]+)"\)/g;
const DYNAMIC = /Promise\.resolve\(\)\.then\(\(\)=>require\("\.\/([^"]+)"\)\)/g;

/**
 * The scripts of a program that was built as CommonJS with its parts split: the first with all that it needs at once, and one for each other part.
 * @param {readonly Chunk[]} chunks all in one folder
 * @returns {{ first: string, others: { fileName: string, code: string }[] }}
 */
export function classicScripts(chunks) {
  const byName = new Map(chunks.map((chunk) => [posix.basename(chunk.fileName), chunk]));
  if (byName.size < chunks.length) throw new Error('two parts have one name');
  /** @param {string} name @param {Set<string>} seen @returns {Set<string>} the part and what it needs at once */
  const closure = (name, seen = new Set()) => {
    if (seen.has(name)) return seen;
    seen.add(name);
    for (const needed of byName.get(name)?.imports ?? []) closure(posix.basename(needed), seen);
    return seen;
  };
  const entry = chunks.find((chunk) => chunk.isEntry);
  if (!entry) throw new Error('no entry among the parts');
  const entryName = posix.basename(entry.fileName);
  const atOnce = closure(entryName);
  /** @param {Chunk} chunk */
  const part = (chunk) => {
    let loads = 0;
    const code = chunk.code
      .replace(DYNAMIC, (_, name) => {
        loads += 1;
        return `require.load("${name}",${JSON.stringify([...closure(name)].filter((needed) => needed !== name && !atOnce.has(needed)))})`;
      })
      .replace(STATIC, 'require("$1")');
    if (loads < chunk.dynamicImports.length || /require\("\.|\bimport\(/.test(code))
      throw new Error(`${chunk.fileName} loads its parts in a way that is not known here`);
    return `${GLOBAL}("${posix.basename(chunk.fileName)}",(require,exports)=>{${code.trimEnd()}\n});\n`;
  };
  const others = chunks.filter((chunk) => !atOnce.has(posix.basename(chunk.fileName)));
  return {
    first: `(${loader
      .toString()
      .replaceAll(/\/\*\*.*?\*\/ ?/gs, '')
      .replaceAll(/\n\s*/g, '\n')})("${GLOBAL}");\n${[...atOnce]
      .map((name) => byName.get(name))
      .filter((chunk) => chunk !== undefined)
      .map(part)
      .join('')}${GLOBAL}.take("${entryName}");\n`,
    others: others.map((chunk) => ({
      fileName: posix.basename(chunk.fileName),
      code: part(chunk),
    })),
  };
}
