// The import rule of docs/architecture.md, the names that may exist once. Lint finds cycles.
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';

interface Room {
  readonly name: string;
  /** Rooms its files may import; without it, every room above. */
  readonly rooms?: readonly string[];
  /** Packages its files may import: `name`, or `name/` for every path below. */
  readonly packages?: readonly string[];
}

/** Who may import whom, in order: a file imports from its own room and from rooms above it. */
const ROOMS: readonly Room[] = [
  { name: 'kernel' },
  { name: 'designs', packages: ['diff'] },
  { name: 'graph', rooms: ['kernel'] },
  { name: 'scenario', rooms: ['kernel', 'designs'], packages: ['valibot', 'fflate'] },
  { name: 'explore', rooms: ['kernel', 'designs', 'scenario'] },
  { name: 'export' },
  { name: 'check-worker' },
  { name: 'session', packages: ['valibot', 'zustand/vanilla'] },
  // Runs in other people's pages. Only the port adapter drives a session.
  { name: 'host/protocol', rooms: [] },
  { name: 'host/parameters', rooms: [] },
  { name: 'host/playgroundBase', rooms: [] },
  { name: 'host/client', rooms: ['host/protocol'] },
  {
    name: 'host/element',
    rooms: ['host/protocol', 'host/parameters', 'host/playgroundBase', 'host/client'],
  },
  { name: 'host' },
  { name: 'cli', packages: ['node:util', 'node:child_process', 'node:fs', 'node:os', 'node:path'] },
  {
    name: 'ui',
    packages: [
      'react',
      'react-dom',
      'react-dom/',
      'zustand',
      'zustand/',
      '@xyflow/react',
      '@xyflow/react/',
      '@codemirror/',
      '@lezer/highlight',
      '@lezer/common',
      'uqr',
      'gifenc',
      'mediabunny',
      '@fontsource-variable/',
    ],
  },
];

/** Files that wire the rooms and may import anything; only tests beside them may import them. */
const ENTRIES =
  /^(main|embed|singleFile|offlineWorker|element|react|core|cli|explore\.worker|pureGlobals\.d)\.tsx?$/;
const TEST = /\.(test|component)\.tsx?$|\/testing\//;
const TEST_PACKAGES = [
  'vitest',
  'vitest/',
  'vitest-browser-react',
  'fast-check',
  '@valibot/to-json-schema',
  '@cfworker/json-schema',
  'tla-checker',
  'node:',
];

type Sources = Readonly<Record<string, string>>;

/** The room of a path below src; undefined outside all of them. The longest name wins. */
function roomOf(path: string): Room | undefined {
  return ROOMS.filter(
    ({ name }) => path === name || path === `${name}.ts` || path.startsWith(`${name}/`),
  ).toSorted((a, b) => b.name.length - a.name.length)[0];
}

