import { cpuUsage } from 'node:process';
import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { makeTextChange } from '../../designs/textChange';
import { EXPORTS } from '../../export/exports';
import { SNIPPETS } from '../../export/snippets';
import { svgTimeline } from '../../export/formats/svgTimeline';
import { stepNames } from '../../kernel/compiler/mutate';
import { mutateText } from '../../kernel/testing/mutateText';
import { printDesign } from '../../kernel/text/printDesign';
import type { Mutation } from '../../kernel/language/mutation';
import { LIBRARY } from '../../scenario/library/library';
import { makeLink } from '../../scenario/link/link';
import { linkOfTrace } from '../../scenario/link/linkOfTrace';
import { makeScenario } from '../../scenario/format/makeScenario';
import { parseScenario } from '../../scenario/format/parseScenario';
import { fuzzRounds, InputTimes } from '../../scenario/testing/fuzzRounds';
import { seededRandom } from '../../scenario/run/seededRandom';
import { runScenario } from '../../scenario/run/runScenario';
import type { Trace } from '../../scenario/run/trace';
import { scenarioInSvg } from '../../scenario/format/svgScenario';
import { EXAMPLE_DESIGN } from '../../designs/exampleDesign';
import { editDesign, openDesignText } from '../actions/editDesign';
import { editedText } from '../queries/designDraft';
import { sessionOf } from '../testing/sessionOf';
import { currentSnapshot } from '../trace/replay';
import { openPermalink } from './permalink';

function traceOf(id: string): Trace {
  const entry = LIBRARY.find((each) => each.id === id);
  const run = entry && runScenario(entry.scenario);
  if (!run?.ok) throw new Error(`${id} does not run`);
  return run.trace;
}

const hostileFragments = [
  '__proto__',
  'constructor',
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  '\u0000',
  '1e999',
  '-1',
  'null',
  '99999999999',
  '<script>',
  '&#0;',
  ']]>',
  '\ud800',
  'qemu*999999',
  '\n',
];

/** Prints in `npm run fuzz` how long the inputs of a test took. */
async function report(times: InputTimes, what: string): Promise<void> {
  const line = await times.report(what);
  if (line !== '') console.log(line);
}

/** The text with parts removed, repeated or inserted. */
function damage(text: string, random: (below: number) => number): string {
  let result = text;
  for (let edits = 1 + random(3); edits > 0; edits--) {
    const at = random(result.length + 1);
    const length = random(24);
    const kind = random(4);
    const piece =
      kind === 0
        ? ''
        : kind === 1
          ? result.slice(at, at + length).repeat(2)
          : kind === 2
            ? (hostileFragments[random(hostileFragments.length)] ?? '')
            : String.fromCharCode(random(0x3000));
    result = result.slice(0, at) + piece + result.slice(at + (kind === 0 ? length : random(3)));
  }
  return result;
}

