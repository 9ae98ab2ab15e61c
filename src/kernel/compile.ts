import { CallSite } from './callSite';
import type { Anchor, Design, DesignModel, Options, Routine, StepSpec } from './design';
import type { Errno } from './errno';
import { all, any, binary, constant, field, fieldsRead, TRUE } from './expr';
import type { Expr } from './expr';
import { findInstances, resultName } from './instances';
import type { Instances } from './instances';
import { findObject, layOut } from './layout';
import type { Bounds, Layout } from './layout';
import { endsStep, flushOne, Lowering } from './lower';
import type { CallContext, Draft } from './lower';
import { printOps } from './print';
import type { Field, Note, ObjectSlot, Program, ProgramCall, Step, Task } from './program';
import { noWays, Scope } from './scope';
import type { StoreBuffers, Ways } from './scope';
import { eachStatement } from './statement';
import type { Statement } from './statement';
import { NO_RELEASE } from './vfs';
import { resolveCounters, resolveFds, resolveFiles } from './views';
import { processOf } from './world';
import type { Call, World } from './world';

/**
 * Specialises a design for one world and one list of (validated) calls. Drafts the steps twice: first to find how far each
 * counter can move and which fields never change, then with those bounds.
 * Throws on mistakes in the design's own data.
 */
export function compile(
  design: Design,
  options: Options,
  world: World,
  calls: readonly Call[],
): Program {
  const model = modelOf(design, { ...defaultOptions(design), ...options });
  const bounds = new Compiler(design, options, model, world, calls).findBounds();
  return new Compiler(design, options, model, world, calls, bounds).program();
}

const models = new WeakMap<Design, Map<string, DesignModel>>();

/** The design's model for a choice of options; the same object while the design is. */
function modelOf(design: Design, options: Options): DesignModel {
  const known = models.get(design) ?? new Map<string, DesignModel>();
  models.set(design, known);
  const key = JSON.stringify(options);
  const model = known.get(key) ?? design.model(options);
  known.set(key, model);
  return model;
}

/** The first value of every option. */
export function defaultOptions(design: Design): Options {
  return Object.fromEntries(design.options.map((o) => [o.id, o.values[0]!]));
}

/** Task names of a list of calls: processes in the world's order, each with its threads, then the drivers. */
function taskNames(world: World, calls: readonly Call[]): readonly string[] {
  const rank = (name: string): number => {
    const at = world.processes.indexOf(processOf(name));
    return at < 0 ? world.processes.length : at;
  };
  const thread = (name: string): number => Number(name.split('/')[1] ?? 1);
  return [...new Set(calls.map((c) => c.by))].sort(
    (a, b) => rank(a) - rank(b) || thread(a) - thread(b),
  );
}

interface Draftable {
  readonly id: string;
  readonly spec: StepSpec;
  readonly routine: Routine;
  readonly address: string;
  readonly guard: Expr;
  readonly waits: Step['waits'];
  readonly body: readonly Draft[];
  readonly call: number;
}

class Compiler {
  private readonly names: readonly string[];
  private readonly instances: Instances;
  private readonly layout: Layout;
  private readonly fields: Field[];
  private readonly notes: Note[] = [];
  private readonly programCalls: ProgramCall[] = [];
  private readonly results: number[] = [];
  private readonly pcs: number[] = [];
  private readonly shared = new Map<string, Draft>();
  private readonly ways = new Map<string, Ways>();
  private readonly buffers: {
    readonly task: number;
    readonly flag: number;
    readonly buffer: number;
  }[] = [];

  constructor(
    private readonly design: Design,
    private readonly options: Options,
    private readonly model: DesignModel,
    private readonly world: World,
    private readonly calls: readonly Call[],
    private readonly bounds?: readonly Bounds[],
  ) {
    this.names = taskNames(world, calls);
    this.instances = findInstances(world, calls);
    this.layout = layOut(model, this.instances, this.names.length, bounds);
    this.fields = this.layout.fields;
    const extra = (name: string, title: string, kind: 'pc' | 'result'): number => {
      const index = this.fields.length;
      this.fields.push({
        index,
        object: -1,
        name,
        title,
        kind,
        lo: 0,
        hi: 0,
        init: 0,
        constant: bounds ? !bounds[index]!.written : false,
      });
      return index;
    };
    this.names.forEach((n) => this.pcs.push(extra('pc', `${n}.pc`, 'pc')));
    if (world.storeBuffers) this.addStoreBuffers();
    calls.forEach((c, i) =>
      this.results.push(extra('result', `${c.by}:${c.call}#${i}.result`, 'result')),
    );
  }

