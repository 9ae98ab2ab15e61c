import { describe, expect, it } from 'vitest';
import { LIBRARY, libraryEntry } from '../../scenario/library/library';
import { runScenario } from '../../scenario/run/runScenario';
import type { Trace } from '../../scenario/run/trace';
import { itfExport } from './itf';
import { litmusExport } from './litmus';
import { rvExport } from './rv';
import { syscallOrder } from '../selftest/syscallOrder';

function traceOfLibrary(id: string): Trace {
  const outcome = runScenario(libraryEntry(id)?.scenario ?? expect.fail(id));
  if (!outcome.ok) throw new Error(outcome.errors[0]?.message);
  return outcome.trace;
}

describe('the ITF trace', () => {
  it('has one state per step, each with every variable', () => {
    const trace = traceOfLibrary('bind-race');
    const itf = JSON.parse(itfExport.make(trace)) as {
      readonly vars: readonly string[];
      readonly states: readonly Readonly<Record<string, unknown>>[];
    };
    expect(itf.states).toHaveLength(trace.steps.length + 1);
    for (const [index, state] of itf.states.entries()) {
      expect(state['#meta']).toEqual({ index });
      expect(Object.keys(state).slice(1)).toEqual(itf.vars);
    }
    expect(itf.states.map((state) => state['mbt::actionTaken']).slice(1)).toEqual(
      trace.steps.map(({ step }) => step.name),
    );
    const [first = {}] = itf.states;
    for (const variable of itf.vars)
      expect(new Set(itf.states.map((state) => typeof state[variable]))).toEqual(
        new Set([typeof first[variable]]),
      );
  });
});

/** Why a text is no litmus test in the syntax of herd7, which Debian does not have: a reader of our own. */
function litmusErrors(text: string): readonly string[] {
  const plain = text.replace(/\(\*[\s\S]*?\*\)/, '');
  const whole =
    /^C [\w-]+\n\s*\{\}\s*((?:P\d\((?:int \*\w+(?:, )?)+\)\n\{\n(?:\t[^\n]*\n|\n)+\}\s*)+)exists \(([^\n]+)\)\n$/.exec(
      plain,
    );
  if (!whole) return ['the parts are not: C name, {}, processes, exists'];
  const errors: string[] = [];
  const registers = new Set<string>();
  for (const [, process, args = '', body = ''] of (whole[1] ?? '').matchAll(
    /P(\d)\(([^)]*)\)\n\{\n([\s\S]*?)\}/g,
  )) {
    const names = new Set([...args.matchAll(/\*(\w+)/g)].map(([, name]) => name));
    for (const line of body.split('\n').filter((l) => l.trim() !== '')) {
      const [, declared] = /^\tint (r\d);$/.exec(line) ?? [];
      if (declared !== undefined) {
        registers.add(`${process}:${declared}`);
        continue;
      }
      const [, target, variable] =
        /^\t(?:(r\d) = )?(?:READ_ONCE|WRITE_ONCE|smp_load_acquire|smp_store_release)\(\*?(\w+)(?:, 1)?\);$/.exec(
          line,
        ) ?? [];
      if (variable === undefined || !names.has(variable)) errors.push(`P${process}: ${line}`);
      if (target !== undefined && !registers.has(`${process}:${target}`))
        errors.push(`P${process}: ${target} is not declared`);
    }
  }
  for (const [, register] of (whole[2] ?? '').matchAll(/(\d:r\d)=/g))
    if (!registers.has(register ?? '')) errors.push(`exists: ${register}`);
  return errors;
}

describe('the litmus test', () => {
  it('has the syntax of herd7', () => {
    let publications = 0;
    for (const { variants } of LIBRARY.filter((e, i) => i % 8 === 0 || e.id === 'stale-access'))
      for (const scenario of variants.slice(0, 1)) {
        const outcome = runScenario(scenario);
        if (!outcome.ok) throw new Error(outcome.errors[0]?.message);
        const text = litmusExport.make(outcome.trace);
        expect([scenario.title, litmusErrors(text)]).toEqual([scenario.title, []]);
        if (text.startsWith('C vfio-publication-')) publications++;
      }
    expect(publications).toBeGreaterThan(0);
    expect(litmusErrors('C x\n\n{}\n\nP0(int *a)\n{\n\tb = 1;\n}\n\nexists (1:r0=1)\n')).toEqual([
      'P0: \tb = 1;',
      'exists: 1:r0',
    ]);
  });
});

