import type { InstanceKey } from '../../kernel/language/instanceKey';
import { automaticHwpt, resultName } from '../../kernel/compiler/instances';
import type { ObjectSlot, Program, ProgramCall } from '../../kernel/compiler/program';
import { processOf } from '../../kernel/language/world';

/** An exchange of names that may leave a program unchanged. Each is its own inverse. */
export interface Permutation {
  /** By task: the task it is exchanged with, or itself. */
  readonly tasks: readonly number[];
  /** By moved field: the field it is exchanged with. */
  readonly fields: ReadonlyMap<number, number>;
  /** The image of a value of a field, in the field it is moved to. */
  readonly mapValue: (field: number, value: number) => number;
}

const NAME_ARGUMENTS = [
  'device',
  'group',
  'fd',
  'iommufd',
  'ioas',
  'hwpt',
  'object',
  'container',
  'kvm',
  'to',
] as const;

/** Exchanges of two tasks whose calls differ only in names, with everything that must be exchanged with them. None if store buffers are modelled. */
export function candidatePermutations(program: Program): Permutation[] {
  if (
    program.world.storeBuffers ||
    program.tasks.some((t) => !program.calls.some((c) => c.task === t.index))
  )
    return [];
  const found: Permutation[] = [];
  for (const a of program.tasks) {
    for (const b of program.tasks.slice(a.index + 1)) {
      const names = new NamePairing(program);
      if (names.exchange(a.index, b.index) && names.completePairing()) {
        const permutation = names.permutation();
        if (permutation) found.push(permutation);
      }
    }
  }
  return found;
}

/** Pairs of names that are exchanged. */
class NamePairing {
  private readonly partner = new Map<string, string>();
  private readonly tasks: (number | undefined)[];
  private readonly callsOf: readonly (readonly ProgramCall[])[];

  constructor(private readonly program: Program) {
    this.tasks = program.tasks.map(() => undefined);
    this.callsOf = program.tasks.map((t) => program.calls.filter((c) => c.task === t.index));
  }

  /** Pairs two tasks, or a task with itself. False if their calls differ in more than names. */
  exchange(a: number, b: number): boolean {
    const [of, to] = [this.callsOf[a]!, this.callsOf[b]!];
    if (of.length !== to.length || this.tasks[a] !== undefined || this.tasks[b] !== undefined)
      return false;
    const process = (task: number): string =>
      `process ${processOf(this.program.tasks[task]!.name)}`;
    if (!this.pair(process(a), process(b))) return false;
    for (const [i, { call: x, index }] of of.entries()) {
      const { call: y, index: other } = to[i]!;
      if (
        x.call !== y.call ||
        x.fault !== y.fault ||
        !this.pair(resultName(x, index), resultName(y, other))
      )
        return false;
      for (const key of NAME_ARGUMENTS) {
        if ((x[key] === undefined) !== (y[key] === undefined)) return false;
        const kind =
          key === 'device' || key === 'group' || key === 'kvm'
            ? `${key} `
            : key === 'to'
              ? 'process '
              : '';
        if (x[key] !== undefined && !this.pair(kind + x[key], kind + y[key])) return false;
      }
    }
    this.tasks[a] = b;
    this.tasks[b] = a;
    return true;
  }

  /** Pairs every other task with itself or with a task that fits the paired names. False if a task has no partner. */
  completePairing(): boolean {
    for (const task of this.program.tasks) {
      if (this.tasks[task.index] !== undefined) continue;
      const partner = this.program.tasks.find(
        (t) => this.tasks[t.index] === undefined && this.canExchange(task.index, t.index),
      );
      if (!partner || !this.exchange(task.index, partner.index)) return false;
    }
    return true;
  }

  private canExchange(a: number, b: number): boolean {
    const trial = new NamePairing(this.program);
    for (const [x, y] of this.partner) trial.partner.set(x, y);
    return trial.exchange(a, b);
  }

  private pair(a: string, b: string): boolean {
    const [knownA, knownB] = [this.partner.get(a), this.partner.get(b)];
    if (knownA !== undefined || knownB !== undefined) return knownA === b && knownB === a;
    this.partner.set(a, b);
    this.partner.set(b, a);
    return true;
  }

  private name(name: string): string {
    return this.partner.get(name) ?? name;
  }

