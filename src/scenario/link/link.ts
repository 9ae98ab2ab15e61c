import { DESIGN_LINK_WORDS } from '../../designs/catalog';
import type { Options } from '../../kernel/language/design';
import {
  makeMutation,
  MAX_MUTATIONS,
  MUTATION_KINDS,
  parseMutation,
  type Mutation,
} from '../../kernel/language/mutation';
import type { Call, CallName, World, WorldDevice } from '../../kernel/language/world';
import {
  LinkFormatError,
  crc16,
  makeBase64url,
  makeLinkReader,
  makeLinkWriter,
  parseBase64url,
  type LinkReader,
  type LinkWriter,
} from './linkBytes';

/** One step of a linked run: task and row id, which stay put when a design is revised. */
export interface LinkStep {
  readonly by: string;
  readonly at: string;
}

/** A call that was put in by hand. */
export interface InsertedCall {
  /** Index into `Link.calls`. */
  readonly call: number;
  /** How many steps had been made before. */
  readonly after: number;
}

/** What a permalink says (formats.md section 4). */
export interface Link {
  readonly design: string;
  /** `Design.revision` when the link was made. */
  readonly revision: number;
  readonly options: Options;
  /** Rows of the design that a reviewer changed, in the order in which they were; absent where it is the design itself. */
  readonly mutations?: readonly Mutation[] | undefined;
  readonly world: World;
  readonly calls: readonly Call[];
  /** The calls that were not there from the start, in the order in which they were put in. */
  readonly issued?: readonly InsertedCall[] | undefined;
  readonly steps: readonly LinkStep[];
  /** How many moves (steps, and calls put in) have been made in the moment on screen. */
  readonly cursor: number;
  /** How it is shown: words by key, `view: timeline`. Both sides skip what they do not know. */
  readonly view: Readonly<Record<string, string>>;
  /** Id of the built-in scenario that it started from, for title and narration. */
  readonly scenario?: string | undefined;
  readonly title?: string | undefined;
}

/** A link as far as it could be read; `dropped` says in sentences what was lost. `ok: false` when not even the design could be read. */
export type ParsedLink =
  | { readonly ok: true; readonly link: Link; readonly dropped: readonly string[] }
  | { readonly ok: false; readonly message: string };

/**
 * Words that links of version 1 need not spell out; word k has number k + 1. Frozen: words that a link spells out are
 * numbered from here on, so one more word would change them in every old link. New designs bring numbered `linkWords`.
 */
const LINK_DICTIONARY: readonly string[] = [
  'rfc-opened',
  'parked-shim',
  'parked-split',
  'upstream',
  'open_cdev',
  'open_group',
  'open_container',
  'open_iommufd',
  'bind_iommufd',
  'ioas_alloc',
  'attach_ioas',
  'detach_ioas',
  'iommu_destroy',
  'set_container',
  'set_iommu',
  'unset_container',
  'get_device_fd',
  'device_io',
  'kvm_add',
  'pass_fd',
  'close',
  'register_device',
  'unregister_device',
  'qemu',
  'dpdk',
  'driver',
  'vfio0',
  'vfio1',
  '12',
  's0',
  'fd1',
  'fd2',
  'ictx1',
  'ictx2',
  'ioas1',
  'group1',
  'container1',
  'perDeviceCheck',
  'delBeforeWait',
  'refcountBeforeAdd',
  'extraState',
  'type1ClaimsOwner',
  'groupFdStartsParked',
  'kvm',
  'true',
  'false',
  'none',
  'perDevice',
  'perGroup',
  'perDeviceUnlocked',
  'OPEN.',
  'BIND.',
  'IBIND.',
  'IUNBIND.',
  'ATTACH.',
  'DETACH.',
  'CLOSE.',
  'GOPEN.',
  'GRELEASE.',
  'GDF.',
  'UNREG.',
  'REG.',
  'REL.',
  'GATE.',
  'CHR.',
  'view',
  'theme',
  'graph',
  'timeline',
  'both',
  'compare',
  'light',
  'dark',
  'auto',
];

/** Arguments of a call in the order of their bits. Only ever append. */
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
] as const;

const PREFIX = '#v1.';
const STEPS_PER_RECORD = 8;
/** Characters of a link that are looked at; the longest honest one stays far below. */
const MAX_LINK_CHARACTERS = 65_536;