  /** One delayed store per task and access flag. */
  private addStoreBuffers(): void {
    for (const flag of this.fields.filter((f) => isAccessFlag(this.layout, f))) {
      this.names.forEach((name, task) => {
        const index = this.fields.length;
        this.fields.push({
          index,
          object: flag.object,
          name: `${flag.name}@${name}`,
          title: `${flag.title} in the store buffer of ${name}`,
          kind: 'int',
          lo: 0,
          hi: flag.hi + 1,
          init: 0,
          constant: this.bounds ? !this.bounds[index]!.written : false,
        });
        this.buffers.push({ task, flag: flag.index, buffer: index });
      });
    }
  }

  private storeBuffersOf(task: number): StoreBuffers | undefined {
    if (!this.world.storeBuffers) return undefined;
    const used = this.buffers.filter((b) => !this.fields[b.buffer]!.constant);
    const others = new Map<number, number[]>();
    for (const b of used)
      if (b.task !== task) others.set(b.flag, [...(others.get(b.flag) ?? []), b.buffer]);
    return {
      own: new Map(this.buffers.filter((b) => b.task === task).map((b) => [b.flag, b.buffer])),
      others,
    };
  }

  /** For each task that may have a delayed store, a task that makes it visible at any moment. */
  private flushTasks(first: number): Task[] {
    return this.names
      .flatMap((name, task) => {
        const own = this.buffers.filter((b) => b.task === task && !this.fields[b.buffer]!.constant);
        return own.length === 0 ? [] : [{ name, own }];
      })
      .map(({ name, own }, i): Task => {
        const pc = this.fields.length;
        this.fields.push({
          index: pc,
          object: -1,
          name: 'pc',
          title: `${name}:flush.pc`,
          kind: 'pc',
          lo: 0,
          hi: 1,
          init: 0,
          constant: true,
        });
        const body = own.flatMap((b) => flushOne(b.flag, b.buffer)) as Statement[];
        const step: Step = {
          pc: 0,
          id: 'FLUSH',
          name: `${this.design.id}/flush/FLUSH`,
          title: `the store buffer of ${name} reaches memory`,
          routine: 'store buffer',
          cite: 'domain.md section 8, I5',
          confidence: 'DERIVED',
          call: this.programCalls.find((c) => this.names[c.task] === name)!.index,
          guard: any(own.map((b) => binary('ne', field(b.buffer), constant(0)))),
          waits: [],
          body: [...body, { op: 'jump', pc: 0 }],
          code: [`/* delayed stores of ${name} become visible */`],
          ops: [],
          touches: own.flatMap((b) => [b.flag, b.buffer]),
        };
        return {
          index: first + i,
          name: `${name}:flush`,
          process: processOf(name),
          pc,
          steps: [step],
        };
      });
  }

  /** What the steps, drafted without bounds, may do to each field. */
  findBounds(): Bounds[] {
    const bounds = this.fields.map((): Bounds => ({ ups: 0, downs: 0, stored: 0, written: false }));
    this.names.forEach((_, task) => {
      const { steps, calls } = this.draftTask(task);
      for (const c of calls) this.programCalls[c.index] = c;
      for (const s of steps)
        eachStatement(s.body as readonly Statement[], (st) => {
          if (st.op === 'set') widen(bounds[st.field]!, st.value);
        });
      bounds[this.pcs[task]!]!.written = true;
    });
    for (const c of this.programCalls)
      if (c.needs.some((n) => this.canFail(n))) bounds[c.result]!.written = true;
    return bounds;
  }

