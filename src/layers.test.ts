import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';

interface Room {
  /** Rooms that its files may import besides their own. */
  readonly rooms: readonly string[];
  /** Packages that its files may import: `name`, or `name/` for every path below. */
  readonly packages: readonly string[];
}

/** Who may import whom. A room that is not here does not exist. */
const layers: Readonly<Record<string, Room>> = {
  kernel: { rooms: [], packages: [] },
  designs: { rooms: ['kernel'], packages: [] },
  scenario: { rooms: ['kernel', 'designs'], packages: ['valibot'] },
  explore: { rooms: ['kernel', 'designs', 'scenario'], packages: [] },
  // What a state looks like: nodes and edges at fixed places, for the stage and for pictures.
  graph: { rooms: ['kernel'], packages: [] },
  export: { rooms: ['kernel', 'designs', 'scenario', 'explore', 'graph'], packages: [] },
  // What runs in somebody else's page: the messages, their client and the element.
  host: { rooms: [], packages: [] },
  session: {
    rooms: ['kernel', 'designs', 'scenario', 'explore', 'export', 'host'],
    packages: ['valibot', 'zustand/vanilla'],
  },
  ui: {
    rooms: ['kernel', 'designs', 'scenario', 'explore', 'graph', 'export', 'host', 'session'],
    packages: [
      'react',
      'react-dom',
      'react-dom/',
      'zustand',
      'zustand/',
      '@xyflow/react',
      '@xyflow/react/',
      'uqr',
      '@fontsource-variable/',
    ],
  },
};

/** Files that wire the rooms and may import anything; nothing but they and tests beside them may import them. */
const entries = [
  'main.tsx',
  'embed.tsx',
  'element.ts',
  'core.ts',
  'cli.ts',
  'explore.worker.ts',
  'pureGlobals.d.ts',
];

/** What a test may import on top of what its room may. */
const testPackages = ['vitest', 'fast-check', 'node:'];

/** Exceptions: `file` below src, the specifier as written, and why it stands. A row that nothing needs fails. */
const debt: readonly {
  readonly file: string;
  readonly specifier: string;
  readonly reason: string;
}[] = [];

type Sources = Readonly<Record<string, string>>;

interface Violation {
  /** Path below src. */
  readonly file: string;
  /** As written in the file; the offending form when there is none. */
  readonly specifier: string;
  readonly why: string;
}

interface Finding {
  readonly specifier: string;
  /** Set when the form itself is forbidden, wherever it points. */
  readonly badForm?: string;
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const codeFile = /\.(ts|tsx|mts|js|mjs)$/;
const testFile = /\.test\.tsx?$/;

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
  );
}

/** The text of a string literal or of a template without holes. */
function literalText(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === 'Literal' && typeof value['value'] === 'string') return value['value'];
  if (value.type !== 'TemplateLiteral') return undefined;
  const quasis = value['quasis'] as readonly { readonly value: { readonly cooked: string } }[];
  return quasis.length === 1 ? quasis[0]?.value.cooked : undefined;
}

/** `import.meta.NAME` */
function isImportMeta(value: unknown, name: string): boolean {
  if (!isNode(value) || value.type !== 'MemberExpression') return false;
  const { object, property } = value;
  return (
    isNode(object) &&
    object.type === 'MetaProperty' &&
    isNode(property) &&
    property['name'] === name
  );
}

function globPatterns(argument: unknown): readonly string[] {
  const patterns =
    isNode(argument) && argument.type === 'ArrayExpression'
      ? (argument['elements'] as unknown[])
      : [argument];
  return patterns.map((pattern) =>
    (literalText(pattern) ?? 'import.meta.glob(…)').replace(/^!/, ''),
  );
}

function isNamedDefault(specifier: unknown): boolean {
  if (!isNode(specifier)) return false;
  const { exported } = specifier;
  return isNode(exported) && (exported['name'] === 'default' || exported['value'] === 'default');
}

