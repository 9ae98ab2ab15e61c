import type { Design, DesignModel, Options, Routine } from '../language/design';
import type { CallError } from '../language/errno';
import { binary, constant, field } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { InstanceKey } from '../language/instanceKey';
import { pointerTest } from '../language/printOps';
import { eachStatement } from '../language/statements';
import type { Statement } from '../language/statements';
import { EMPTY_RELEASE_ROUTINE } from '../language/vfs';
import { processOf } from '../language/world';
import type { Call, FileKind, World } from '../language/world';
import { emitEvent } from './callContext';
import type { CallContext } from './callContext';
import { CallSite } from './callSite';
import { endsStep, insertBeforeExits, resolveExits } from './draftStatements';
import type { DraftStatement } from './draftStatements';
import { canFail, finishStep } from './finishStep';
import type { DraftStep } from './finishStep';
import { findInstances } from './instances';
import type { Instances } from './instances';
import { Lowering } from './lower';
import type { EventTemplate, Field, ObjectSlot, Program, ProgramCall, Step, Task } from './program';
import {
  resolveCounters,
  resolveStated,
  resolveUnregisterDelays,
  resolveFds,
  resolveFiles,
} from './resolvePropertyInputs';
import { emptyResolutionCache, Scope } from './scope';
import type { PathRoots, ResolutionCache } from './scope';
import { findObject, layOutState } from './stateLayout';
import type { FieldBounds, StateLayout } from './stateLayout';
import { addStoreBufferFields, flushTasks, storeBuffersOf } from './storeBuffers';
import type { StoreBufferField } from './storeBuffers';

/** Task names of a list of calls: processes in the world's order, each with its threads, then the drivers. */
function taskNames(world: World, calls: readonly Call[]): readonly string[] {
  const rank = (name: string): number => {
    const index = world.processes.indexOf(processOf(name));
    return index < 0 ? world.processes.length : index;
  };
  const thread = (name: string): number => Number(name.split('/')[1] ?? 1);
  return [...new Set(calls.map((c) => c.by))].sort(
    (a, b) => rank(a) - rank(b) || thread(a) - thread(b),
  );
}

type ResolvedInputs = Pick<
  Program,
  'files' | 'fds' | 'counters' | 'groupDomains' | 'unregisterDelays' | 'stated'
>;

/** A call whose steps are lowered, with what they were lowered from. */
interface DraftedCall {
  readonly call: ProgramCall;
  readonly steps: readonly DraftStep[];
  readonly routine: Routine;
  /** By kind of file: the release callbacks that it may run. */
  readonly releases: ReadonlyMap<FileKind, Routine | undefined>;
  /** The fields whose bounds decided how. */
  readonly bounded: ReadonlySet<number>;
  /** The event templates that only its steps use. */
  readonly events: readonly number[];
  finished:
    | { readonly key: string; readonly steps: readonly Step[]; readonly events: readonly number[] }
    | undefined;
}

/** A statement of several calls. */
interface SharedStatement {
  readonly statement: DraftStatement;
  readonly events: readonly number[];
  /** The fields whose bounds decided what it is. */
  readonly bounded: ReadonlySet<number>;
}

const UNUSED_EVENT: EventTemplate = { kind: 'say', text: '' };

/** Compiles the versions of a design for one world and list of calls, with one state layout. Without `bounds` it finds them. */
export class Compiler {
  private readonly names: readonly string[];
  private readonly instances: Instances;
  private readonly layout: StateLayout;
  private readonly fields: Field[];
  private readonly eventTemplates: EventTemplate[] = [];
  private readonly programCalls: ProgramCall[] = [];
  private readonly results: number[] = [];
  private readonly pcs: number[] = [];
  private readonly sharedStatements = new Map<string, SharedStatement>();
  private readonly resolutionCaches = new Map<string, ResolutionCache>();
  private readonly storeBuffers: readonly StoreBufferField[];
  private readonly drafted: DraftedCall[] = [];
  private readonly unusedEvents: number[] = [];
  private newEvents: number[] = [];
  /** The fields whose bounds the current draft has asked for. */
  private bounded = new Set<number>();
  private changedBounds: readonly number[] = [];
  private resolved: ResolvedInputs | undefined;

  constructor(
    private readonly designId: string,
    private model: DesignModel,
    private readonly world: World,
    private readonly calls: readonly Call[],
    private bounds?: readonly FieldBounds[],
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
    this.storeBuffers = world.storeBuffers
      ? addStoreBufferFields(this.layout, this.names, bounds)
      : [];
    calls.forEach((c, i) =>
      this.results.push(extra('result', `${c.by}:${c.call}#${i}.result`, 'result')),
    );
  }