  program(): Program {
    // A call's place in its task is needed by calls that wait for it: steps are drafted first, pcs are known per task.
    const drafted = this.names.map((_, task) => this.draftTask(task));
    for (const d of drafted)
      d.calls.forEach((c) => {
        this.programCalls[c.index] = c;
      });
    const tasks = drafted.map((d, task): Task => ({
      index: task,
      name: this.names[task]!,
      process: processOf(this.names[task]!),
      pc: this.pcs[task]!,
      steps: d.steps.map((s, pc) => this.finishStep(s, pc)),
    }));
    if (this.bounds) tasks.push(...this.flushTasks(tasks.length));
    tasks.forEach((t) => {
      if (!t.name.endsWith(':flush'))
        this.fields[t.pc] = { ...this.fields[t.pc]!, hi: t.steps.length };
    });
    this.programCalls.forEach((c) => {
      this.fields[c.result] = {
        ...this.fields[c.result]!,
        hi: c.errnos.length + (c.needs.length > 0 ? 1 : 0),
      };
    });
    return {
      design: this.design,
      options: this.options,
      model: this.model,
      world: this.world,
      objects: this.layout.objects,
      fields: this.fields,
      tasks,
      calls: this.programCalls,
      files: resolveFiles(this.model, this.instances, this.layout),
      fds: resolveFds(this.instances, this.layout),
      counters: resolveCounters(this.model, this.layout),
      notes: this.notes,
    };
  }

  private draftTask(task: number): { steps: Draftable[]; calls: ProgramCall[] } {
    const steps: Draftable[] = [];
    const calls: ProgramCall[] = [];
    this.calls.forEach((call, index) => {
      if (call.by === this.names[task]) calls.push(this.draftCall(task, call, index, steps));
    });
    return { steps, calls };
  }

  private draftCall(task: number, call: Call, index: number, steps: Draftable[]): ProgramCall {
    const start = steps.length;
    const errnos: Errno[] = [];
    const releases = new Set<number>();
    const site = new CallSite(call, index, this.model, this.world, this.calls, this.instances);
    const context = (release: boolean): CallContext => ({
      world: this.world,
      task,
      result: this.results[index]!,
      errnos,
      fault: call.fault,
      release,
      callIndex: index,
      decide: (t) => site.decide(t),
      mayRelease: (file) => {
        releases.add(file.index);
      },
      note: (n) => (this.bounds ? this.notes.push(n) - 1 : 0),
      once: (key, make) => this.once(key, make),
      made: this.madeBy(call, index),
      closed: call.call === 'close' ? this.closedBy(call) : undefined,
      held:
        site.shared() && call.call !== 'close'
          ? this.fileObject(call.fd ?? call.iommufd!)
          : undefined,
      views: this.model.views,
      scopeOf: (o) => this.scope(o.anchor, {}, -1),
      mayBeDead: (o) => o.life === undefined || this.bounds?.[o.life]?.written !== false,
      sketch: this.bounds === undefined,
    });
    const own = this.scope(site.mainAnchor(), site.argAnchors(), task);
    const routine = site.routine();
    const entry = site.entrySteps();
    this.draftRoutine(
      { ...routine, steps: [...entry, ...routine.steps] },
      call.call,
      own,
      context(false),
      index,
      steps,
      entry.length,
    );
    const pcOfRelease = new Map<number, number>();
    // Release callbacks that this call may come to run; one may queue another.
    for (const file of releases) {
      const object = this.layout.objects[file]!;
      const body = object.anchor.fileKind && this.model.releases[object.anchor.fileKind];
      pcOfRelease.set(file, steps.length);
      this.draftRoutine(
        body ?? NO_RELEASE,
        `release_${object.anchor.fileKind}`,
        this.scope(object.anchor, {}, task),
        context(true),
        index,
        steps,
        0,
        object,
      );
    }
    const end = steps.length;
    const exit = this.bounds && this.exit(task, end, pcOfRelease);
    if (exit)
      for (let pc = start; pc < end; pc++)
        steps[pc] = { ...steps[pc]!, body: placed(steps[pc]!.body, exit) };
    const needs = site.needs();
    return { index, call, task, start, end, result: this.results[index]!, errnos, needs };
  }