  private anchor(anchor: InstanceKey): InstanceKey {
    const device =
      anchor.device === undefined
        ? undefined
        : this.name(`device ${anchor.device}`).slice('device '.length);
    const ioas = anchor.ioas?.endsWith('.compat')
      ? `${this.name(anchor.ioas.slice(0, -'.compat'.length))}.compat`
      : anchor.ioas === undefined
        ? undefined
        : this.name(anchor.ioas);
    const isAutomatic = anchor.hwpt === automaticHwpt(anchor.ioas ?? '');
    const hwpt = isAutomatic ? automaticHwpt(ioas ?? '') : this.name(anchor.hwpt ?? '');
    return {
      ...anchor,
      ...(device === undefined ? {} : { device }),
      ...(anchor.devset === undefined ? {} : { devset: this.sharedName('devset', anchor.devset) }),
      ...(anchor.devName === undefined
        ? {}
        : { devName: this.sharedName('devName', anchor.devName) }),
      ...(anchor.group === undefined
        ? {}
        : { group: this.name(`group ${anchor.group}`).slice('group '.length) }),
      ...(anchor.file === undefined ? {} : { file: this.name(anchor.file) }),
      ...(anchor.fd === undefined ? {} : { fd: this.name(anchor.fd) }),
      ...(anchor.process === undefined
        ? {}
        : { process: this.name(`process ${anchor.process}`).slice('process '.length) }),
      ...(ioas === undefined ? {} : { ioas }),
      ...(anchor.hwpt === undefined ? {} : { hwpt }),
      ...(anchor.kvm === undefined
        ? {}
        : { kvm: this.name(`kvm ${anchor.kvm}`).slice('kvm '.length) }),
    };
  }

  /** The image of a name that devices share; it defaults to the name of the device. */
  private sharedName(key: 'devset' | 'devName', name: string): string {
    const { devices } = this.program.world;
    const of = (d: (typeof devices)[number]): string => d[key] ?? d.name;
    const first = devices.find((d) => of(d) === name);
    const image =
      first &&
      devices.find((d) => d.name === this.name(`device ${first.name}`).slice('device '.length));
    return image ? of(image) : name;
  }

  /** The exchange as a permutation of fields and values; undefined if an object has no partner. */
  permutation(): Permutation | undefined {
    const { program } = this;
    const key = (o: Pick<ObjectSlot, 'type' | 'key'>): string =>
      `${o.type} ${JSON.stringify(Object.entries(o.key).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
    const byKey = new Map(program.objects.map((o) => [key(o), o]));
    const objects: ObjectSlot[] = [];
    for (const o of program.objects) {
      const to = byKey.get(key({ type: o.type, key: this.anchor(o.key) }));
      if (!to) return undefined;
      objects.push(to);
    }
    const fields = new Map<number, number>();
    const move = (from: number, to: number): void => {
      if (from !== to) fields.set(from, to);
    };
    for (const o of program.objects) {
      const to = objects[o.index]!;
      for (const [name, f] of Object.entries(o.fields)) {
        if (to.fields[name] === undefined) return undefined;
        move(f, to.fields[name]);
      }
      if ((o.lifetime === undefined) !== (to.lifetime === undefined)) return undefined;
      if (o.lifetime !== undefined) move(o.lifetime, to.lifetime!);
    }
    const calls = new Map<number, ProgramCall>();
    for (const [task, to] of this.tasks.entries()) {
      move(program.tasks[task]!.pc, program.tasks[to!]!.pc);
      this.callsOf[task]!.forEach((c, i) => {
        const other = this.callsOf[to!]![i]!;
        move(c.result, other.result);
        calls.set(c.result, other);
      });
    }
    const tasks = this.tasks.map((t) => t!);
    const numbers = new Map<number, number>();
    for (const [from, to] of fields)
      if (program.fields[from]!.kind === 'number')
        numbers.set(program.fields[from]!.init, program.fields[to]!.init);
    return {
      tasks,
      fields,
      mapValue: (field, v) => this.value(field, v, { tasks, fields, objects, calls, numbers }),
    };
  }

  private value(
    index: number,
    v: number,
    to: {
      readonly tasks: readonly number[];
      readonly fields: ReadonlyMap<number, number>;
      readonly objects: readonly ObjectSlot[];
      readonly calls: ReadonlyMap<number, ProgramCall>;
      readonly numbers: ReadonlyMap<number, number>;
    },
  ): number {
    const f = this.program.fields[index]!;
    if (v <= 0) return v;
    switch (f.kind) {
      case 'mutex':
      case 'task':
        return (to.tasks[v - 1] ?? v - 1) + 1;
      case 'number':
        return to.numbers.get(v) ?? v;
      case 'pointer': {
        const target = f.targets?.[v - 1];
        const targets = this.program.fields[to.fields.get(index) ?? index]!.targets;
        return target === undefined ? v : (targets?.indexOf(to.objects[target]!.index) ?? -1) + 1;
      }
      case 'result': {
        const from = this.program.calls.find((c) => c.result === index)!;
        const other = to.calls.get(index)!;
        return v > from.errnos.length
          ? other.errnos.length + 1
          : other.errnos.indexOf(from.errnos[v - 1]!) + 1;
      }
      default:
        return v;
    }
  }
}