  /** Whether the layout of a model is that of this compiler's. */
  hasObjectsOf({ objects, propertyInputs }: DesignModel): boolean {
    return objects === this.model.objects && propertyInputs === this.model.propertyInputs;
  }

  /** Goes on with the bounds of the next version. The next program drafts the calls that depend on changed ones. */
  changeBounds(bounds: readonly FieldBounds[]): void {
    const { bounds: before = [], fields } = this;
    this.bounds = bounds;
    this.changedBounds = [];
    if (bounds.every((each, index) => sameBounds(each, before[index]))) return;
    const layout = layOutState(this.model, this.instances, this.names.length, bounds);
    const changed = bounds.flatMap(({ written }, index) => {
      const last = fields[index]!;
      const field = layout.fields[index] ?? { ...last, constant: !written };
      if (field.lo === last.lo && field.hi === last.hi && field.constant === last.constant)
        return [];
      fields[index] = field;
      return [index];
    });
    this.changedBounds = changed;
    for (const [key, { events, bounded }] of this.sharedStatements) {
      if (!changed.some((index) => bounded.has(index))) continue;
      this.dropEvents(events);
      this.sharedStatements.delete(key);
    }
  }

  /** What the steps, drafted without bounds, can do to each field. */
  findBounds(model: DesignModel): FieldBounds[] {
    this.model = model;
    const bounds = this.fields.map((): FieldBounds => ({
      increments: 0,
      decrements: 0,
      maxStored: 0,
      written: false,
    }));
    this.names.forEach((_, task) => {
      for (const { steps } of this.draftTask(task))
        for (const s of steps)
          eachStatement(s.body as readonly Statement[], (st) => {
            if (st.op === 'set') widenBounds(bounds[st.field]!, st.value);
          });
      bounds[this.pcs[task]!]!.written = true;
    });
    for (const c of this.programCalls)
      if (c.afterExit || c.needs.some((n) => canFail(this.programCalls[n]!)))
        bounds[c.result]!.written = true;
    return bounds;
  }

  program(design: Design, options: Options, model: DesignModel): Program {
    this.model = model;
    // Draft all tasks before finishing any step: a call that waits for another one needs its pc range.
    const drafts = this.names.map((_, task) => this.draftTask(task));
    const tasks = drafts.map((calls, task): Task => ({
      index: task,
      name: this.names[task]!,
      process: processOf(this.names[task]!),
      pc: this.pcs[task]!,
      steps: calls.flatMap((drafted) => this.finishCall(drafted)),
    }));
    tasks.push(
      ...flushTasks(this.designId, this.names, this.storeBuffers, this.fields, this.programCalls),
    );
    tasks.forEach((t) => {
      if (!t.name.endsWith(':flush'))
        this.fields[t.pc] = { ...this.fields[t.pc]!, hi: t.steps.length };
    });
    this.programCalls.forEach((c) => {
      this.fields[c.result] = {
        ...this.fields[c.result]!,
        hi: c.errnos.length + (c.afterExit || c.needs.length > 0 ? 1 : 0),
      };
    });
    this.resolved ??= this.resolveInputs();
    return {
      design,
      options,
      model,
      world: this.world,
      objects: this.layout.objects,
      fields: [...this.fields],
      tasks,
      calls: [...this.programCalls],
      ...this.resolved,
      eventTemplates: [...this.eventTemplates],
    };
  }

  /** What the properties ask of the scenario. */
  private resolveInputs(): ResolvedInputs {
    const { model, instances, layout } = this;
    const { counters, groupDomain } = model.propertyInputs;
    return {
      files: resolveFiles(model, instances, layout),
      fds: resolveFds(instances, layout),
      counters: resolveCounters(counters, layout),
      groupDomains: resolveCounters(groupDomain ? [groupDomain] : [], layout),
      unregisterDelays: resolveUnregisterDelays(model, instances, layout, this.world),
      stated: resolveStated(model, layout),
    };
  }

  private draftTask(task: number): readonly DraftedCall[] {
    const drafts: DraftedCall[] = [];
    let start = 0;
    this.calls.forEach((call, index) => {
      if (call.by !== this.names[task]) return;
      const drafted = this.draftedCall(task, call, index, start);
      drafts.push(drafted);
      this.programCalls[index] = drafted.call;
      start = drafted.call.end;
    });
    return drafts;
  }