/** What one syntax node imports, or which forbidden export it is. */
function findingsOf(node: Node): readonly Finding[] {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'TSImportType':
      return [{ specifier: literalText(node['source']) ?? '?' }];
    case 'TSExternalModuleReference':
      return [{ specifier: literalText(node['expression']) ?? '?' }];
    case 'ExportNamedDeclaration': {
      const source = literalText(node['source']);
      const asDefault = (node['specifiers'] as unknown[]).some(isNamedDefault);
      return [
        ...(source === undefined ? [] : [{ specifier: source }]),
        ...(asDefault ? [{ specifier: 'export { … as default }', badForm: 'default export' }] : []),
      ];
    }
    case 'ExportAllDeclaration': {
      const source = literalText(node['source']) ?? '?';
      return [{ specifier: source }, { specifier: `export * from '${source}'`, badForm: 'barrel' }];
    }
    case 'ExportDefaultDeclaration':
      return [{ specifier: 'export default', badForm: 'default export' }];
    case 'ImportExpression': {
      const source = literalText(node['source']);
      if (source === undefined) return [{ specifier: 'import(…)', badForm: 'computed import' }];
      return [{ specifier: source }];
    }
    case 'NewExpression': {
      const { callee } = node;
      const [first, second] = node['arguments'] as unknown[];
      if (!isNode(callee) || callee['name'] !== 'URL' || !isImportMeta(second, 'url')) return [];
      return [{ specifier: literalText(first) ?? 'new URL(…, import.meta.url)' }];
    }
    case 'CallExpression': {
      const [first] = node['arguments'] as unknown[];
      const { callee } = node;
      if (isImportMeta(callee, 'glob'))
        return globPatterns(first).map((specifier) => ({ specifier }));
      const isRequire =
        isNode(callee) && callee.type === 'Identifier' && callee['name'] === 'require';
      return isRequire ? [{ specifier: literalText(first) ?? 'require(…)' }] : [];
    }
    default:
      return [];
  }
}

/** Every import and forbidden export of one source text. */
function findingsIn(file: string, code: string): readonly Finding[] {
  const { program, errors } = parseSync(file, code);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const found: Finding[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isNode(value)) {
      found.push(...findingsOf(value));
      Object.values(value).forEach(visit);
    }
  };
  visit(program.body);
  return found;
}

/** The room of a path below src; `entry` for the files that wire; undefined outside both. */
function roomOf(file: string): string | undefined {
  const [first, ...rest] = file.split('/');
  if (first === undefined) return undefined;
  if (rest.length === 0)
    return entries.includes(first) || testFile.test(first) ? 'entry' : undefined;
  return Object.hasOwn(layers, first) ? first : undefined;
}

function admits(packages: readonly string[], specifier: string): boolean {
  return packages.some(
    (name) => specifier === name || (/[/:]$/.test(name) && specifier.startsWith(name)),
  );
}

/** Why `file` of `room` may not import `specifier`, or undefined when it may. */
function whyNot(file: string, room: string, specifier: string): string | undefined {
  const rule = layers[room];
  if (!rule) return undefined;
  const bare = specifier.replace(/\?.*$/, '');
  if (!/^[./]/.test(bare)) {
    const allowed = testFile.test(file) ? [...rule.packages, ...testPackages] : rule.packages;
    return admits(allowed, bare) ? undefined : `${room} may not import the package ${bare}`;
  }
  const target = bare.startsWith('/')
    ? bare.replace(/^\/(src\/)?/, '')
    : posix.join(posix.dirname(file), bare);
  const targetRoom = target.startsWith('..') ? undefined : target.split('/')[0];
  if (targetRoom === room) return undefined;
  if (targetRoom !== undefined && rule.rooms.includes(targetRoom)) return undefined;
  return `${room} may not import ${target}`;
}

/** Every breach of the import rule in a set of files, by path below src. */
function violationsOf(sources: Sources): readonly Violation[] {
  return Object.entries(sources).flatMap(([file, code]) => {
    const room = roomOf(file);
    if (room === undefined) return [{ file, specifier: file, why: 'lies in no room' }];
    if (!codeFile.test(file)) return [];
    return findingsIn(file, code).flatMap(({ specifier, badForm }) => {
      const why = badForm ?? whyNot(file, room, specifier);
      return why === undefined ? [] : [{ file, specifier, why }];
    });
  });
}

function readSources(): Sources {
  const src = fileURLToPath(new URL('.', import.meta.url));
  const files = readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name));
  return Object.fromEntries(
    files.map((path) => [
      relative(src, path).split(sep).join('/'),
      codeFile.test(path) ? readFileSync(path, 'utf8') : '',
    ]),
  );
}

const key = (row: { readonly file: string; readonly specifier: string }): string =>
  `${row.file} -> ${row.specifier}`;

describe('the import rule', () => {
  const found = violationsOf(readSources());

  it('holds for every file under src', () => {
    const excused = new Set(debt.map(key));
    const open = found.filter((violation) => !excused.has(key(violation)));
    expect(open.map((violation) => `${key(violation)}: ${violation.why}`)).toEqual([]);
  });

  it('carries no debt that nothing needs, and gives each a reason', () => {
    const needed = new Set(found.map(key));
    expect(
      debt.filter((row) => !needed.has(key(row)) || row.reason.trim() === '').map(key),
    ).toEqual([]);
  });
});