  /** Return to user: the first queued release callback of this task, else the next call. */
  private exit(task: number, end: number, releases: ReadonlyMap<number, number>): Draft {
    return [...releases].reduceRight<Draft>(
      (rest, [file, pc]) => {
        const releaser = this.layout.objects[file]!.fields['releaser']!;
        return {
          op: 'if',
          cond: binary('eq', field(releaser), constant(task + 1)),
          then: [{ op: 'jump', pc }],
          otherwise: [rest],
        };
      },
      { op: 'jump', pc: end },
    );
  }

  private draftRoutine(
    routine: Routine,
    address: string,
    scope: Scope,
    context: CallContext,
    call: number,
    steps: Draftable[],
    entry: number,
    releasing?: ObjectSlot,
  ): void {
    const base = steps.length;
    const labels = new Map(routine.steps.map((s, i) => [s.id, base + i]));
    if (labels.size !== routine.steps.length)
      throw new Error(
        `${address}: two steps share an id: ${routine.steps.map((s) => s.id).join(', ')}`,
      );
    routine.steps.forEach((spec, i) => {
      const lowering = new Lowering(context, spec, labels, i < entry);
      const body = lowering.run(scope);
      if (i === routine.steps.length - 1 && !endsStep(body))
        throw new Error(`${address}/${spec.id}: the last step must return`);
      if (releasing) {
        if (i === 0) {
          body.unshift(
            { op: 'set', field: releasing.fields['releaser']!, value: constant(0) },
            {
              op: 'note',
              note: context.note({ kind: 'runRelease', object: releasing.index }),
              value: constant(0),
            },
          );
        }
        freeAtExit(body, releasing, context);
      }
      steps.push({
        id: spec.id,
        spec,
        routine,
        address: `${this.design.id}/${address}/${spec.id}`,
        guard: lowering.guard,
        waits: lowering.waits,
        body,
        call,
      });
    });
  }

  /** Whether a call may end without the result that it is to make. */
  private canFail(call: number): boolean {
    const { errnos, needs } = this.programCalls[call]!;
    return errnos.length > 0 || needs.length > 0;
  }

  private finishStep(s: Draftable, pc: number): Step {
    const call = this.programCalls[s.call]!;
    let { guard } = s;
    let waits = s.waits;
    let body = s.body as readonly Statement[];
    if (pc === call.start && call.needs.length > 0) {
      const failed: Expr[] = [];
      const ready: Expr[] = [];
      for (const n of call.needs) {
        const need = this.programCalls[n]!;
        const done =
          need.task === call.task
            ? TRUE
            : binary('le', constant(need.end), field(this.pcs[need.task]!));
        ready.push(done);
        if (need.task !== call.task)
          waits = [...waits, { kind: 'name', name: resultName(need.call, n), call: n }];
        if (this.canFail(n)) failed.push(binary('ne', field(need.result), constant(0)));
      }
      const skip = any(failed);
      guard = all([...ready, any([skip, guard])]);
      if (failed.length > 0) {
        const missing = call.needs.map((n) => resultName(this.programCalls[n]!.call, n)).join(', ');
        body = [
          {
            op: 'if',
            cond: skip,
            then: [
              {
                op: 'note',
                note: this.notes.push({ kind: 'skip', call: call.index, missing }) - 1,
                value: constant(0),
              },
              { op: 'set', field: call.result, value: constant(call.errnos.length + 1) },
              { op: 'jump', pc: call.end },
            ],
            otherwise: body,
          },
        ];
      }
    }
    const { fields } = this;
    // Asked for few steps only: those that somebody looks at.
    let touches: readonly number[] | undefined;
    return {
      pc,
      id: s.id,
      name: s.address,
      title: s.spec.title,
      routine: s.routine.name,
      cite: s.spec.cite ?? s.routine.cite,
      confidence: s.spec.confidence ?? 'SRC',
      call: s.call,
      guard,
      waits,
      body,
      code: codeOf(s.spec),
      ops: s.spec.ops,
      get touches() {
        return (touches ??= touchedBy(guard, body, fields));
      },
    };
  }

  private once(key: string, make: () => Draft): Draft {
    const known = this.shared.get(key) ?? make();
    this.shared.set(key, known);
    return known;
  }