describe('damaged input', () => {
  const fileRounds = fuzzRounds(1_000, 100_000);
  it(`${fileRounds} files throw nothing and reach no prototype`, async () => {
    const times = new InputTimes(cpuUsage);
    const random = seededRandom(7);
    const files = LIBRARY.slice(0, 6).map(({ scenario }) => makeScenario(scenario));
    let sound = 0;
    for (let round = 0; round < fileRounds; round++) {
      const file = damage(files[round % files.length] ?? '', random);
      const parsed = times.run(() => parseScenario(file));
      if (parsed.ok) sound++;
      else expect(parsed.errors[0]?.message).toBeTruthy();
    }
    expect(sound).toBeGreaterThan(fileRounds / 80);
    expect(Object.keys(Object.prototype)).toEqual([]);
    await report(times, 'scenario files');
  });

  const svgRounds = fuzzRounds(1_000, 100_000);
  it(`${svgRounds} SVG files give a checked scenario, or none`, async () => {
    const times = new InputTimes(cpuUsage);
    const random = seededRandom(8);
    const picture = svgTimeline(traceOf('bind-race'));
    const from = picture.indexOf('<metadata>') - 60;
    const part = picture.slice(from, picture.indexOf('</metadata>') + 20);
    expect(parseScenario(scenarioInSvg(picture))).toMatchObject({ ok: true });
    for (let round = 0; round < svgRounds; round++) {
      const svg = `<svg>${damage(part, random)}`;
      times.run(() => {
        const held = scenarioInSvg(svg);
        if (held !== undefined) parseScenario(held);
      });
    }
    await report(times, 'SVG files');
    expect(
      scenarioInSvg(
        `<svg><scenario xmlns="urn:vfio-playground:scenario@1">${'&amp;'.repeat(2_000_000)}</scenario>`,
      ),
    ).toBeUndefined();
  });

  it('well-formed links with impossible steps open their longest valid part', async () => {
    const times = new InputTimes(cpuUsage);
    const random = seededRandom(9);
    const link = linkOfTrace(traceOf('split-race'));
    const words = [
      '',
      'qemu',
      'driver',
      '__proto__',
      'x'.repeat(300),
      'BIND.1',
      '<b>',
      '999999999',
    ];
    const word = (): string => words[random(words.length)] ?? '';
    for (let round = fuzzRounds(100, 5_000); round > 0; round--) {
      const steps = link.steps.map((s) => (random(40) === 0 ? { by: word(), at: word() } : s));
      const calls = link.calls.map((c) =>
        random(20) === 0 ? { ...c, by: word(), fd: word() } : c,
      );
      const issued = Array.from({ length: random(2) }, () => ({
        call: random(12),
        after: random(80),
      }));
      const hash = makeLink({
        ...link,
        steps,
        calls,
        issued,
        cursor: random(200),
        view: { [word()]: word() },
        scenario: word(),
        title: word(),
      });
      const opened = times.run(() => openPermalink(hash));
      if (opened.ok) {
        const depth = opened.run.branches[0]?.tip.depth ?? -1;
        expect(opened.run.cursor).toBeLessThanOrEqual(depth);
        expect(currentSnapshot({ run: { ...opened.run, cursor: depth } }).node.depth).toBe(depth);
      } else expect(opened.message).toBeTruthy();
    }
    await report(times, 'links with impossible steps');
  });
});

describe('links with mutations', () => {
  it.each(DESIGNS.map((design) => [design.id, design] as const))(
    'of %s throw nothing, whichever step they change',
    async (_, design) => {
      const times = new InputTimes(cpuUsage);
      const random = seededRandom(10);
      const rounds = fuzzRounds(30, 2_000);
      const addresses = [...stepNames(design, {}), '__proto__', ''];
      const link = linkOfTrace(traceOf('bind-race'));
      let changed = 0;
      for (let round = 0; round < rounds; round++) {
        const at = random(addresses.length);
        const [step = '', next = ''] = addresses.slice(at, at + 2);
        const one: Mutation =
          random(2) === 0
            ? { kind: 'swap', a: step, b: next }
            : { kind: (['without', 'plain', 'split'] as const)[random(3)] ?? 'without', step };
        const hash = makeLink({
          ...link,
          design: design.id,
          options: {},
          revision: design.revision,
          mutations: [one],
        });
        const opened = times.run(() => openPermalink(hash));
        if (!opened.ok) throw new Error(opened.message);
        const depth = opened.run.branches[0]?.tip.depth ?? -1;
        expect(currentSnapshot({ run: { ...opened.run, cursor: depth } }).node.depth).toBe(depth);
        if (opened.run.setup.mutations) changed++;
        else expect(opened.dropped.join(' ')).toMatch(/The unmodified design is shown|damaged/);
      }
      expect(changed).toBeGreaterThan(rounds / 4);
      await report(times, `links with changed steps of ${design.id}`);
    },
  );
});