describe('the checker of the import rule', () => {
  const bad: readonly (readonly [file: string, code: string])[] = [
    ['kernel/a.ts', `import { x } from '../designs/b.ts'`],
    ['kernel/a.ts', `import type { X } from '../designs/b'`],
    ['kernel/a.ts', `export { x } from '../ui/b.ts'`],
    ['kernel/a.ts', `type X = import('../session/b.ts').X`],
    ['kernel/deep/a.ts', `const x = await import('../../explore/b.ts')`],
    ['kernel/a.ts', `const x = import(name)`],
    ['kernel/a.ts', `const x = new URL('../ui/b.ts', import.meta.url)`],
    ['kernel/a.ts', `const x = import.meta.glob(['./*.ts', '../designs/*.ts'])`],
    ['kernel/a.ts', `const x = require('react')`],
    ['kernel/a.ts', `import x from '/src/ui/b.ts'`],
    ['kernel/a.ts', `import x from '../../package.json'`],
    ['kernel/a.ts', `import { x } from 'valibot'`],
    ['kernel/a.test.ts', `import { x } from '../designs/b.ts'`],
    ['designs/a.ts', `import fs from 'node:fs'`],
    ['designs/a.ts', `import fs from 'fs'`],
    ['designs/a.ts', `import { x } from '../scenario/b.ts'`],
    ['scenario/a.ts', `import { x } from '../explore/b.ts'`],
    ['scenario/a.ts', `import { test } from 'vitest'`],
    ['explore/a.ts', `import { x } from '../export/b.ts'`],
    ['explore/a.ts', `import { Panel } from '@xyflow/react'`],
    ['export/a.ts', `import { x } from '../session/b.ts'`],
    ['export/a.ts', `import { createStore } from 'zustand/vanilla'`],
    ['session/a.ts', `import { useStore } from 'zustand'`],
    ['session/a.ts', `import { useState } from 'react'`],
    ['session/a.ts', `import W from '../explore.worker.ts?worker'`],
    ['session/a.ts', `import { App } from '../ui/App.tsx'`],
    ['ui/a.tsx', `import '../main.tsx'`],
    ['ui/a.tsx', `import x from 'lodash'`],
    ['ui/a.tsx', `export default function A() {}`],
    ['ui/a.tsx', `export { a as default } from './b.tsx'`],
    ['ui/a.tsx', `const a = 1; export { a as default }`],
    ['ui/index.ts', `export * from './b.tsx'`],
    ['ui/index.ts', `export * as b from './b.tsx'`],
    ['main.tsx', `export default 1`],
    ['common/a.ts', ``],
    ['stray.ts', ``],
    ['toString/a.ts', ``],
  ];
  it.each(bad)('objects to %s: %s', (file, code) => {
    expect(violationsOf({ [file]: code })).toHaveLength(1);
  });

  const good: readonly (readonly [file: string, code: string])[] = [
    ['kernel/a.ts', `import { x } from './b.ts'; export { y } from './c/d.ts'; export const z = 1`],
    [
      'kernel/a.test.ts',
      `import { it } from 'vitest'; import fc from 'fast-check'; import { readFileSync } from 'node:fs'`,
    ],
    ['kernel/a.ts', `// import '../ui/b.ts'\nexport const text = "import '../ui/b.ts'"`],
    [
      'scenario/a.ts',
      `import * as v from 'valibot'; export const files = import.meta.glob('./library/*.json')`,
    ],
    ['export/a.ts', `import { x } from '../explore/b.ts'; import { y } from '../kernel/c.ts'`],
    [
      'session/a.ts',
      `import { createStore } from 'zustand/vanilla'; import { x } from '../export/b.ts'`,
    ],
    [
      'ui/panels/A.tsx',
      `import { useState } from 'react'; import css from './a.module.css'; import { x } from '../../session/b.ts'`,
    ],
    ['ui/theme.css', `@import 'anything'`],
    [
      'main.tsx',
      `import { App } from './ui/App.tsx'; import { x } from './session/b.ts'; new URL('./explore.worker.ts', import.meta.url)`,
    ],
  ];
  it.each(good)('accepts %s: %s', (file, code) => {
    expect(violationsOf({ [file]: code })).toEqual([]);
  });

  it('names the file, the specifier and the reason', () => {
    expect(violationsOf({ 'kernel/a.ts': `import '../ui/b.ts'` })).toEqual([
      { file: 'kernel/a.ts', specifier: '../ui/b.ts', why: 'kernel may not import ui/b.ts' },
    ]);
  });
});
