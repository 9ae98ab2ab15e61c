import { CallSite } from './callSite';
import type { Design, DesignModel, Options, Routine, StepSpec } from '../language/design';
import type { InstanceKey } from '../language/instanceKey';
import type { Errno } from '../language/errno';
import { all, any, binary, constant, field, fieldsRead, TRUE } from '../language/expressions';
import type { Expr } from '../language/expressions';
import { findInstances, resultName } from './instances';
import type { Instances } from './instances';
import { findObject, layOutState } from './stateLayout';
import type { FieldBounds, StateLayout } from './stateLayout';
import { endsStep, flushStore, Lowering } from './lower';
import type { CallContext, DraftStatement } from './lower';
import { printOps } from '../language/printOps';
import type { Field, EventTemplate, ObjectSlot, Program, ProgramCall, Step, Task } from './program';
import { emptyResolutionCache, Scope } from './scope';
import type { StoreBuffers, ResolutionCache } from './scope';
import { eachStatement } from '../language/statements';
import type { Statement } from '../language/statements';
import { EMPTY_RELEASE_ROUTINE } from '../language/vfs';
import { resolveCounters, resolveFds, resolveFiles } from './resolvePropertyInputs';
import { processOf } from '../language/world';
import type { Call, World } from '../language/world';

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

const modelCache = new WeakMap<Design, Map<string, DesignModel>>();

