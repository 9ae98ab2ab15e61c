import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { compile } from '../../kernel/compiler/compile';
import type { Design, Options } from '../../kernel/language/design';
import { callStatus, isWaitForCall } from '../../kernel/machine/machine';
import type { Program } from '../../kernel/compiler/program';
import { evaluate } from '../../kernel/language/expressions';
import { eachStatement } from '../../kernel/language/statements';
import { LIBRARY } from './library';
import type { LibraryEntry } from './library';
import { makeLink, parseLink } from '../link/link';
import { linkOfTrace } from '../link/linkOfTrace';
import { openLink } from '../link/openLink';
import { portToDesign } from '../format/portToDesign';
import { replaySchedule, stateAt } from '../run/scenarioRun';
import type { Scenario } from '../format/scenario';
import { runScenario } from '../run/runScenario';
import type { Trace } from '../run/trace';

/** The default options, every other value of each option alone, and the options of the library's variants. */
function optionSets(design: Design): readonly Options[] {
  const single = design.options.flatMap((o) =>
    o.values.slice(1).map((value): Options => ({ [o.id]: value })),
  );
  const ofVariants = LIBRARY.flatMap((e) =>
    e.variants.filter((t) => t.design === design.id).map((t) => t.options),
  );
  return [...new Map([{}, ...single, ...ofVariants].map((o) => [optionsKey(o), o])).values()];
}

function optionsKey(options: Options): string {
  return Object.keys(options)
    .toSorted((a, b) => a.localeCompare(b))
    .map((k) => `${k}=${options[k]}`)
    .join();
}

/** The library's variant for a design and options, else only the calls. Undefined if a fault names a step that the design does not have. */
function scenarioFor(entry: LibraryEntry, design: string, options: Options): Scenario | undefined {
  const variant = entry.variants.find(
    (t) => t.design === design && optionsKey(t.options) === optionsKey(options),
  );
  if (variant) return variant;
  const plain = portToDesign(entry.scenario, design, options);
  if (plain.ok)
    return Array.isArray(plain.scenario.schedule)
      ? { ...plain.scenario, schedule: 'sequential' }
      : plain.scenario;
  expect(plain.errors.filter((e) => !/\.(fault|noiommu)$/.test(e.path))).toEqual([]);
  return undefined;
}

function traceOfRun(scenario: Scenario, schedule?: Scenario['schedule']): Trace {
  const outcome = runScenario(scenario, schedule === undefined ? {} : { schedule });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.errors));
  return outcome.trace;
}

/** References in a program to something that does not exist. */
function brokenReferences(p: Program): string[] {
  const wrong: string[] = [];
  const check = (ok: boolean, what: string): void => {
    if (!ok) wrong.push(what);
  };
  const isField = (i: number): boolean => p.fields[i]?.index === i;
  const isObject = (i: number | undefined): boolean => i === undefined || p.objects[i]?.index === i;
  for (const f of p.fields) {
    check(f.object === -1 || isObject(f.object), `${f.title}: object`);
    check(
      f.lo <= f.init && f.init <= f.hi,
      `${f.title}: starts at ${f.init}, outside ${f.lo}..${f.hi}`,
    );
    check((f.targets ?? []).every(isObject), `${f.title}: target`);
  }
  for (const o of p.objects) {
    check(
      Object.values(o.fields).every((i) => p.fields[i]?.object === o.index),
      `${o.name}: fields`,
    );
    check(
      Object.values(o.links).every((l) => isObject(l.object)),
      `${o.name}: links`,
    );
  }
  for (const t of p.tasks) {
    t.steps.forEach((s, pc) => {
      check(s.pc === pc && p.calls[s.call] !== undefined, `${s.name}: place`);
      check(s.touches.every(isField), `${s.name}: touches`);
      for (const w of s.waits)
        check(
          isWaitForCall(w) ? p.calls[w.call] !== undefined : isField(w.field),
          `${s.name}: waits`,
        );
      eachStatement(s.body, (b) => {
        if (b.op === 'jump') check(b.pc >= 0 && b.pc <= t.steps.length, `${s.name}: jump`);
        if (b.op === 'set') check(isField(b.field), `${s.name}: set`);
        if (b.op === 'emit' || b.op === 'violate')
          check(b.event === -1 || p.eventTemplates[b.event] !== undefined, `${s.name}: note`);
      });
    });
  }
  for (const f of p.files) check(p.objects[f.object]?.type === 'file', `${f.name}: struct file`);
  for (const f of p.fds)
    check(p.files[f.file] !== undefined && isField(f.installed), `${f.name}: fd`);
  for (const c of p.counters)
    check(
      isField(c.field) && c.holders.every((h) => isObject(h.object)),
      `${p.fields[c.field]?.title}: counter`,
    );
  return wrong;
}