/** What a record holds. Numbers are part of the format: only ever append. */
const RECORD_TAGS = {
  head: 1,
  option: 2,
  device: 3,
  process: 4,
  storeBuffers: 5,
  call: 6,
  steps: 7,
  cursor: 8,
  view: 9,
  scenario: 10,
  title: 11,
  issued: 12,
  mutation: 13,
} as const;

/** The permalink of a moment: `#v1.` and packed bytes in base64url; nothing in it is compressed, so nothing can blow up. */
export function makeLink(link: Link): string {
  const bytes: number[] = [];
  const writer = makeLinkWriter(LINK_DICTIONARY, DESIGN_LINK_WORDS);
  const ids = new Map<string, number>();
  let sum: number | undefined;
  const record = (tag: number): void => {
    const body = writer.take();
    const whole = [tag, ...encodeVarint(body.length), ...body];
    sum = crc16(whole, sum);
    bytes.push(...whole, sum >> 8, sum & 255);
  };
  writer.text(link.design);
  writer.number(link.revision);
  record(RECORD_TAGS.head);
  for (const device of link.world.devices) {
    writeDevice(writer, device);
    record(RECORD_TAGS.device);
  }
  for (const process of link.world.processes) {
    writer.text(process);
    record(RECORD_TAGS.process);
  }
  if (link.world.storeBuffers !== undefined) {
    writer.number(Number(link.world.storeBuffers));
    record(RECORD_TAGS.storeBuffers);
  }
  for (const [id, value] of Object.entries(link.options)) {
    writer.text(id);
    writer.text(value);
    record(RECORD_TAGS.option);
  }
  for (const mutation of link.mutations ?? []) {
    writer.text(mutation.kind);
    writer.text(makeMutation(mutation).slice(`--${mutation.kind} `.length));
    record(RECORD_TAGS.mutation);
  }
  for (const call of link.calls) {
    writeCall(writer, call);
    record(RECORD_TAGS.call);
  }
  if (link.issued !== undefined) {
    for (const { call, after } of link.issued) {
      writer.number(call);
      writer.number(after);
    }
    record(RECORD_TAGS.issued);
  }
  for (let i = 0; i < link.steps.length; i += STEPS_PER_RECORD) {
    writeSteps(writer, ids, link.steps.slice(i, i + STEPS_PER_RECORD));
    record(RECORD_TAGS.steps);
  }
  for (const [key, value] of Object.entries(link.view)) {
    writer.text(key);
    writer.text(value);
    record(RECORD_TAGS.view);
  }
  if (link.scenario !== undefined) {
    writer.text(link.scenario);
    record(RECORD_TAGS.scenario);
  }
  if (link.title !== undefined) {
    writer.text(link.title);
    record(RECORD_TAGS.title);
  }
  // Last, so that its absence tells of a cut.
  writer.number(link.cursor);
  record(RECORD_TAGS.cursor);
  return PREFIX + makeBase64url(bytes);
}