/** The design's model for a choice of options; the same object while the design is. */
function modelOf(design: Design, options: Options): DesignModel {
  const known = modelCache.get(design) ?? new Map<string, DesignModel>();
  modelCache.set(design, known);
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

interface DraftStep {
  readonly id: string;
  readonly spec: StepSpec;
  readonly routine: Routine;
  readonly name: string;
  readonly guard: Expr;
  readonly waits: Step['waits'];
  readonly body: readonly DraftStatement[];
  readonly call: number;
}

class Compiler {
  private readonly names: readonly string[];
  private readonly instances: Instances;
  private readonly layout: StateLayout;
  private readonly fields: Field[];
  private readonly eventTemplates: EventTemplate[] = [];
  private readonly programCalls: ProgramCall[] = [];
  private readonly results: number[] = [];
  private readonly pcs: number[] = [];
  private readonly sharedStatements = new Map<string, DraftStatement>();
  private readonly resolutionCaches = new Map<string, ResolutionCache>();
  private readonly storeBuffers: {
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
    private readonly bounds?: readonly FieldBounds[],
  ) {
    this.names = taskNames(world, calls);
    this.instances = findInstances(world, calls);
    this.layout = layOutState(model, this.instances, this.names.length, bounds);
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
        this.storeBuffers.push({ task, flag: flag.index, buffer: index });
      });
    }
  }

  private storeBuffersOf(task: number): StoreBuffers | undefined {
    if (!this.world.storeBuffers) return undefined;
    const used = this.storeBuffers.filter((b) => !this.fields[b.buffer]!.constant);
    const others = new Map<number, number[]>();
    for (const b of used)
      if (b.task !== task) others.set(b.flag, [...(others.get(b.flag) ?? []), b.buffer]);
    return {
      own: new Map(this.storeBuffers.filter((b) => b.task === task).map((b) => [b.flag, b.buffer])),
      others,
    };
  }

  /** For each task that may have a delayed store, a task that makes it visible at any moment. */
  private flushTasks(first: number): Task[] {
    return this.names
      .flatMap((name, task) => {
        const own = this.storeBuffers.filter(
          (b) => b.task === task && !this.fields[b.buffer]!.constant,
        );
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
        const body = own.flatMap((b) => flushStore(b.flag, b.buffer)) as Statement[];
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
          source: [`/* delayed stores of ${name} become visible */`],
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
  findBounds(): FieldBounds[] {
    const bounds = this.fields.map((): FieldBounds => ({
      increments: 0,
      decrements: 0,
      maxStored: 0,
      written: false,
    }));
    this.names.forEach((_, task) => {
      const { steps, calls } = this.draftTask(task);
      for (const c of calls) this.programCalls[c.index] = c;
      for (const s of steps)
        eachStatement(s.body as readonly Statement[], (st) => {
          if (st.op === 'set') widenBounds(bounds[st.field]!, st.value);
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
      eventTemplates: this.eventTemplates,
    };
  }

  private draftTask(task: number): { steps: DraftStep[]; calls: ProgramCall[] } {
    const steps: DraftStep[] = [];
    const calls: ProgramCall[] = [];
    this.calls.forEach((call, index) => {
      if (call.by === this.names[task]) calls.push(this.draftCall(task, call, index, steps));
    });
    return { steps, calls };
  }

  private draftCall(task: number, call: Call, index: number, steps: DraftStep[]): ProgramCall {
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
      isRelease: release,
      callIndex: index,
      evaluateStatic: (t) => site.evaluateStatic(t),
      addReleasable: (file) => {
        releases.add(file.index);
      },
      addEvent: (n) => (this.bounds ? this.eventTemplates.push(n) - 1 : 0),
      memoize: (key, make) => this.memoize(key, make),
      createdFd: this.createdFdOf(call, index),
      closedFd: call.call === 'close' ? this.closedFdOf(call) : undefined,
      heldFile:
        site.fdMayBeClosedDuring() && call.call !== 'close'
          ? this.fileObject(call.fd ?? call.iommufd!)
          : undefined,
      propertyInputs: this.model.propertyInputs,
      scopeOf: (o) => this.scopeFor(o.key, {}, -1),
      mayBeFreed: (o) => o.lifetime === undefined || this.bounds?.[o.lifetime]?.written !== false,
      boundsOnly: this.bounds === undefined,
    });
    const own = this.scopeFor(site.ownKey(), site.argumentKeys(), task);
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
      const body = object.key.fileKind && this.model.releases[object.key.fileKind];
      pcOfRelease.set(file, steps.length);
      this.draftRoutine(
        body ?? EMPTY_RELEASE_ROUTINE,
        `release_${object.key.fileKind}`,
        this.scopeFor(object.key, {}, task),
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
        steps[pc] = { ...steps[pc]!, body: resolveExits(steps[pc]!.body, exit) };
    const needs = site.needs();
    return { index, call, task, start, end, result: this.results[index]!, errnos, needs };
  }

  /** Return to user: the first queued release callback of this task, else the next call. */
  private exit(task: number, end: number, releases: ReadonlyMap<number, number>): DraftStatement {
    return [...releases].reduceRight<DraftStatement>(
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
    scopeFor: Scope,
    context: CallContext,
    call: number,
    steps: DraftStep[],
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
      const body = lowering.run(scopeFor);
      if (i === routine.steps.length - 1 && !endsStep(body))
        throw new Error(`${address}/${spec.id}: the last step must return`);
      if (releasing) {
        if (i === 0) {
          body.unshift(
            { op: 'set', field: releasing.fields['releaser']!, value: constant(0) },
            {
              op: 'note',
              event: context.addEvent({ kind: 'runRelease', object: releasing.index }),
              value: constant(0),
            },
          );
        }
        freeFileAtExit(body, releasing, context);
      }
      steps.push({
        id: spec.id,
        spec,
        routine,
        name: `${this.design.id}/${address}/${spec.id}`,
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

  private finishStep(s: DraftStep, pc: number): Step {
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
                event: this.eventTemplates.push({ kind: 'skip', call: call.index, missing }) - 1,
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
      name: s.name,
      title: s.spec.title,
      routine: s.routine.name,
      cite: s.spec.cite ?? s.routine.cite,
      confidence: s.spec.confidence ?? 'SRC',
      call: s.call,
      guard,
      waits,
      body,
      source: sourceOf(s.spec),
      ops: s.spec.ops,
      get touches() {
        return (touches ??= touchedFields(guard, body, fields));
      },
    };
  }

  private memoize(key: string, make: () => DraftStatement): DraftStatement {
    const known = this.sharedStatements.get(key) ?? make();
    this.sharedStatements.set(key, known);
    return known;
  }

  private scopeFor(main: InstanceKey, args: Record<string, InstanceKey>, task: number): Scope {
    const buffers = task < 0 ? undefined : this.storeBuffersOf(task);
    const key = JSON.stringify([main, args]);
    const ways = this.resolutionCaches.get(key) ?? emptyResolutionCache();
    this.resolutionCaches.set(key, ways);
    return new Scope(
      this.layout,
      {
        ownKey: main,
        argumentKeys: args,
        boundObjects: {},
        task,
        ...(buffers ? { storeBuffers: buffers } : {}),
      },
      ways,
    );
  }

  private createdFdOf(call: Call, index: number): CallContext['createdFd'] {
    const fd = this.instances.fds.find((f) => f.call === index);
    if (!fd) return undefined;
    return {
      file: this.fileObject(fd.name),
      fd: this.fdObject(fd.name),
      name: fd.name,
      process: fd.process,
      newFile: call.call !== 'pass_fd',
    };
  }

  private closedFdOf(call: Call): CallContext['closedFd'] {
    const fd = this.instances.fds.find((f) => f.name === call.fd)!;
    return {
      file: this.fileObject(fd.name),
      fd: this.fdObject(fd.name),
      name: fd.name,
      process: fd.process,
    };
  }

  private fileObject(fd: string): ObjectSlot {
    return findObject(this.layout.objects, 'file', this.instances.fdKey(fd)!)!;
  }

  private fdObject(fd: string): ObjectSlot {
    return findObject(this.layout.objects, 'fd', this.instances.fdKey(fd)!)!;
  }
}

/** Adds one assignment to what is known of a field. */
function widenBounds(b: FieldBounds, value: Expr): void {
  b.written = true;
  if (value.op === 'const') b.maxStored = Math.max(b.maxStored, value.value);
  else if (value.op === 'add') b.increments++;
  else if (value.op === 'sub') b.decrements++;
  else b.maxStored = Number.MAX_SAFE_INTEGER;
}

/** The statements with every return to user as `exit`. */
function resolveExits(
  body: readonly DraftStatement[],
  exit: DraftStatement,
): readonly DraftStatement[] {
  if (!body.some((s) => s.op === 'exit' || s.op === 'if')) return body;
  return body.map((s): DraftStatement => {
    if (s.op === 'exit') return exit;
    if (s.op !== 'if') return s;
    const then = resolveExits(s.then, exit);
    const otherwise = resolveExits(s.otherwise, exit);
    return then === s.then && otherwise === s.otherwise
      ? s
      : { op: 'if', cond: s.cond, then, otherwise };
  });
}

/** Fields of objects that a step reads or writes. */
function touchedFields(
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

const sourceCache = new WeakMap<StepSpec, readonly string[]>();

/** The lines of a step, printed once. */
function sourceOf(spec: StepSpec): readonly string[] {
  const code = sourceCache.get(spec) ?? printOps(spec.ops);
  sourceCache.set(spec, code);
  return code;
}

function isAccessFlag(layout: StateLayout, f: Field): boolean {
  if (f.object < 0) return false;
  const { spec } = layout.objects[f.object]!;
  const s = spec.fields[f.name];
  return (
    (spec.type === 'file' && f.name === 'f_op') || (s?.kind === 'bool' && s.accessFlag === true)
  );
}

/** A release callback frees its struct file when it ends. */
function freeFileAtExit(body: DraftStatement[], file: ObjectSlot, context: CallContext): void {
  for (let i = 0; i < body.length; i++) {
    const s = body[i]!;
    if (s.op === 'if') {
      const then = [...s.then];
      const otherwise = [...s.otherwise];
      freeFileAtExit(then, file, context);
      freeFileAtExit(otherwise, file, context);
      body[i] = { ...s, then, otherwise };
    } else if (s.op === 'exit') {
      body.splice(
        i,
        0,
        { op: 'set', field: file.lifetime!, value: constant(2) },
        {
          op: 'note',
          event: context.addEvent({ kind: 'free', object: file.index }),
          value: constant(0),
        },
      );
      return;
    }
  }
}