/** Duplicate step names within a call, and steps without a citation or title. */
function malformedNames(p: Program): string[] {
  return p.calls.flatMap((c) => {
    const steps = p.tasks[c.task]!.steps.slice(c.start, c.end);
    const names = steps.map((s) => s.name);
    // One call may run the releases of several files, with the same steps.
    return [
      ...names.filter((n, i) => names.indexOf(n) < i && !n.includes('/release_')),
      ...steps
        .filter((s) => !hasCitation(s.cite) || s.title === '')
        .map((s) => `${s.name} cites "${s.cite}"`),
    ];
  });
}

/** A kernel file with its version, a Message-Id, or a section of docs/kernel-facts.md. */
function hasCitation(text: string): boolean {
  return /\.[ch].*, v\d|Message-Id \S+@|docs\/kernel-facts\.md, \w/.test(text);
}

/** Differences between the counters of a device and the open files, when no call is running. */
function wrongCounters(p: Program, state: Int32Array): string[] {
  if (p.calls.some((c) => callStatus(p, state, c.index) === 'running')) return [];
  // A file may outlive its fds: a mapping or a VM holds it.
  const isOpen = ({ object }: Program['files'][number]): boolean =>
    state[p.objects[object]!.lifetime!] === 1;
  return p.objects
    .filter(
      (o) => o.type === 'vfio_device' && (o.lifetime === undefined || state[o.lifetime] === 1),
    )
    .flatMap((o) => {
      const value = (field: string): number | undefined =>
        o.fields[field] === undefined ? undefined : state[o.fields[field]];
      const files = p.files.filter(
        (f) => isOpen(f) && f.device === o.key.device && (f.kind === 'cdev' || f.kind === 'device'),
      );
      const reaching = files.filter((f) => f.normalAccess && evaluate(f.normalAccess, state) !== 0);
      const wrong: string[] = [];
      if (value('refcount') !== files.length + value('registered')!)
        wrong.push(
          `${o.name}.refcount is ${value('refcount')}, with ${files.length} open files and registered = ${value('registered')}`,
        );
      if (value('open_count') !== undefined && value('open_count') !== reaching.length)
        wrong.push(
          `${o.name}.open_count is ${value('open_count')}, with ${reaching.length} files that reach it`,
        );
      return wrong;
    });
}

describe.each(
  DESIGNS.flatMap((design) =>
    optionSets(design).map((options, set) => ({
      design,
      options,
      set,
      name: `${design.id} ${JSON.stringify(options)}`,
    })),
  ),
)('$name', ({ design, options, set }) => {
  const scenarios = LIBRARY.flatMap((entry, i) => {
    const scenario = scenarioFor(entry, design.id, options);
    // All scenarios with the defaults; else the variants for these options, and every third of the rest in turn.
    if (set > 0 && i % 3 !== set % 3 && !(scenario && entry.variants.includes(scenario))) return [];
    return scenario ? [scenario] : [];
  });

  it('has valid references, names and counters, and round-trips links, in every scenario', () => {
    for (const scenario of scenarios) {
      const { title } = scenario;
      const trace = traceOfRun(scenario);
      const { program } = trace;
      expect([title, brokenReferences(program), malformedNames(program)]).toEqual([title, [], []]);
      const end = stateAt(trace, trace.steps.length);
      if (
        trace.steps.every((s) =>
          s.violations.every((v) => v.property !== 'counters' && v.property !== 'memory'),
        )
      )
        expect([title, wrongCounters(program, end)]).toEqual([title, []]);
      const link = linkOfTrace(trace, Math.floor(trace.steps.length / 2));
      expect(parseLink(makeLink(link))).toEqual({ ok: true, link, dropped: [] });
    }
  });
});

describe.each(DESIGNS)('$id', (design) => {
  it('is deterministic, also when opened from a link', () => {
    for (const scenario of LIBRARY.flatMap((e) =>
      e.variants.filter((t) => t.design === design.id).slice(0, 1),
    )) {
      const schedule = { random: scenario.calls.length } as const;
      const trace = traceOfRun(scenario, schedule);
      const again = traceOfRun(scenario, schedule);
      expect(
        replaySchedule(
          compile(design, scenario.options, scenario.world, scenario.calls),
          trace.schedule,
        ),
      ).toEqual(stateAt(trace, trace.steps.length));
      expect(again.schedule).toEqual(trace.schedule);
      expect(again.steps.map((s) => s.texts)).toEqual(trace.steps.map((s) => s.texts));
      const opened = openLink(makeLink(linkOfTrace(trace, 3)));
      if (!opened.ok) throw new Error(opened.message);
      expect([opened.dropped, opened.cursor, opened.trace.schedule]).toEqual([
        [],
        3,
        trace.schedule,
      ]);
    }
  });
});
