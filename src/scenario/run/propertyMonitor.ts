import { caveatText, fieldText } from '../../kernel/machine/describeEvent';
import { currentCall, callResult, callStatus, currentWait } from '../../kernel/machine/machine';
import type { StepEvent } from '../../kernel/machine/machine';
import type { Program, Step } from '../../kernel/compiler/program';
import { cleanUnwind, fieldsNotRestored } from '../../kernel/properties/cleanUnwind';
import { LockOrderGraph, locksHeld } from '../../kernel/properties/lockOrder';
import { waitCycle } from '../../kernel/properties/noDeadlock';
import type { Violation } from '../../kernel/properties/properties';
import {
  stuckUnregister,
  unregisterLive,
  unregisterWaits,
  activeUnregisterWaits,
} from '../../kernel/properties/unregisterLive';
import type { UnregisterWait } from '../../kernel/properties/unregisterLive';
import { StateCheckMonitor } from './stateCheckMonitor';

/** Sees the rules that one run breaks: those of a state, of a step, and those that need the run's past. */
export class PropertyMonitor {
  private readonly locks = new LockOrderGraph();
  private readonly reported = new Set<string>();
  private readonly stateChecks: StateCheckMonitor;
  private readonly checksUnwind: boolean;
  /** The call that began last and runs undisturbed so far, with the state before it. */
  private isolatedCall:
    { readonly task: number; readonly call: number; readonly before: Int32Array } | undefined;
  private held: readonly number[] = [];
  private readonly checksUnregister: boolean;
  private readonly withdrawals: readonly UnregisterWait[];
  /** By task: the unregister calls that waited already when its current call began. */
  private readonly withdrawnAtStart = new Map<number, readonly UnregisterWait[]>();

  constructor(private readonly program: Program) {
    this.stateChecks = new StateCheckMonitor(program);
    this.checksUnregister = unregisterLive.appliesTo(program);
    this.withdrawals = unregisterWaits(program);
    this.checksUnwind = cleanUnwind.appliesTo(program);
  }

  /** To be called before a step of `task`. */
  before(state: Int32Array, task: number): void {
    this.held = locksHeld(this.program, state, task);
    const call = currentCall(this.program, state, task);
    if (
      this.withdrawals.length > 0 &&
      call &&
      callStatus(this.program, state, call.index) === 'waiting'
    )
      this.withdrawnAtStart.set(task, activeUnregisterWaits(this.program, this.withdrawals, state));
    if (this.isolatedCall?.task !== task || this.isolatedCall.call !== call?.index) {
      const begins =
        call !== undefined && callStatus(this.program, state, call.index) === 'waiting';
      this.isolatedCall =
        begins && this.checksUnwind ? { task, call: call.index, before: state.slice() } : undefined;
    }
  }

  /** To be called after it: what is broken now and was not told before. */
  after(
    state: Int32Array,
    task: number,
    step: Step,
    events: readonly StepEvent[],
  ): readonly Violation[] {
    const found: Violation[] = [];
    for (const { template: note } of events)
      if (note.kind === 'violation')
        found.push({
          property: note.property,
          text: `${this.name(task)} ${note.text}`,
          object: note.object,
        });
    // A text may say what the state holds, which changes: a check is told once all the same.
    for (const check of this.stateChecks.next(state))
      found.push({
        property: check.property,
        text: check.describe?.(state) ?? check.text,
        object: check.object,
      });
    found.push(
      ...this.postponed(state, task, step, events),
      ...this.hungUnregister(state),
      ...this.lockOrder(task, step, events),
      ...this.deadlock(state),
      ...this.unwind(state),
    );
    return found
      .map((v) => ({ ...v, text: v.text + caveatText(this.program, v.property) }))
      .filter((v) => {
        const key = `${v.property} ${v.object ?? ''} ${v.text}`;
        if (this.reported.has(key)) return false;
        this.reported.add(key);
        return true;
      });
  }

