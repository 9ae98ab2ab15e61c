import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../designs/designs';
import { makeLink } from '../scenario/link/link';
import { linkOfTrace } from '../scenario/link/linkOfTrace';
import { openLink } from '../scenario/link/openLink';
import { makeScenario } from '../scenario/format/makeScenario';
import { parseScenario } from '../scenario/format/parseScenario';
import { runScenario } from '../scenario/run/runScenario';
import { LIBRARY, libraryEntry } from '../scenario/library/library';
import { scenarioInSvg } from '../scenario/format/svgScenario';
import type { Trace } from '../scenario/run/trace';
import { exportFileName, EXPORTS, exportsIn } from './exports';
import { svgTimeline } from './formats/svgTimeline';
import { toAscii, wrapText } from './format';

/** Every built-in scenario in a design, in a random schedule. */
function tracesOfDesign(design: string): readonly (readonly [string, Trace])[] {
  return LIBRARY.flatMap(({ id, scenario }) => {
    const parsed = parseScenario(
      makeScenario({ ...scenario, design, options: {}, beats: [], expect: undefined }),
    );
    const run = parsed.ok ? runScenario(parsed.scenario, { schedule: { random: 7 } }) : undefined;
    return run?.ok ? [[id, run.trace] as const] : [];
  });
}