  /** The last draft of the call if its routines are still the same, else another. */
  private draftedCall(task: number, call: Call, index: number, start: number): DraftedCall {
    const site = new CallSite(call, index, this.model, this.calls, this.instances);
    const last = this.drafted[index];
    if (
      last?.call.start === start &&
      last.routine === site.routine() &&
      [...last.releases].every(([kind, body]) => this.model.releases[kind] === body) &&
      !this.changedBounds.some((index) => last.bounded.has(index))
    )
      return last;
    this.dropEvents(last?.events);
    this.dropEvents(last?.finished?.events);
    this.newEvents = [];
    this.bounded = new Set();
    return (this.drafted[index] = this.draftCall(task, call, index, start, site));
  }

  private addEvent(template: EventTemplate): number {
    const unused = this.unusedEvents.pop();
    const index = unused ?? this.eventTemplates.length;
    this.eventTemplates[index] = template;
    this.newEvents.push(index);
    return index;
  }

  private dropEvents(events: readonly number[] = []): void {
    for (const index of events) this.eventTemplates[index] = UNUSED_EVENT;
    this.unusedEvents.push(...events);
  }

  private finishCall(drafted: DraftedCall): readonly Step[] {
    const { call, steps } = drafted;
    const key = JSON.stringify(
      [...call.needs, ...call.after].map((n) => {
        const { end, afterExit, errnos, needs } = this.programCalls[n]!;
        return [end, canFail({ afterExit, errnos, needs })];
      }),
    );
    if (drafted.finished?.key === key) return drafted.finished.steps;
    this.dropEvents(drafted.finished?.events);
    this.newEvents = [];
    const soFar = {
      calls: this.programCalls,
      pcs: this.pcs,
      fields: this.fields,
      addEvent: (template: EventTemplate) => this.addEvent(template),
      style: { modelOnly: false, isPointer: pointerTest(this.model.objects) },
    };
    const finished = steps.map((s, i) => finishStep(s, call.start + i, soFar));
    drafted.finished = { key, steps: finished, events: this.newEvents };
    return finished;
  }

  private draftCall(
    task: number,
    call: Call,
    index: number,
    start: number,
    site: CallSite,
  ): DraftedCall {
    const steps: DraftStep[] = [];
    const errnos: CallError[] = [];
    const releases = new Set<number>(this.releasedAtExit(call));
    const context = (isRelease: boolean): CallContext => ({
      world: this.world,
      task,
      result: this.results[index]!,
      errnos,
      fault: call.fault,
      isRelease,
      callIndex: index,
      evaluateStatic: (test) => site.evaluateStatic(test),
      addReleasable: (file) => {
        releases.add(file.index);
      },
      addEvent: (template) => (this.bounds ? this.addEvent(template) : 0),
      memoize: (key, make) => this.memoize(key, make),
      createdFd: this.createdFdOf(call, index),
      heldFile:
        site.looksUpFd() && site.fdMayBeClosedDuring()
          ? this.fileObject(call.fd ?? call.iommufd!)
          : undefined,
      propertyInputs: this.model.propertyInputs,
      scopeOf: (o) => this.scopeFor(o.key, {}, -1),
      objects: this.layout.objects,
      mayBeFreed: ({ lifetime }) => {
        if (lifetime === undefined) return true;
        this.bounded.add(lifetime);
        return this.bounds?.[lifetime]?.written !== false;
      },
      boundedField: (field) => {
        this.bounded.add(field);
        return this.fields[field]!;
      },
      boundsOnly: this.bounds === undefined,
    });
    const own = this.scopeFor(site.ownKey(), site.argumentKeys(), task, (arg) =>
      site.fdNumber(arg),
    );
    const routine = site.routine();
    const entry = site.entrySteps();
    this.draftRoutine(
      { ...routine, steps: [...entry, ...routine.steps] },
      call.call,
      own,
      context(false),
      start,
      steps,
      entry.length,
    );
    const pcOfRelease = new Map<number, number>();
    const bodies = new Map<FileKind, Routine | undefined>();
    // Release callbacks that this call may run; lowering one may add another to the set.
    for (const file of releases) {
      const object = this.layout.objects[file]!;
      const { fileKind } = object.key;
      const body = fileKind && this.model.releases[fileKind];
      if (fileKind) bodies.set(fileKind, body);
      pcOfRelease.set(file, start + steps.length);
      this.draftRoutine(
        body ?? EMPTY_RELEASE_ROUTINE,
        `release_${fileKind}`,
        this.scopeFor(object.key, {}, task),
        context(true),
        start,
        steps,
        0,
        object,
      );
    }
    const end = start + steps.length;
    const exit = this.bounds && this.returnToUser(task, end, pcOfRelease);
    const result = this.results[index]!;
    return {
      call: {
        index,
        call,
        task,
        start,
        end,
        result,
        errnos,
        needs: site.needs(),
        after: site.after(),
        afterExit: site.isAfterExit(),
      },
      steps: exit ? steps.map((s) => ({ ...s, body: resolveExits(s.body, exit) })) : steps,
      routine,
      releases: bodies,
      bounded: this.bounded,
      events: this.newEvents,
      finished: undefined,
    };
  }

