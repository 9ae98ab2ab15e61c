import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { buildPackage } from '../tools/build/package.mjs';
import { root } from '../tools/test/cache.mjs';

test.describe.configure({ mode: 'serial' });

/** A project that has the package installed. */
let project = '';

test.beforeAll(async () => {
  test.setTimeout(180_000);
  await buildPackage();
  project = mkdtempSync(join(tmpdir(), 'vfio-playground-'));
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules/vfio-playground'));
  for (const name of ['react', '@types'])
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
});

test.afterAll(() => rmSync(project, { recursive: true }));

const run = (file: string, ...args: string[]): string =>
  execFileSync(process.execPath, [file, ...args], { cwd: project, encoding: 'utf8' });

test('holds the site, the command, the modules and their types, and nothing else', () => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
    }),
  ) as [{ readonly files: readonly { readonly path: string }[]; readonly size: number }];
  const paths = packed.files.map(({ path }) => path);
  for (const needed of [
    'package.json',
    'README.md',
    'LICENSE',
    'dist/index.html',
    'dist/embed.html',
    'dist/vfio-playground.js',
    'dist/third-party-licenses.md',
    'docs/bind-race.svg',
    'dist/sw.js',
    'dist-npm/cli.js',
    'dist-npm/core.js',
    'dist-npm/element.js',
    'dist-npm/types/core.d.ts',
    'dist-npm/types/element.d.ts',
    'dist-npm/types/react.d.ts',
  ])
    expect(paths).toContain(needed);
  expect(
    paths.filter(
      (path) =>
        !/^(package\.json|README\.md|LICENSE|dist\/|docs\/bind-race\.svg$|dist-npm\/(core|element|cli)\.js$|dist-npm\/chunks\/|dist-npm\/types\/.*\.d\.ts$)/.test(
          path,
        ),
    ),
  ).toEqual([]);
  expect(packed.size).toBeLessThan(2_100_000);
});

test('names the licence of every library and font', () => {
  const notices = readFileSync(join(root, 'dist/third-party-licenses.md'), 'utf8');
  const single = readFileSync(join(root, 'dist/vfio-playground.html'), 'utf8');
  for (const name of [
    'react',
    '@xyflow/react',
    'd3-zoom',
    'zustand',
    'valibot',
    '@fontsource-variable/inter',
  ])
    for (const text of [notices, single]) expect(text, name).toContain(`\n## ${name} - `);
});

test('runs, checks, links and exports without a page', () => {
  writeFileSync(
    join(project, 'use.js'),
    `
    import { libraryEntry, runScenario, makeResult, makeLink, linkOf, openLink, runCheck, compile, designById, EXPORTS } from 'vfio-playground/core';
    const { scenario } = libraryEntry('bind-race');
    const outcome = runScenario(scenario);
    const opened = openLink(makeLink(linkOf(outcome.trace)));
    const check = runCheck(compile(designById(scenario.design), scenario.options, scenario.world, scenario.calls));
    console.log(JSON.stringify({ ok: outcome.ok, format: makeResult(outcome.trace).format, steps: opened.trace.steps.length === outcome.trace.steps.length, verdict: check.verdict, exports: EXPORTS.map((each) => each.make(outcome.trace).length > 0).every(Boolean) }));
  `,
  );
  expect(JSON.parse(run('use.js'))).toEqual({
    ok: true,
    format: 'vfio-playground/run@1',
    steps: true,
    verdict: 'holds',
    exports: true,
  });
});

test('loads the element where there is no page', () => {
  writeFileSync(
    join(project, 'server.js'),
    `import { TAG, connect } from 'vfio-playground'; console.log(TAG, typeof connect);`,
  );
  expect(run('server.js')).toBe('vfio-playground function\n');
});

test('has types that strict programs compile with, bundled or not', () => {
  writeFileSync(
    join(project, 'use.ts'),
    `
    import { EXPORTS, libraryEntry, parseScenario, runScenario, type Scenario, type Trace } from 'vfio-playground/core';
    import { connect, type PlaygroundAttributes, type PlaygroundElementEvents, type PlaygroundState, type Report } from 'vfio-playground';
    const parsed = parseScenario('{}');
    const scenario: Scenario | undefined = parsed.ok ? parsed.scenario : libraryEntry('bind-race')?.scenario;
    if (scenario) {
      const outcome = runScenario(scenario, { schedule: { random: 42 } });
      const trace: Trace | undefined = outcome.ok ? outcome.trace : undefined;
      if (trace) console.log(EXPORTS.map((form) => form.make(trace).length));
    }
    export async function cursorOf(frame: HTMLIFrameElement): Promise<number> {
      const state: PlaygroundState = await (await connect(frame)).step(2);
      return state.cursor;
    }
    export const attributes: PlaygroundAttributes = { scenario: 'bind-race', view: 'both', ro: '' };
    export const told = (event: PlaygroundElementEvents['violation']): string => event.detail.property;
    export const answer = (report: Report): string => (report.type === 'error' ? report.message : report.type);
    export const first = (page: Document): Promise<PlaygroundState> | undefined => page.querySelector('vfio-playground')?.client?.seek(3);
    // @ts-expect-error there is no such view
    export const wrong: PlaygroundAttributes = { view: '3d' };
    // @ts-expect-error a schedule is no number
    if (scenario) runScenario(scenario, { schedule: 42 });
  `,
  );
  writeFileSync(
    join(project, 'use.tsx'),
    `
    import 'vfio-playground/react';
    import type { ReactNode } from 'react';
    export const graph = (): ReactNode => (
      <vfio-playground
        scenario="bind-race"
        design="upstream"
        view="both"
        className="wide"
        onviolation={(event) => console.log(event.detail.property)}
        ref={(element) => element?.addEventListener('statechanged', ({ detail }) => console.log(detail.cursor))}
      >
        Text
      </vfio-playground>
    );
    // @ts-expect-error there is no such view
    export const wrong = (): ReactNode => <vfio-playground view="3d" />;
  `,
  );
  for (const module of ['nodenext', 'bundler']) {
    run(
      join(root, 'node_modules/typescript/bin/tsc'),
      '--noEmit',
      '--strict',
      '--target',
      'es2022',
      '--types',
      '',
      '--lib',
      'es2023,dom',
      '--module',
      module === 'bundler' ? 'esnext' : module,
      '--moduleResolution',
      module,
      '--jsx',
      'react-jsx',
      'use.ts',
      'use.tsx',
    );
  }
});

test('says of every export what it is', () => {
  const types = join(root, 'dist-npm/types');
  const files = readdirSync(types, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.d.ts'),
  );
  const undocumented = files.flatMap((file) => {
    const lines = readFileSync(join(types, file), 'utf8').split('\n');
    return lines.flatMap((line, i) => {
      const name =
        /^export (?:declare )?(?:abstract )?(?:function|const|interface|type|class) (\w+)/.exec(
          line,
        )?.[1];
      return name !== undefined && !/\*\/\s*$/.test(lines[i - 1] ?? '') ? [`${file}: ${name}`] : [];
    });
  });
  const offered = new Set(
    ['core', 'element'].flatMap((entry) =>
      [...readFileSync(join(types, `${entry}.d.ts`), 'utf8').matchAll(/\b(\w+)\b(?=\s*[,}])/g)].map(
        (match) => match[1],
      ),
    ),
  );
  expect(undocumented.filter((each) => offered.has(each.split(': ')[1]))).toEqual([]);
});

test('is what the command in it runs', () => {
  expect(run(join(root, 'dist-npm/cli.js'), 'scenarios')).toContain('bind-race');
});
