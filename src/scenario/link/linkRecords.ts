import {
  makeMutation,
  MUTATION_KINDS,
  parseMutation,
  type Mutation,
} from '../../kernel/language/mutation';
import type { Call, CallName, WorldDevice } from '../../kernel/language/world';
import { LinkFormatError, type LinkReader, type LinkWriter } from './linkBytes';

/** One step of a linked run: task and step id. Both stay valid if the design is revised. */
export interface LinkStep {
  readonly by: string;
  readonly at: string;
}

/** A call that the user inserted into a run. */
export interface InsertedCall {
  /** Index into `Link.calls`. */
  readonly call: number;
  /** Number of steps before the insertion. */
  readonly after: number;
}

/** Arguments of a call in the order of their bits. Part of the format: only append. */
const CALL_ARGUMENTS = [
  'as',
  'fd',
  'device',
  'iommufd',
  'ioas',
  'object',
  'container',
  'group',
  'kvm',
  'to',
  'fault',
  'after',
  'groups',
  'hwpt',
] as const;

/** A record holds at most this many steps, so that a damaged record loses few. */
export const STEPS_PER_RECORD = 8;

/** A device: names, then flags that say which optional keys follow. */
export function writeDevice(writer: LinkWriter, device: WorldDevice): void {
  writer.text(device.name);
  writer.text(device.group);
  writer.number(
    (device.devset === undefined ? 0 : 1) +
      2 * triStateCode(device.registered) +
      6 * triStateCode(device.kernelDriver) +
      (device.devName === undefined ? 0 : 18) +
      (device.staleNode === true ? 36 : 0) +
      (device.vf === true ? 72 : 0) +
      (device.noiommu === true ? 144 : 0),
  );
  if (device.devset !== undefined) writer.text(device.devset);
  if (device.devName !== undefined) writer.text(device.devName);
}

const TRI_STATES: readonly (boolean | undefined)[] = [undefined, false, true];

function triStateCode(value: boolean | undefined): number {
  return TRI_STATES.indexOf(value);
}

/** The counterpart of `writeDevice`. */
export function readDevice(reader: LinkReader): WorldDevice {
  const name = reader.text();
  const group = reader.text();
  const flags = reader.number();
  const devset = flags % 2 === 1 ? reader.text() : undefined;
  const registered = TRI_STATES[Math.floor(flags / 2) % 3];
  const kernelDriver = TRI_STATES[Math.floor(flags / 6) % 3];
  const devName = flags % 36 >= 18 ? reader.text() : undefined;
  return {
    name,
    group,
    ...(devset === undefined ? {} : { devset }),
    ...(registered === undefined ? {} : { registered }),
    ...(kernelDriver === undefined ? {} : { kernelDriver }),
    ...(flags % 144 >= 72 ? { vf: true } : {}),
    ...(devName === undefined ? {} : { devName }),
    ...(flags % 72 >= 36 ? { staleNode: true } : {}),
    ...(flags >= 144 ? { noiommu: true } : {}),
  };
}

/** A call: task, name, a mask of its arguments, the arguments. The entries of `after` are one text, joined by spaces. */
export function writeCall(writer: LinkWriter, call: Call): void {
  writer.text(call.by);
  writer.text(call.call);
  writer.number(
    CALL_ARGUMENTS.reduce(
      (mask, key, bit) => (call[key] === undefined ? mask : mask | (1 << bit)),
      0,
    ),
  );
  for (const key of CALL_ARGUMENTS) {
    const value = call[key];
    if (value !== undefined) writer.text(typeof value === 'string' ? value : value.join(' '));
  }
}

/** Throws `LinkFormatError` for an argument that this version does not have. */
export function readCall(reader: LinkReader): Call {
  const by = reader.text();
  const call = reader.text() as CallName;
  const mask = reader.number();
  if (mask >= 1 << CALL_ARGUMENTS.length)
    throw new LinkFormatError('has a call with an argument of a later version');
  const given = CALL_ARGUMENTS.filter((_, bit) => mask & (1 << bit)).map(
    (key) => [key, key === 'after' || key === 'groups' ? readList(reader) : reader.text()] as const,
  );
  return { by, call, ...Object.fromEntries(given) };
}

/** Names have no space. */
function readList(reader: LinkReader): readonly string[] {
  const text = reader.text();
  return text === '' ? [] : text.split(' ');
}

/** A change of the design: its kind and its arguments as on the command line. */
export function writeMutation(writer: LinkWriter, mutation: Mutation): void {
  writer.text(mutation.kind);
  writer.text(makeMutation(mutation).slice(`--${mutation.kind} `.length));
}

/** Throws `LinkFormatError` for an unknown kind of change. */
export function readMutation(reader: LinkReader): Mutation {
  const kind = reader.text();
  const known = MUTATION_KINDS.find((each) => each === kind);
  const mutation = known && parseMutation(known, reader.text());
  if (!mutation)
    throw new LinkFormatError(
      'changes a step of the design in a way that this version does not know',
    );
  return mutation;
}

/** Pairs of `call` and `after`. */
export function writeInsertedCalls(writer: LinkWriter, calls: readonly InsertedCall[]): void {
  for (const { call, after } of calls) {
    writer.number(call);
    writer.number(after);
  }
}

/** The counterpart of `writeInsertedCalls`. */
export function readInsertedCalls(reader: LinkReader): InsertedCall[] {
  const calls: InsertedCall[] = [];
  while (!reader.atEnd()) calls.push({ call: reader.number(), after: reader.number() });
  return calls;
}

/** Runs of one task: the task, the number of steps, the step ids. An id that occurred before is written as its number. */
export function writeSteps(
  writer: LinkWriter,
  ids: Map<string, number>,
  steps: readonly LinkStep[],
): void {
  for (let i = 0; i < steps.length;) {
    const by = steps[i]?.by ?? '';
    let end = i;
    while (end < steps.length && steps[end]?.by === by) end++;
    writer.text(by);
    writer.number(end - i);
    for (const { at } of steps.slice(i, end)) {
      const seen = ids.get(at);
      writer.number(seen ?? 0);
      if (seen === undefined) {
        ids.set(at, ids.size + 1);
        writeStepId(writer, at);
      }
    }
    i = end;
  }
}

/** Writes `BIND.9` as the word `BIND.` and the number 9. */
function writeStepId(writer: LinkWriter, id: string): void {
  const split = /^(.*\.)(0|[1-9]\d{0,4})$/s.exec(id);
  writer.text(split?.[1] ?? id);
  writer.number(split ? Number(split[2]) + 1 : 0);
}

/** The counterpart of `writeSteps`. `ids` grows by the new step ids of the record. */
export function readSteps(reader: LinkReader, ids: string[]): LinkStep[] {
  const steps: LinkStep[] = [];
  while (!reader.atEnd()) {
    const by = reader.text();
    const count = reader.number();
    if (count > STEPS_PER_RECORD) throw new LinkFormatError('has a record with too many steps');
    for (let i = 0; i < count; i++) {
      const seen = reader.number();
      const at = seen === 0 ? readStepId(reader) : ids[seen - 1];
      if (at === undefined) throw new LinkFormatError('refers to a step that it does not contain');
      if (seen === 0) ids.push(at);
      steps.push({ by, at });
    }
  }
  return steps;
}

function readStepId(reader: LinkReader): string {
  const prefix = reader.text();
  const number = reader.number();
  return number === 0 ? prefix : `${prefix}${number - 1}`;
}