  /** The files of an exiting process, last fd first: task_work_run starts with the work that was queued last. */
  private releasedAtExit({ call, by }: Call): number[] {
    if (call !== 'process_exit') return [];
    return this.instances.fds
      .filter((fd) => fd.process === processOf(by))
      .map((fd) => this.fileObject(fd.name).index)
      .toReversed();
  }

  /** Return to user: jumps to the first release callback queued for this task, else to the next call. */
  private returnToUser(
    task: number,
    end: number,
    releases: ReadonlyMap<number, number>,
  ): DraftStatement {
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
    routineName: string,
    scope: Scope,
    context: CallContext,
    start: number,
    steps: DraftStep[],
    entrySteps: number,
    releasing?: ObjectSlot,
  ): void {
    const base = start + steps.length;
    const labels = new Map(routine.steps.map((s, i) => [s.id, base + i]));
    if (labels.size !== routine.steps.length)
      throw new Error(
        `${routineName}: step ids must be unique, got ${routine.steps.map((s) => s.id).join(', ')}`,
      );
    routine.steps.forEach((spec, i) => {
      const lowering = new Lowering(context, spec, labels, i < entrySteps);
      const body = lowering.run(scope);
      if (i === routine.steps.length - 1 && !endsStep(body))
        throw new Error(
          `${routineName}/${spec.id}: the last step of a routine must return or jump`,
        );
      if (releasing) {
        if (i === 0) {
          body.unshift(
            { op: 'set', field: releasing.fields['releaser']!, value: constant(0) },
            emitEvent(context, { kind: 'runRelease', object: releasing.index }),
          );
        }
        insertBeforeExits(body, () => [
          { op: 'set', field: releasing.lifetime!, value: constant(2) },
          emitEvent(context, { kind: 'free', object: releasing.index }),
        ]);
      }
      steps.push({
        id: spec.id,
        spec,
        routine,
        name: `${this.designId}/${routineName}/${spec.id}`,
        guard: lowering.guard,
        waits: lowering.waits,
        body,
        call: context.callIndex,
      });
    });
  }

  /** A statement that several calls share; its events stay. */
  private memoize(key: string, make: () => DraftStatement): DraftStatement {
    const known = this.sharedStatements.get(key);
    const { newEvents, bounded } = this;
    if (!known) {
      this.newEvents = [];
      this.bounded = new Set();
    }
    const shared = known ?? {
      statement: make(),
      events: this.newEvents,
      bounded: this.bounded,
    };
    this.sharedStatements.set(key, shared);
    this.newEvents = newEvents;
    this.bounded = bounded;
    for (const field of shared.bounded) bounded.add(field);
    return shared.statement;
  }

  /** `task` -1: memory as it is, without store buffers. */
  private scopeFor(
    ownKey: InstanceKey,
    argumentKeys: Record<string, InstanceKey>,
    task: number,
    fdNumber?: PathRoots['fdNumber'],
  ): Scope {
    const buffers =
      task < 0 || !this.world.storeBuffers
        ? undefined
        : storeBuffersOf(task, this.storeBuffers, this.fields);
    const key = JSON.stringify([ownKey, argumentKeys]);
    const cache = this.resolutionCaches.get(key) ?? emptyResolutionCache();
    this.resolutionCaches.set(key, cache);
    return new Scope(
      this.layout,
      {
        ownKey,
        argumentKeys,
        boundObjects: {},
        task,
        ...(fdNumber ? { fdNumber } : {}),
        ...(buffers ? { storeBuffers: buffers } : {}),
      },
      cache,
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

  private fileObject(fd: string): ObjectSlot {
    return findObject(this.layout.objects, 'file', this.instances.fdKey(fd)!)!;
  }

  private fdObject(fd: string): ObjectSlot {
    return findObject(this.layout.objects, 'fd', this.instances.fdKey(fd)!)!;
  }
}

function sameBounds(a: FieldBounds, b: FieldBounds | undefined): boolean {
  return (
    b !== undefined &&
    a.increments === b.increments &&
    a.decrements === b.decrements &&
    a.maxStored === b.maxStored &&
    a.written === b.written
  );
}

/** Widens a field's bounds by one assignment. */
function widenBounds(b: FieldBounds, value: Expr): void {
  b.written = true;
  if (value.op === 'const') b.maxStored = Math.max(b.maxStored, value.value);
  else if (value.op === 'add') b.increments++;
  else if (value.op === 'sub') b.decrements++;
  else b.maxStored = Number.MAX_SAFE_INTEGER;
}
