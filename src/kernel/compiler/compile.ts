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
import type { Call, World } from '../language/world';
import { emitEvent } from './callContext';
import type { CallContext } from './callContext';
import { CallSite } from './callSite';
import { endsStep, insertBeforeExits, resolveExits } from './draftStatements';
import { modelOf } from './designModel';
import type { DraftStatement } from './draftStatements';
import { canFail, finishStep } from './finishStep';
import type { DraftStep } from './finishStep';
import { findInstances } from './instances';
import type { Instances } from './instances';
import { Lowering } from './lower';
import type { EventTemplate, Field, ObjectSlot, Program, ProgramCall, Task } from './program';
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

/**
 * Specialises a design for one world and one list of validated calls. Drafts the steps twice: first to find the range of
 * each counter and the fields that never change, then with those bounds.
 * Throws on errors in the design's data.
 */
export function compile(
  design: Design,
  options: Options,
  world: World,
  calls: readonly Call[],
): Program {
  const model = modelOf(design, options);
  const seen = model.objects.some((o) => o.ownForVf) ? withOwnDevsets(world) : world;
  const bounds = new Compiler(design, options, model, seen, calls).findBounds();
  return new Compiler(design, options, model, seen, calls, bounds).program();
}

/** The world with one reset set per virtual function. */
function withOwnDevsets(world: World): World {
  return {
    ...world,
    devices: world.devices.map((d) => (d.vf ? { ...d, devset: d.name } : d)),
  };
}

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
  private readonly storeBuffers: readonly StoreBufferField[];

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
    this.storeBuffers = world.storeBuffers
      ? addStoreBufferFields(this.layout, this.names, bounds)
      : [];
    calls.forEach((c, i) =>
      this.results.push(extra('result', `${c.by}:${c.call}#${i}.result`, 'result')),
    );
  }

  /** What the steps, drafted without bounds, can do to each field. */
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
      if (c.afterExit || c.needs.some((n) => canFail(this.programCalls[n]!)))
        bounds[c.result]!.written = true;
    return bounds;
  }

  program(): Program {
    // Draft all tasks before finishing any step: a call that waits for another one needs its pc range.
    const drafts = this.names.map((_, task) => this.draftTask(task));
    for (const c of drafts.flatMap((d) => d.calls)) this.programCalls[c.index] = c;
    const soFar = {
      calls: this.programCalls,
      pcs: this.pcs,
      fields: this.fields,
      addEvent: (template: EventTemplate) => this.eventTemplates.push(template) - 1,
      style: { modelOnly: false, isPointer: pointerTest(this.model.objects) },
    };
    const tasks = drafts.map((d, task): Task => ({
      index: task,
      name: this.names[task]!,
      process: processOf(this.names[task]!),
      pc: this.pcs[task]!,
      steps: d.steps.map((s, pc) => finishStep(s, pc, soFar)),
    }));
    tasks.push(
      ...flushTasks(this.design.id, this.names, this.storeBuffers, this.fields, this.programCalls),
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
      counters: resolveCounters(this.model.propertyInputs.counters, this.layout),
      groupDomains: resolveCounters(
        this.model.propertyInputs.groupDomain ? [this.model.propertyInputs.groupDomain] : [],
        this.layout,
      ),
      unregisterDelays: resolveUnregisterDelays(
        this.model,
        this.instances,
        this.layout,
        this.world,
      ),
      stated: resolveStated(this.model, this.layout),
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
    const errnos: CallError[] = [];
    const releases = new Set<number>(this.releasedAtExit(call));
    const site = new CallSite(call, index, this.model, this.calls, this.instances);
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
      addEvent: (template) => (this.bounds ? this.eventTemplates.push(template) - 1 : 0),
      memoize: (key, make) => this.memoize(key, make),
      createdFd: this.createdFdOf(call, index),
      heldFile:
        site.looksUpFd() && site.fdMayBeClosedDuring()
          ? this.fileObject(call.fd ?? call.iommufd!)
          : undefined,
      propertyInputs: this.model.propertyInputs,
      scopeOf: (o) => this.scopeFor(o.key, {}, -1),
      objects: this.layout.objects,
      mayBeFreed: (o) => o.lifetime === undefined || this.bounds?.[o.lifetime]?.written !== false,
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
      index,
      steps,
      entry.length,
    );
    const pcOfRelease = new Map<number, number>();
    // Release callbacks that this call may run; lowering one may add another to the set.
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
    const exit = this.bounds && this.returnToUser(task, end, pcOfRelease);
    if (exit)
      for (let pc = start; pc < end; pc++)
        steps[pc] = { ...steps[pc]!, body: resolveExits(steps[pc]!.body, exit) };
    const result = this.results[index]!;
    return {
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
    call: number,
    steps: DraftStep[],
    entrySteps: number,
    releasing?: ObjectSlot,
  ): void {
    const base = steps.length;
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
        name: `${this.design.id}/${routineName}/${spec.id}`,
        guard: lowering.guard,
        waits: lowering.waits,
        body,
        call,
      });
    });
  }

  private memoize(key: string, make: () => DraftStatement): DraftStatement {
    const shared = this.sharedStatements.get(key) ?? make();
    this.sharedStatements.set(key, shared);
    return shared;
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

/** Widens a field's bounds by one assignment. */
function widenBounds(b: FieldBounds, value: Expr): void {
  b.written = true;
  if (value.op === 'const') b.maxStored = Math.max(b.maxStored, value.value);
  else if (value.op === 'add') b.increments++;
  else if (value.op === 'sub') b.decrements++;
  else b.maxStored = Number.MAX_SAFE_INTEGER;
}