/** Reads a link, or the longest part of it that is whole. Takes the hash with or without `#`, or a whole URL. Never throws. */
export function parseLink(hash: string): ParsedLink {
  if (hash.length > MAX_LINK_CHARACTERS)
    return {
      ok: false,
      message: `This link has ${hash.length} characters; the playground's have at most ${MAX_LINK_CHARACTERS}.`,
    };
  // Mail wraps long lines and puts brackets and full stops around links.
  const text = hash
    .replaceAll(/\s/g, '')
    .replace(/^[^#]*#/, '')
    .replace(/[.,;:!?)\]}>'"]+$/, '');
  const version = /^(v\d{1,4})\./.exec(text);
  if (!version)
    return {
      ok: false,
      message: 'This is not a link of the playground: it does not start with "#v1."',
    };
  if (version[1] !== 'v1')
    return {
      ok: false,
      message: `This link is of version ${version[1]}; this playground reads v1.`,
    };
  const { bytes, whole } = parseBase64url(text.slice(3));
  const draft = makePartialLink();
  const failure = readRecords(bytes, draft);
  if (draft.design === undefined)
    return {
      ok: false,
      message: `This link is damaged from the start: ${failure ?? 'it is empty'}.`,
    };
  const dropped = [...draft.skipped];
  if (failure !== undefined || !whole || !draft.hasCursor)
    dropped.push(
      damageText(
        draft,
        failure ?? (whole ? 'it was cut short' : 'it holds a character that no link has'),
      ),
    );
  return { ok: true, link: completeLink(draft, draft.design), dropped };
}

function encodeVarint(value: number): number[] {
  const writer = makeLinkWriter([]);
  writer.number(value);
  return writer.take();
}

function writeDevice(writer: LinkWriter, device: WorldDevice): void {
  writer.text(device.name);
  writer.text(device.group);
  writer.number(
    (device.devset === undefined ? 0 : 1) +
      2 * triStateCode(device.registered) +
      6 * triStateCode(device.kernelDriver) +
      (device.devName === undefined ? 0 : 18),
  );
  if (device.devset !== undefined) writer.text(device.devset);
  if (device.devName !== undefined) writer.text(device.devName);
}

const TRI_STATES: readonly (boolean | undefined)[] = [undefined, false, true];

function triStateCode(value: boolean | undefined): number {
  return TRI_STATES.indexOf(value);
}

function readDevice(reader: LinkReader): WorldDevice {
  const name = reader.text();
  const group = reader.text();
  const flags = reader.number();
  const devset = flags % 2 === 1 ? reader.text() : undefined;
  const registered = TRI_STATES[Math.floor(flags / 2) % 3];
  const kernelDriver = TRI_STATES[Math.floor(flags / 6) % 3];
  const devName = flags >= 18 ? reader.text() : undefined;
  return {
    name,
    group,
    ...(devset === undefined ? {} : { devset }),
    ...(registered === undefined ? {} : { registered }),
    ...(kernelDriver === undefined ? {} : { kernelDriver }),
    ...(devName === undefined ? {} : { devName }),
  };
}

function writeCall(writer: LinkWriter, call: Call): void {
  writer.text(call.by);
  writer.text(call.call);
  writer.number(
    CALL_ARGUMENTS.reduce(
      (mask, key, bit) => (call[key] === undefined ? mask : mask | (1 << bit)),
      0,
    ),
  );
  for (const key of CALL_ARGUMENTS) if (call[key] !== undefined) writer.text(call[key]);
}

function readCall(reader: LinkReader): Call {
  const by = reader.text();
  const call = reader.text() as CallName;
  const mask = reader.number();
  if (mask >= 1 << CALL_ARGUMENTS.length)
    throw new LinkFormatError('gives a call an argument of a later version');
  const given = CALL_ARGUMENTS.filter((_, bit) => mask & (1 << bit)).map(
    (key) => [key, reader.text()] as const,
  );
  return { by, call, ...Object.fromEntries(given) };
}

function readMutation(reader: LinkReader): Mutation {
  const kind = reader.text();
  const known = MUTATION_KINDS.find((each) => each === kind);
  const mutation = known && parseMutation(known, reader.text());
  if (!mutation)
    throw new LinkFormatError(
      'changes a row of the design in a way that this playground does not know',
    );
  return mutation;
}

function readInsertedCalls(reader: LinkReader): InsertedCall[] {
  const issued: InsertedCall[] = [];
  while (!reader.atEnd()) issued.push({ call: reader.number(), after: reader.number() });
  return issued;
}

/** Runs of one task: who, how many, and the row ids; an id that came before goes by its number. */
function writeSteps(
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

/** `BIND.9` as the word `BIND.` and the number 9. */
function writeStepId(writer: LinkWriter, id: string): void {
  const split = /^(.*\.)(0|[1-9]\d{0,4})$/s.exec(id);
  writer.text(split?.[1] ?? id);
  writer.number(split ? Number(split[2]) + 1 : 0);
}

function readSteps(reader: LinkReader, ids: string[]): LinkStep[] {
  const steps: LinkStep[] = [];
  while (!reader.atEnd()) {
    const by = reader.text();
    const count = reader.number();
    if (count > STEPS_PER_RECORD)
      throw new LinkFormatError('holds more steps in one piece than links have');
    for (let i = 0; i < count; i++) {
      const seen = reader.number();
      const at = seen === 0 ? readStepId(reader) : ids[seen - 1];
      if (at === undefined) throw new LinkFormatError('names a step that it does not hold');
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

interface PartialLink {
  design: string | undefined;
  revision: number;
  readonly options: [string, string][];
  readonly mutations: Mutation[];
  readonly devices: WorldDevice[];
  readonly processes: string[];
  storeBuffers: boolean | undefined;
  readonly calls: Call[];
  insertedCalls: InsertedCall[] | undefined;
  readonly steps: LinkStep[];
  readonly ids: string[];
  cursor: number | undefined;
  readonly view: [string, string][];
  scenario: string | undefined;
  title: string | undefined;
  readonly skipped: string[];
  /** The cursor, the last record, was read. */
  hasCursor: boolean;
}

function makePartialLink(): PartialLink {
  return {
    design: undefined,
    revision: 0,
    options: [],
    mutations: [],
    devices: [],
    processes: [],
    storeBuffers: undefined,
    calls: [],
    insertedCalls: undefined,
    steps: [],
    ids: [],
    cursor: undefined,
    view: [],
    scenario: undefined,
    title: undefined,
    skipped: [],
    hasCursor: false,
  };
}

/** Reads records into the draft until one is not whole; says what is wrong with that one. */
function readRecords(bytes: readonly number[], draft: PartialLink): string | undefined {
  const reader = makeLinkReader(LINK_DICTIONARY, DESIGN_LINK_WORDS);
  let sum: number | undefined;
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    let length = 0;
    let start = at + 1;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[start++];
      if (byte === undefined || scale > 128 ** 3) return 'it was cut short';
      length += (byte & 127) * scale;
      if (byte < 128) break;
    }
    const end = start + length;
    if (end + 2 > bytes.length) return 'it was cut short';
    sum = crc16(bytes.slice(at, end), sum);
    if (bytes[end] !== sum >> 8 || bytes[end + 1] !== (sum & 255))
      return 'its checksum does not fit';
    reader.feed(bytes.slice(start, end));
    try {
      readRecord(tag, reader, draft);
    } catch (error) {
      if (error instanceof LinkFormatError) return `it ${error.message}`;
      throw error;
    }
    at = end + 2;
  }
  draft.hasCursor = draft.cursor !== undefined;
  return undefined;
}

function readRecord(tag: number, reader: LinkReader, draft: PartialLink): void {
  if (draft.design === undefined && tag !== RECORD_TAGS.head)
    throw new LinkFormatError('does not start with its design');
  switch (tag) {
    case RECORD_TAGS.head: {
      const design = reader.text();
      draft.revision = reader.number();
      draft.design = design;
      return;
    }
    case RECORD_TAGS.option:
      draft.options.push([reader.text(), reader.text()]);
      return;
    case RECORD_TAGS.mutation:
      if (draft.mutations.length === MAX_MUTATIONS)
        throw new LinkFormatError(`changes more than ${MAX_MUTATIONS} rows of the design`);
      draft.mutations.push(readMutation(reader));
      return;
    case RECORD_TAGS.device:
      draft.devices.push(readDevice(reader));
      return;
    case RECORD_TAGS.process:
      draft.processes.push(reader.text());
      return;
    case RECORD_TAGS.storeBuffers:
      draft.storeBuffers = reader.number() === 1;
      return;
    case RECORD_TAGS.call:
      draft.calls.push(readCall(reader));
      return;
    case RECORD_TAGS.issued:
      draft.insertedCalls = readInsertedCalls(reader);
      return;
    case RECORD_TAGS.steps:
      draft.steps.push(...readSteps(reader, draft.ids));
      return;
    case RECORD_TAGS.cursor:
      draft.cursor = reader.number();
      return;
    case RECORD_TAGS.view:
      draft.view.push([reader.text(), reader.text()]);
      return;
    case RECORD_TAGS.scenario:
      draft.scenario = reader.text();
      return;
    case RECORD_TAGS.title:
      draft.title = reader.text();
      return;
    default:
      draft.skipped.push(
        'The link holds something of a later version of the playground, which was left out.',
      );
  }
}

function damageText(draft: PartialLink, why: string): string {
  const kept = `${countNoun(draft.devices.length, 'device')}, ${countNoun(draft.calls.length, 'call')} and ${countNoun(draft.steps.length, 'step')}`;
  return `The link is damaged (${why}): ${kept} could be read, what came after them was dropped.`;
}

function countNoun(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}

function completeLink(draft: PartialLink, design: string): Link {
  const moves = draft.steps.length + (draft.insertedCalls?.length ?? 0);
  return {
    design,
    revision: draft.revision,
    options: Object.fromEntries(draft.options),
    ...(draft.mutations.length === 0 ? {} : { mutations: draft.mutations }),
    world: {
      devices: draft.devices,
      processes: draft.processes,
      ...(draft.storeBuffers === undefined ? {} : { storeBuffers: draft.storeBuffers }),
    },
    calls: draft.calls,
    ...(draft.insertedCalls === undefined ? {} : { issued: draft.insertedCalls }),
    steps: draft.steps,
    cursor: Math.min(draft.cursor ?? moves, moves),
    view: Object.fromEntries(draft.view),
    ...(draft.scenario === undefined ? {} : { scenario: draft.scenario }),
    ...(draft.title === undefined ? {} : { title: draft.title }),
  };
}