/** Why a text is not well-formed XML: tags that do not pair, and bare `&` or `<`. */
function xmlErrors(text: string): readonly string[] {
  const open: string[] = [];
  const errors: string[] = [...text.matchAll(/&(?!(?:amp|lt|gt|quot|#39);)/g)].map(
    (match) => `bare & at ${match.index}`,
  );
  for (const [tag, slash, name, selfClosing] of text
    .replace(/^<\?xml[^>]*\?>/, '')
    .matchAll(/<(\/?)([a-zA-Z]+)(?:\s[^<>]*?)?(\/?)>|</g)) {
    if (name === undefined) errors.push(`bare < in ${tag}`);
    else if (slash === '/') {
      if (open.pop() !== name) errors.push(`</${name}>`);
    } else if (selfClosing !== '/') open.push(name);
  }
  return [...errors, ...open];
}

describe('the list of exports', () => {
  const one = { id: 'one', title: 'One', extension: 'txt', order: 2, make: () => '' };
  const two = { ...one, id: 'two', order: 1 };

  it('has the record of every module, in their order', () => {
    expect(exportsIn({ a: { one, oneText: one.make }, b: { two } })).toEqual([two, one]);
    expect(new Set(EXPORTS.map(({ order }) => order)).size).toBe(EXPORTS.length);
  });

  it('gives the files of one run different names', () => {
    const names = EXPORTS.map((each) => exportFileName('Two processes race', each));
    expect(new Set(names).size).toBe(EXPORTS.length);
    expect(names).toContain('two-processes-race.svg');
    expect(names).toContain('two-processes-race-animation.svg');
  });

  it('throws on a duplicate id and on a module without one record', () => {
    expect(() => exportsIn({ 'a.ts': { one }, 'b.ts': { other: { ...one } } })).toThrow(
      'b.ts: expected a unique id, got "one", which a.ts has',
    );
    expect(() => exportsIn({ 'a.ts': { make: one.make } })).toThrow(
      'a.ts: expected one exported record {id, title, extension, order, make}, got 0',
    );
    expect(() => exportsIn({ 'a.ts': { one, two } })).toThrow('got 2');
  });
});

const design = DESIGNS.find((d) => d.id === 'parked-shim') ?? DESIGNS[0];
const runs = tracesOfDesign(design?.id ?? '');

describe.each(runs)('%s', (id, trace) => {
  it.each(
    EXPORTS.filter((e) =>
      ['text', 'lockdep', 'use-after-free', 'markdown', 'rst', 'rst-figure'].includes(e.id),
    ),
  )('$id is ASCII of at most 72 columns', ({ id, make }) => {
    for (const line of make(trace).split('\n')) {
      expect(line).toMatch(/^[ -~]*$/);
      expect(line.length, line).toBeLessThanOrEqual(id.startsWith('rst') ? 73 : 72);
    }
  });

  it('round-trips through its link of at most 2,000 characters', () => {
    const link = makeLink(linkOfTrace(trace));
    const opened = openLink(link);
    if (!opened.ok) throw new Error(opened.message);
    expect(opened.dropped).toEqual([]);
    expect(opened.trace.schedule).toEqual(trace.schedule);
    if (trace.steps.length <= 100) expect(link.length).toBeLessThanOrEqual(2000);
  });

  it('draws every call with its whole label, none over another, in the widest monospaced font', () => {
    const svg = svgTimeline(trace, {});
    const right = Number(/ width="(\d+)"/.exec(svg)?.[1]);
    const labels = [
      ...svg.matchAll(/<text class="([^"]*)" x="([\d.]+)" y="([\d.]+)">([^<]*)</g),
    ].map(([, look, x, y, text = '']) => ({
      look,
      text,
      y: Number(y),
      from: Number(x),
      to: Number(x) + text.replaceAll(/&[#\w]+;/g, '&').length * 6.7,
    }));
    expect(labels.filter(({ text }) => text.includes('…'))).toEqual([]);
    expect(labels.filter(({ to }) => to > right)).toEqual([]);
    const calls = new Set(trace.steps.map((s) => s.step.call));
    const names = labels.filter(({ look }) => look === 't h o' || look === 'wt h o');
    expect(names).toHaveLength(calls.size);
    const marked = labels.filter(({ look }) => look !== 'm');
    for (const [i, a] of marked.entries())
      for (const b of marked.slice(i + 1))
        if (Math.abs(a.y - b.y) < 11 && a.from < b.to && b.from < a.to)
          throw new Error(`"${a.text}" lies over "${b.text}"`);
  });

  it('names each violation below its step', () => {
    const svg = svgTimeline(trace, {});
    const steps = trace.steps.filter((s) => s.violations.length > 0);
    const marks = [
      ...svg.matchAll(/<path class="x" d="M[\d.]+ [\d.]+l4\.5 8h-9z"\/><text[^>]*>([^<]*)</g),
    ];
    const named = steps.map((s) => [...new Set(s.violations.map((v) => v.property))].join(', '));
    expect(marks).toHaveLength(named.length);
    expect(new Set(marks.map(([, text]) => text))).toEqual(new Set(named));
  });

  it.each(
    // A theme changes the style sheet, not the drawing: all three are tried on one run.
    EXPORTS.filter((e) => e.extension === 'svg').flatMap((e) =>
      (id === runs[0]?.[0] ? (['light', 'dark', 'auto'] as const) : (['auto'] as const)).map(
        (theme) => [e.id, theme, e] as const,
      ),
    ),
  )('%s (%s) is a stand-alone picture that carries its scenario', (_id, theme, { make }) => {
    const svg = make(trace, { theme });
    expect(svg).not.toMatch(
      /<script|foreignObject|var\(|href=|url\((?!#)|style="|@import|\bon\w+=/,
    );
    expect(svg).toMatch(/<title id="title">[^<]+<\/title>\n<desc id="desc">[^<]+<\/desc>/);
    expect(svg.includes('prefers-color-scheme')).toBe(theme === 'auto');
    expect(xmlErrors(svg)).toEqual([]);
    const parsed = parseScenario(scenarioInSvg(svg));
    if (!parsed.ok) throw new Error(parsed.errors[0]?.message);
    const run = runScenario(parsed.scenario);
    expect(run.ok && run.trace.schedule).toEqual(trace.schedule);
  });

  it('begins every ftrace slice before it ends it', () => {
    const text = EXPORTS.find((e) => e.id === 'ftrace')?.make(trace) ?? '';
    expect(text.startsWith('# tracer: nop\n')).toBe(true);
    const depth = new Map<string, number>();
    for (const line of text.split('\n')) {
      const slice = /^\s*(\S+) .*tracing_mark_write: ([BE])\|/.exec(line);
      if (!slice?.[1]) continue;
      const next = (depth.get(slice[1]) ?? 0) + (slice[2] === 'B' ? 1 : -1);
      expect(next).toBeGreaterThanOrEqual(0);
      depth.set(slice[1], next);
    }
  });
});

describe('the timeline', () => {
  const timelineOf = (id: string): string => {
    const run = runScenario(libraryEntry(id)?.scenario ?? expect.fail(id));
    if (!run.ok) throw new Error(JSON.stringify(run.errors));
    return svgTimeline(run.trace, {});
  };

  it('draws a call that never returns to the end, and says what it waits for', () => {
    const svg = timelineOf('unregister-starved');
    expect(svg).toContain(
      '>unregister_device(vfio0) is still blocked: waits for vfio0.comp</text>',
    );
    const [, x, width] = /<rect class="w d" x="(\d+)" y="\d+" width="(\d+)"/.exec(svg) ?? [];
    expect(Number(x) + Number(width)).toBe(110 + 63 * 14 - 3);
  });

  it('explains the marks that it has, and no others', () => {
    expect(timelineOf('unregister-starved')).toContain('>a property is violated</text>');
    const bind = timelineOf('bind-race');
    for (const text of ['call', 'call that fails', 'step', 'a check fails'])
      expect(bind).toContain(`>${text}</text>`);
    expect(bind).not.toContain('>a property is violated</text>');
  });
});

describe('text', () => {
  it('wraps within the width and becomes ASCII', () => {
    expect(wrapText('mutex_lock(&group->group_lock) and more', 20)).toEqual([
      'mutex_lock(&group->',
      '    group_lock) and',
      '    more',
    ]);
    expect(wrapText('    mutex_unlock(&iommu_group->mutex)', 31)).toEqual([
      '    mutex_unlock(&iommu_group->',
      '    mutex)',
    ]);
    expect(wrapText('/* group->opened == NULL */', 20)).toEqual([
      '/* group->opened ==',
      '    NULL */',
    ]);
    expect(toAscii('a – b… “c” é')).toBe('a - b... "c" ?');
  });
});