describe('links with a changed text', () => {
  const link = linkOfTrace(traceOf('bind-race'));
  const base = printDesign(DESIGNS.find(({ id }) => id === 'upstream')!);
  const rounds = fuzzRounds(30, 3_000);

  it(`${rounds} changes of the text throw nothing, and say what is wrong with the design`, async () => {
    const times = new InputTimes(cpuUsage);
    const random = seededRandom(11);
    let changed = 0;
    for (let round = 0; round < rounds; round++) {
      const change = makeTextChange(base, mutateText(base, random));
      const hash = makeLink({ ...link, mutations: change ? [change] : [] });
      const opened = times.run(() => openPermalink(hash));
      if (!opened.ok) throw new Error(opened.message);
      if (opened.run.setup.mutations) changed++;
      else if (change) expect(opened.dropped.join(' ')).not.toBe('');
    }
    expect(changed).toBeGreaterThan(0);
    await report(times, 'links with a changed text');
  });

  const damages = fuzzRounds(50, 20_000);
  it(`${damages} damaged links throw nothing`, async () => {
    const times = new InputTimes(cpuUsage);
    const random = seededRandom(12);
    const whole = makeLink({
      ...link,
      mutations: [makeTextChange(base, base.replace('\tgroup->cdev_device_open_cnt++;\n', ''))!],
    });
    expect(openPermalink(whole)).toMatchObject({ ok: true, dropped: [] });
    for (let round = 0; round < damages; round++) {
      const hash = damage(whole, random);
      const opened = times.run(() => openPermalink(hash));
      if (!opened.ok) expect(opened.message).not.toBe('');
    }
    await report(times, 'damaged links');
  });
});

describe('the editor', () => {
  it.each([
    ['an own design', fuzzRounds(200, 100_000)],
    ['a built-in design', fuzzRounds(10, 2_000)],
  ] as const)(
    'applies each changed text of %s, or says where it is wrong',
    async (what, rounds) => {
      const times = new InputTimes(cpuUsage);
      const random = seededRandom(13);
      const session = sessionOf('bind-race');
      if (what === 'an own design') openDesignText(session, 'counter.design', EXAMPLE_DESIGN);
      const before = session.getState();
      const text = editedText(before);
      let applied = 0;
      for (let round = 0; round < rounds; round++) {
        const changed = mutateText(text, random);
        const problem = times.run(() => {
          session.setState(before);
          return editDesign(session, changed);
        });
        if (problem === undefined) applied++;
        else {
          expect(problem).not.toBe('');
          expect(editedText(session.getState())).toBe(changed);
        }
      }
      expect(applied).toBeGreaterThan(0);
      await report(times, `changed texts of ${what} in the editor`);
    },
  );
});

describe('text from users', () => {
  const evil =
    '<script>alert(1)</script>"><img src=x onerror=alert(1)> `${1}` ]]> --> [x](javascript:alert(1)) \u202e\u0007 *b* | & ;#35; \\ {{7*7}}';
  const trace = traceOf('bind-race');
  const told: Trace = {
    ...trace,
    scenario: {
      ...trace.scenario,
      title: evil,
      about: evil,
      beats: trace.scenario.beats.map((beat) => ({ ...beat, say: evil })),
    },
  };

  it.each(EXPORTS.map((form) => [form.id, form] as const))('stays plain text in %s', (id, form) => {
    const made = form.make(told);
    expect(made).not.toBe('');
    if (form.extension === 'svg')
      expect(made.replace(/<metadata>.*?<\/metadata>/s, '')).not.toMatch(
        /<(script|img|foreignObject)|onerror=(?!alert\(1\)&gt;)/,
      );
    if (id === 'markdown') expect(made.split('```')[0]).not.toMatch(/(?<!\\)<|(?<!\\)\[x\]/);
  });

  it.each(SNIPPETS.map((snippet) => [snippet.id, snippet] as const))(
    'is text in the snippet %s',
    (id, snippet) => {
      const made = snippet.make(told, { base: 'https://example.org/"><script>/' });
      expect(made).toContain('#v1.');
      const html =
        made.split('.. only:: not html')[0]?.replace(/^<script src="[^"]*" defer><\/script>/, '') ??
        '';
      if (id === 'html' || id === 'iframe' || id === 'sphinx')
        expect(html).not.toMatch(/<(script|img)/);
      if (id === 'mdx') expect(made.slice(made.indexOf('{`'))).not.toMatch(/(?<!\\)\$\{1\}/);
      if (id === 'github') expect(made.slice(3)).not.toMatch(/(?<!\\)[<[]/);
    },
  );
});