describe('the reader of a litmus test', () => {
  const textOf = (id: string): string => litmusExport.make(traceOfLibrary(id));

  it('is not one that a mutex or the last reference orders after the store', () => {
    // BIND.6 reads access_granted under dev_set.lock, and CLOSE.1 in the release of the file.
    expect(textOf('double-bind')).not.toContain('BIND.6');
    expect(textOf('late-close')).not.toContain('CLOSE.1');
  });

  it('is the gate of the access flag', () => {
    expect(textOf('reset-races-attach')).toMatch(/P1 is\s+\*?\s*upstream\/reset\/GATE\.1/);
    expect(textOf('stale-access')).toContain('sometimes reached');
  });
});

describe('the rv automaton', () => {
  it('is in the form that rvgen reads, and deterministic', () => {
    const lines = rvExport.make(traceOfLibrary('open-races-unregister')).split('\n');
    expect(lines[0]).toBe('digraph state_automaton {');
    const states = lines.flatMap(
      (l) => /^\t\{node \[shape = circle, label = "(\w+)"\] "\1"\};$/.exec(l)?.[1] ?? [],
    );
    expect(lines).toContain('\t"__init_s0" -> "s0";');
    const drawn = lines.flatMap((l) => {
      const [, from, to, events = ''] =
        /^\t"(\w+)" -> "(\w+)" \[ label = "([a-z]\w*(?:\\n[a-z]\w*)*)" \];$/.exec(l) ?? [];
      return from === undefined ? [] : [{ from, to, events: events.split('\\n') }];
    });
    const edges = drawn.flatMap(({ from, to, events }) =>
      events.map((event) => ({ from, to, event })),
    );
    expect(edges.length).toBeGreaterThan(2);
    expect(new Set(edges.map(({ from, event }) => `${from} ${event}`)).size).toBe(edges.length);
    for (const { from, to } of edges) expect(states).toEqual(expect.arrayContaining([from, to]));
    expect(lines.some((l) => l.includes('() at '))).toBe(true);
  });

  // rvgen of 2026 reads it with a grammar, in tools/verification/rvgen/rvgen/automata.py.
  it.each(['group-closed-first', 'hot-unplug'])(
    'of %s has no comment, and one edge between two states',
    (id) => {
      const lines = rvExport.make(traceOfLibrary(id)).split('\n');
      const pairs = lines.flatMap((l) => /^\t"\w+" -> "\w+" \[/.exec(l)?.[0] ?? []);
      expect(new Set(pairs).size).toBe(pairs.length);
      expect(lines.filter((l) => /^\s*(\/\/|#|\/\*)/.test(l))).toEqual([]);
      for (const line of lines.filter((l) => l.includes('comment')))
        expect(line).toMatch(/^\t\tcomment = "[^"\\]*";$/);
    },
  );
});

describe('the events of the rv automaton', () => {
  const eventsOf = (id: string): readonly string[] => [
    ...new Set(
      [...rvExport.make(traceOfLibrary(id)).matchAll(/label = "(\S+)" \]/g)].flatMap(([, e = '']) =>
        e.split('\\n'),
      ),
    ),
  ];

  it('have names that the kernel does not cut', () => {
    const events = eventsOf('hot-unplug');
    expect(events).toContain('registered_clear_and_2_more');
    expect(events.filter((name) => name.length > 31)).toEqual([]);
  });

  it('have the event that only the violation makes, in a state that no edge enters', () => {
    const text = rvExport.make(traceOfLibrary('dma-first-owner'));
    const [, rejected] = /rejected at its step \d+, \S+: (\w+)\.";$/m.exec(text) ?? [];
    expect(rejected).toBe('f_count_inc__life_alloc');
    expect(text).toContain(`\t"s1" -> "s1" [ label = "${rejected}" ];`);
    expect(text.match(/-> "s1"/g)).toHaveLength(1);
  });
});

describe('the order of syscalls', () => {
  it('counts every beginning and return once, in the order of the run', () => {
    const { calls, count } = syscallOrder(traceOfLibrary('hot-unplug'));
    const places = calls.flatMap(({ begunAt, returnedAt }) => [begunAt, returnedAt ?? -1]);
    expect(places.filter((at) => at >= 0).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: count }, (_, i) => i),
    );
    for (const { begunAt, returnedAt } of calls)
      expect(returnedAt ?? Infinity).toBeGreaterThan(begunAt);
  });
});
