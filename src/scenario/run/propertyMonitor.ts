import { callErrorText } from '../../kernel/language/errno';
import { caveatText, fieldText } from '../../kernel/machine/describeEvent';
import { currentCall, callResult, callStatus, currentWait } from '../../kernel/machine/machine';
import type { StepEvent } from '../../kernel/machine/machine';
import type { Program, Step } from '../../kernel/compiler/program';
import { cleanUnwind, fieldsNotRestored, hasEffect } from '../../kernel/properties/cleanUnwind';
import { LockOrderGraph, locksHeld } from '../../kernel/properties/lockOrder';
import { lostWakeup, waitCycles, waitsForCompletions } from '../../kernel/properties/noDeadlock';
import type { Violation } from '../../kernel/properties/properties';
import {
  stuckUnregister,
  unregisterLive,
  unregisterWaits,
  activeUnregisterWaits,
} from '../../kernel/properties/unregisterLive';
import type { UnregisterWait } from '../../kernel/properties/unregisterLive';
import { StateCheckMonitor } from './stateCheckMonitor';
import { taskName } from './taskName';

/** Reports the properties that one run violates: in a state, in a step, or by the history of the run. Each violation once. */
export class PropertyMonitor {
  private readonly locks = new LockOrderGraph();
  private readonly reported = new Set<string>();
  private readonly stateChecks: StateCheckMonitor;
  private readonly checksUnwind: boolean;
  /** The call that no other task has interrupted since it began, with the state before it. */
  private isolatedCall:
    { readonly task: number; readonly call: number; readonly before: Int32Array } | undefined;
  private held: readonly number[] = [];
  private readonly checksUnregister: boolean;
  private readonly hasCompletions: boolean;
  private readonly withdrawals: readonly UnregisterWait[];
  /** By task: the unregister calls that were already waiting when its current call began. */
  private readonly withdrawnAtStart = new Map<number, readonly UnregisterWait[]>();

  constructor(private readonly program: Program) {
    this.stateChecks = new StateCheckMonitor(program);
    this.checksUnregister = unregisterLive.appliesTo(program);
    this.hasCompletions = waitsForCompletions(program);
    this.withdrawals = unregisterWaits(program);
    this.checksUnwind = cleanUnwind.appliesTo(program);
  }

  /** Call before each step of `task`. */
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

  /** Call after each step of `task`. Returns the violations that are new. */
  after(
    state: Int32Array,
    task: number,
    step: Step,
    events: readonly StepEvent[],
  ): readonly Violation[] {
    const found: Violation[] = [];
    for (const { template } of events)
      if (template.kind === 'violation')
        found.push({
          property: template.property,
          text: `${taskName(this.program, task)} ${template.text}`,
          object: template.object,
        });
    // Reported once by StateCheckMonitor: the text may change with the state.
    for (const check of this.stateChecks.next(state))
      found.push({
        property: check.property,
        text: check.describe?.(state) ?? check.text,
        object: check.object,
      });
    found.push(
      ...this.delayedUnregister(state, task, step, events),
      ...this.hungUnregister(state),
      ...this.lockOrder(task, step, events),
      ...this.deadlock(state),
      ...this.uncleanUnwind(state),
    );
    return found
      .map((v) => ({ ...v, text: v.text + caveatText(this.program, v.property, v.text) }))
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
    for (const { template } of events) {
      if (template.kind === 'unlock') held.splice(held.indexOf(template.field), 1);
      if (template.kind !== 'lock') continue;
      for (const lock of held) {
        const cycle = this.locks.add({ held: lock, taken: template.field, task, step: step.name });
        if (!cycle) continue;
        const chain = cycle.map(
          (e) =>
            `${this.title(e.held)} then ${this.title(e.taken)} (${taskName(this.program, e.task)}, ${e.step})`,
        );
        found.push({
          property: 'lock-order',
          text: `lock order cycle: ${chain.join('; ')}`,
          object: this.program.fields[template.field]?.object,
        });
      }
      held.push(template.field);
    }
    return found;
  }