/** Every module that a source text names, types and workers included. */
function specifiersIn(file: string, code: string): readonly string[] {
  const { module, errors } = parseSync(file, code);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const fromStatements = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
  ];
  const calls = code.matchAll(
    /(?<=\b(?:import|require|new URL|import\.meta\.glob(?:<[^>]*>)?)\(\s*)(['"`])(.+?)\1/g,
  );
  const fromCalls = [...calls].map(([, , specifier]) => specifier ?? '');
  // `new URL('embed.html', base)` names a page, not a module.
  return [...fromStatements, ...fromCalls.filter((specifier) => specifier.startsWith('.'))];
}

function mayImport(file: string, room: Room, specifier: string): boolean {
  const bare = specifier.replace(/\?.*$/, '').replace(/^!/, '');
  if (!bare.startsWith('.')) {
    const allowed = [...(room.packages ?? []), ...(TEST.test(file) ? TEST_PACKAGES : [])];
    return allowed.some((name) => bare === name || (/[/:]$/.test(name) && bare.startsWith(name)));
  }
  const target = posix.join(posix.dirname(file), bare);
  const targetRoom = roomOf(target);
  if (!targetRoom) return false;
  if (targetRoom === room) return true;
  const above = ROOMS.slice(0, ROOMS.indexOf(room)).map(({ name }) => name);
  return (room.rooms ?? above).includes(targetRoom.name);
}

/** Every breach of the import rule, as `file -> specifier`. */
function breachesIn(sources: Sources): readonly string[] {
  return Object.entries(sources).flatMap(([file, code]) => {
    if (ENTRIES.test(file) || (TEST.test(file) && !file.includes('/'))) return [];
    const room = roomOf(file);
    if (!room) return [`${file} is in no room`];
    return specifiersIn(file, code)
      .filter((specifier) => !mayImport(file, room, specifier))
      .map((specifier) => `${file} -> ${specifier}`);
  });
}

/** What a file exports under which name; `default` and `*` included. */
function exportsIn(file: string, code: string): readonly string[] {
  return parseSync(file, code).module.staticExports.flatMap(({ entries }) =>
    entries
      .filter(({ moduleRequest, exportName }) => !moduleRequest || exportName.kind !== 'Name')
      .map(
        ({ exportName }) => exportName.name ?? (exportName.kind === 'Default' ? 'default' : '*'),
      ),
  );
}

/** Names that more than one file outside `designs/` exports, each with its files. */
function sharedNames(sources: Sources): readonly string[] {
  const files = new Map<string, string[]>();
  for (const [file, code] of Object.entries(sources)) {
    if (file.startsWith('designs/') || TEST.test(file)) continue;
    for (const name of new Set(exportsIn(file, code)))
      files.set(name, [...(files.get(name) ?? []), file]);
  }
  return [...files]
    .filter(([, found]) => found.length > 1)
    .map(([name, found]) => `${name}: ${found.join(', ')}`);
}

const src = import.meta.dirname;
const sources: Sources = Object.fromEntries(
  readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => [relative(src, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
);

describe('the files under src', () => {
  it('import only what their room may', () => {
    expect(breachesIn(sources)).toEqual([]);
  });

  it('export each name once outside designs', () => {
    expect(sharedNames(sources)).toEqual([]);
  });

  it('have named exports only', () => {
    const unnamed = Object.entries(sources).flatMap(([file, code]) =>
      exportsIn(file, code)
        .filter((name) => name === 'default' || name === '*')
        .map((name) => `${file}: ${name}`),
    );
    expect(unnamed).toEqual([]);
  });
});

describe('the import rule', () => {
  it.each([
    ['kernel/a.ts', `import { x } from '../designs/b'`],
    ['kernel/a.ts', `import type { X } from '../designs/b'`],
    ['kernel/a.ts', `export { x } from '../ui/b'`],
    ['kernel/a.ts', `type X = import('../session/b').X`],
    ['kernel/deep/a.ts', `const x = await import('../../explore/b')`],
    ['kernel/a.ts', `const x = new URL('../ui/b.ts', import.meta.url)`],
    ['kernel/a.ts', `const x = import.meta.glob('../designs/*.ts')`],
    ['kernel/a.ts', `import { x } from 'valibot'`],
    ['designs/a.ts', `import fs from 'node:fs'`],
    ['scenario/a.ts', `import { test } from 'vitest'`],
    ['explore/a.ts', `import { x } from '../export/b'`],
    ['session/a.ts', `import { useState } from 'react'`],
    ['session/a.ts', `import { x } from '../host/b'`],
    ['host/client.ts', `import { x } from './adapter'`],
    ['ui/a.tsx', `import '../main'`],
    ['common/a.ts', `export const a = 1`],
    ['stray.ts', `export const a = 1`],
  ])('forbids %s: %s', (file, code) => {
    expect(breachesIn({ [file]: code })).toHaveLength(1);
  });

  it.each([
    ['kernel/a.ts', `import { x } from './b'; export { y } from './c/d'`],
    ['kernel/a.test.ts', `import { it } from 'vitest'; import { readFileSync } from 'node:fs'`],
    [
      'scenario/a.ts',
      `import * as v from 'valibot'; export const files = import.meta.glob('./library/*.json')`,
    ],
    [
      'ui/panels/A.tsx',
      `import { useState } from 'react'; import css from './a.module.css'; import { x } from '../../session/b'`,
    ],
    ['main.tsx', `import { App } from './ui/App'; new URL('./explore.worker.ts', import.meta.url)`],
  ])('allows %s: %s', (file, code) => {
    expect(breachesIn({ [file]: code })).toEqual([]);
  });

  it('finds a name that two files export', () => {
    expect(
      sharedNames({ 'kernel/a.ts': 'export const x = 1', 'ui/b.ts': 'export type x = 1' }),
    ).toEqual(['x: kernel/a.ts, ui/b.ts']);
  });
});