  private scope(main: Anchor, args: Record<string, Anchor>, task: number): Scope {
    const buffers = task < 0 ? undefined : this.storeBuffersOf(task);
    const key = JSON.stringify([main, args]);
    const ways = this.ways.get(key) ?? noWays();
    this.ways.set(key, ways);
    return new Scope(
      this.layout,
      { main, args, bound: {}, task, ...(buffers ? { buffers } : {}) },
      ways,
    );
  }

  private madeBy(call: Call, index: number): CallContext['made'] {
    const fd = this.instances.fds.find((f) => f.call === index);
    if (!fd) return undefined;
    return {
      file: this.fileObject(fd.name),
      fd: this.fdObject(fd.name),
      name: fd.name,
      process: fd.process,
      fresh: call.call !== 'pass_fd',
    };
  }

  private closedBy(call: Call): CallContext['closed'] {
    const fd = this.instances.fds.find((f) => f.name === call.fd)!;
    return {
      file: this.fileObject(fd.name),
      fd: this.fdObject(fd.name),
      name: fd.name,
      process: fd.process,
    };
  }

  private fileObject(fd: string): ObjectSlot {
    return findObject(this.layout.objects, 'file', this.instances.fdAnchor(fd)!)!;
  }

  private fdObject(fd: string): ObjectSlot {
    return findObject(this.layout.objects, 'fd', this.instances.fdAnchor(fd)!)!;
  }
}

/** Adds one assignment to what is known of a field. */
function widen(b: Bounds, value: Expr): void {
  b.written = true;
  if (value.op === 'const') b.stored = Math.max(b.stored, value.value);
  else if (value.op === 'add') b.ups++;
  else if (value.op === 'sub') b.downs++;
  else b.stored = Number.MAX_SAFE_INTEGER;
}

/** The statements with every return to user as `exit`. */
function placed(body: readonly Draft[], exit: Draft): readonly Draft[] {
  if (!body.some((s) => s.op === 'exit' || s.op === 'if')) return body;
  return body.map((s): Draft => {
    if (s.op === 'exit') return exit;
    if (s.op !== 'if') return s;
    const then = placed(s.then, exit);
    const otherwise = placed(s.otherwise, exit);
    return then === s.then && otherwise === s.otherwise
      ? s
      : { op: 'if', cond: s.cond, then, otherwise };
  });
}

/** Fields of objects that a step reads or writes. */
function touchedBy(
  guard: Expr,
  body: readonly Statement[],
  fields: readonly Field[],
): readonly number[] {
  const touches = new Set<number>();
  const see = (i: number): void => {
    if (fields[i]!.object >= 0) touches.add(i);
  };
  fieldsRead(guard, see);
  eachStatement(body, (s) => {
    if (s.op === 'set') {
      see(s.field);
      fieldsRead(s.value, see);
    }
    if (s.op === 'if') fieldsRead(s.cond, see);
  });
  return [...touches];
}

const codes = new WeakMap<StepSpec, readonly string[]>();

/** The lines of a step, printed once. */
function codeOf(spec: StepSpec): readonly string[] {
  const code = codes.get(spec) ?? printOps(spec.ops);
  codes.set(spec, code);
  return code;
}

function isAccessFlag(layout: Layout, f: Field): boolean {
  if (f.object < 0) return false;
  const { spec } = layout.objects[f.object]!;
  const s = spec.fields[f.name];
  return (
    (spec.type === 'file' && f.name === 'f_op') || (s?.kind === 'bool' && s.accessFlag === true)
  );
}

/** A release callback frees its struct file when it ends. */
function freeAtExit(body: Draft[], file: ObjectSlot, context: CallContext): void {
  for (let i = 0; i < body.length; i++) {
    const s = body[i]!;
    if (s.op === 'if') {
      const then = [...s.then];
      const otherwise = [...s.otherwise];
      freeAtExit(then, file, context);
      freeAtExit(otherwise, file, context);
      body[i] = { ...s, then, otherwise };
    } else if (s.op === 'exit') {
      body.splice(
        i,
        0,
        { op: 'set', field: file.life!, value: constant(2) },
        {
          op: 'note',
          note: context.note({ kind: 'free', object: file.index }),
          value: constant(0),
        },
      );
      return;
    }
  }
}