  private lockOrder(task: number, step: Step, events: readonly StepEvent[]): Violation[] {
    const held = [...this.held];
    const found: Violation[] = [];
    for (const { template: note } of events) {
      if (note.kind === 'unlock') held.splice(held.indexOf(note.field), 1);
      if (note.kind !== 'lock') continue;
      for (const h of held) {
        const cycle = this.locks.add({ held: h, taken: note.field, task, step: step.name });
        if (!cycle) continue;
        const chain = cycle.map(
          (e) =>
            `${this.title(e.held)} then ${this.title(e.taken)} (${this.name(e.task)}, ${e.step})`,
        );
        found.push({
          property: 'lock-order',
          text: `locks are taken in a circle of orders: ${chain.join('; ')}`,
          object: this.program.fields[note.field]?.object,
        });
      }
      held.push(note.field);
    }
    return found;
  }

  /** A call that began when the registration was withdrawn, and still keeps unregister waiting. */
  private postponed(
    state: Int32Array,
    task: number,
    step: Step,
    events: readonly StepEvent[],
  ): Violation[] {
    const waiting = activeUnregisterWaits(
      this.program,
      this.withdrawnAtStart.get(task) ?? [],
      state,
    );
    return waiting
      .filter((w) =>
        events.some(
          ({ template: note }) => note.kind === 'count' && note.by > 0 && note.field === w.counter,
        ),
      )
      .map((w) => ({
        property: 'unregister-live',
        object: this.program.fields[w.counter]?.object,
        text: `${this.name(task)}'s ${this.program.calls[step.call]?.call.call} began after ${this.name(w.task)} had withdrawn the registration, and raises ${this.title(w.counter)}: unregister can be put off for ever`,
      }));
  }

  private hungUnregister(state: Int32Array): Violation[] {
    const call = this.checksUnregister ? stuckUnregister(this.program, state)?.call : undefined;
    if (!call) return [];
    return [
      {
        property: 'unregister-live',
        object: undefined,
        text: `${call.by}'s unregister_device of ${call.device} can never return, although every file of ${call.device} is closed`,
      },
    ];
  }

  private deadlock(state: Int32Array): Violation[] {
    const cycle = waitCycle(this.program, state);
    if (!cycle) return [];
    // Written from its lowest task, so that one circle has one text.
    const first = cycle.indexOf(Math.min(...cycle));
    const names = [...cycle.slice(first), ...cycle.slice(0, first)].map((t) => this.name(t));
    if (cycle.length === 1) return this.selfDeadlock(state, cycle[0] as number);
    return [
      {
        property: 'no-deadlock',
        text: `${[...names, names[0]].join(' waits for ')}, for ever`,
        object: undefined,
      },
    ];
  }

  /** A task that waits for a lock of its own. */
  private selfDeadlock(state: Int32Array, task: number): Violation[] {
    const wait = currentWait(this.program, state, task);
    const lock = wait?.kind === 'mutex' ? wait.field : -1;
    const object = this.program.fields[lock]?.object;
    return [
      {
        property: 'lock-order',
        text: `${this.name(task)} takes ${this.title(lock)}, which it holds already`,
        object,
      },
      { property: 'no-deadlock', text: `${this.name(task)} waits for itself, for ever`, object },
    ];
  }

  private unwind(state: Int32Array): Violation[] {
    const { isolatedCall: alone, program } = this;
    if (!alone || callStatus(program, state, alone.call) !== 'done') return [];
    this.isolatedCall = undefined;
    const errno = callResult(program, state, alone.call);
    const call = program.calls[alone.call]?.call;
    if (errno === 0 || !call) return [];
    const changed = fieldsNotRestored(program, alone.before, state);
    if (changed.length === 0) return [];
    const list = changed
      .map(
        (f) =>
          `${f.title} (${fieldText(program, alone.before, f.index)} before, ${fieldText(program, state, f.index)} after)`,
      )
      .join(', ');
    const object = changed.find((f) => f.object >= 0)?.object;
    return [
      {
        property: 'clean-unwind',
        text: `${call.by}'s ${call.call} returned -${errno} and left changed: ${list}`,
        object,
      },
    ];
  }

  private title(field: number): string {
    return this.program.fields[field]?.title ?? String(field);
  }

  private name(task: number): string {
    return this.program.tasks[task]?.name ?? String(task);
  }
}