  /** A call that began after the registration was withdrawn, and delays unregister all the same. */
  private delayedUnregister(
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
          ({ template }) =>
            template.kind === 'count' && template.by > 0 && template.field === w.counter,
        ),
      )
      .map((w) => ({
        property: 'unregister-live',
        object: this.program.fields[w.counter]?.object,
        text: `${taskName(this.program, task)}'s ${this.program.calls[step.call]?.call.call} began after ${taskName(this.program, w.task)} had withdrawn the registration, and raises ${this.title(w.counter)}: unregister can be delayed forever`,
      }));
  }

  private hungUnregister(state: Int32Array): Violation[] {
    const call = this.checksUnregister ? stuckUnregister(this.program, state)?.call : undefined;
    if (!call) return [];
    return [
      {
        property: 'unregister-live',
        object: undefined,
        text: `${call.by}'s unregister_device of ${call.device} can never return, although every file that it may wait for is closed`,
      },
    ];
  }

  private deadlock(state: Int32Array): Violation[] {
    const [cycle] = waitCycles(this.program, state);
    if (!cycle) return this.lostWakeup(state);
    const names = cycle.map((t) => taskName(this.program, t));
    if (cycle.length === 1) return this.selfDeadlock(state, cycle[0] as number);
    return [
      {
        property: 'no-deadlock',
        text: `deadlock: ${[...names, names[0]].join(' waits for ')}`,
        object: undefined,
      },
    ];
  }

  private lostWakeup(state: Int32Array): Violation[] {
    const call = this.hasCompletions ? lostWakeup(this.program, state)?.call : undefined;
    if (!call) return [];
    return [
      {
        property: 'no-deadlock',
        text: `${call.by}'s ${call.call} waits for a completion that no task is left to signal`,
        object: undefined,
      },
    ];
  }

  /** A task that waits for a lock it holds. */
  private selfDeadlock(state: Int32Array, task: number): Violation[] {
    const wait = currentWait(this.program, state, task);
    const lock = wait?.kind === 'mutex' ? wait.field : -1;
    const object = this.program.fields[lock]?.object;
    return [
      {
        property: 'lock-order',
        text: `${taskName(this.program, task)} takes ${this.title(lock)}, which it already holds`,
        object,
      },
      {
        property: 'no-deadlock',
        text: `deadlock: ${taskName(this.program, task)} waits for itself`,
        object,
      },
    ];
  }

  private uncleanUnwind(state: Int32Array): Violation[] {
    const { isolatedCall: isolated, program } = this;
    if (!isolated || callStatus(program, state, isolated.call) !== 'done') return [];
    this.isolatedCall = undefined;
    const errno = callResult(program, state, isolated.call);
    const programCall = program.calls[isolated.call];
    if (!programCall || (errno === 0 && !hasEffect(program, programCall))) return [];
    const { call } = programCall;
    const changed = fieldsNotRestored(program, isolated.before, state);
    if (errno === 0)
      return changed.length > 0
        ? []
        : [
            {
              property: 'clean-unwind',
              text: `${call.by}'s ${call.call} succeeded but changed nothing`,
              object: undefined,
            },
          ];
    if (changed.length === 0) return [];
    const list = changed
      .map(
        (f) =>
          `${f.title} (${fieldText(program, isolated.before, f.index)} before, ${fieldText(program, state, f.index)} after)`,
      )
      .join(', ');
    const object = changed.find((f) => f.object >= 0)?.object;
    return [
      {
        property: 'clean-unwind',
        text: `${call.by}'s ${call.call} returned ${callErrorText(errno)} but did not restore ${list}`,
        object,
      },
    ];
  }

  private title(field: number): string {
    return this.program.fields[field]?.title ?? String(field);
  }
}
