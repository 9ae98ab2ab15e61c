import { DESIGN_LINK_WORDS } from '../../designs/catalog';
import type { Options } from '../../kernel/language/design';
import { MAX_MUTATIONS, type DesignChange } from '../../kernel/language/mutation';
import type { Caption } from '../format/scenario';
import type { Call, World, WorldDevice } from '../../kernel/language/world';
import {
  LinkFormatError,
  crc16,
  makeBase64url,
  makeLinkReader,
  makeLinkWriter,
  parseBase64url,
  type LinkReader,
} from './linkBytes';
import { LINK_DICTIONARY } from './linkDictionary';
import { readTextChange, writeTextChange } from './linkText';
import {
  readCall,
  readDevice,
  readInsertedCalls,
  readMutation,
  readSteps,
  STEPS_PER_RECORD,
  writeCall,
  writeDevice,
  writeInsertedCalls,
  writeMutation,
  writeSteps,
  type InsertedCall,
  type LinkStep,
} from './linkRecords';

/** The content of a permalink (formats.md section 4). */
export interface Link {
  readonly design: string;
  /** `Design.revision` when the link was made. */
  readonly revision: number;
  readonly options: Options;
  /** Changes of the design, in the order in which they were made; absent for the design itself. */
  readonly mutations?: readonly DesignChange[] | undefined;
  readonly world: World;
  readonly calls: readonly Call[];
  /** The calls that were inserted during the run, in order of insertion. */
  readonly issued?: readonly InsertedCall[] | undefined;
  readonly steps: readonly LinkStep[];
  /** Transitions (steps and inserted calls) before the snapshot on screen. */
  readonly cursor: number;
  /** How it is shown, such as `view: timeline`. Unknown keys and values are ignored. */
  readonly view: Readonly<Record<string, string>>;
  /** Id of the built-in scenario that it started from; gives title and captions. */
  readonly scenario?: string | undefined;
  readonly title?: string | undefined;
  /** Description and captions of a scenario that is not built in. */
  readonly about?: string | undefined;
  readonly captions?: readonly Caption[] | undefined;
}

/** The readable part of a link; `dropped` lists in sentences what was lost. `ok: false` if not even the design could be read. */
export type ParsedLink =
  | { readonly ok: true; readonly link: Link; readonly dropped: readonly string[] }
  | { readonly ok: false; readonly message: string };

const PREFIX = '#v1.';
/** Longer links are rejected unread; a valid link is far shorter. */
const MAX_LINK_CHARACTERS = 65_536;

/** The kind of each record. Part of the format: only append. */
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
  text: 14,
  about: 15,
  caption: 16,
} as const;

/** The permalink: `#v1.` and packed bytes in base64url. Only changed lines of a design are compressed, and their size is limited. */
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
    if (mutation.kind === 'text') writeTextChange(writer, mutation);
    else writeMutation(writer, mutation);
    record(mutation.kind === 'text' ? RECORD_TAGS.text : RECORD_TAGS.mutation);
  }
  for (const call of link.calls) {
    writeCall(writer, call);
    record(RECORD_TAGS.call);
  }
  if (link.issued !== undefined) {
    writeInsertedCalls(writer, link.issued);
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
  if (link.about !== undefined) {
    writer.text(link.about);
    record(RECORD_TAGS.about);
  }
  for (const { at, by = '', say } of link.captions ?? []) {
    writer.text(by);
    writer.text(at);
    writer.text(say);
    record(RECORD_TAGS.caption);
  }
  // Last, so that a link without it is known to be cut short.
  writer.number(link.cursor);
  record(RECORD_TAGS.cursor);
  return PREFIX + makeBase64url(bytes);
}

/** Parses a link, or its longest undamaged prefix. Accepts the hash with or without `#`, or a whole URL. Never throws. */
export function parseLink(hash: string): ParsedLink {
  if (hash.length > MAX_LINK_CHARACTERS)
    return {
      ok: false,
      message: `The link has ${hash.length} characters; a link has at most ${MAX_LINK_CHARACTERS}.`,
    };
  // Mail programs wrap long lines and quote them with `>`; people put brackets and full stops around links.
  const text = hash
    .replaceAll(/%(?:20|0[ad]|3e)|[\s>]/gi, '')
    .replace(/^[^#]*#/, '')
    .replace(/[.,;:!?)\]}>'"]+$/, '');
  const version = /^(v\d{1,4})\./.exec(text);
  if (!version)
    return {
      ok: false,
      message: 'This is not a link of the playground. Such a link starts with "#v1."',
    };
  if (version[1] !== 'v1')
    return {
      ok: false,
      message: `The link has version ${version[1]}; this playground reads v1.`,
    };
  const { bytes, whole } = parseBase64url(text.slice(3));
  const partial = makePartialLink();
  const failure = readRecords(bytes, partial);
  if (partial.design === undefined)
    return {
      ok: false,
      message: `The link is damaged at its start: ${failure ?? 'it is empty'}.`,
    };
  const dropped = [...partial.skipped];
  if (failure !== undefined || !whole || !partial.hasCursor)
    dropped.push(
      damageText(
        partial,
        failure ?? (whole ? 'it is cut short' : 'it contains a character that no link has'),
      ),
    );
  return { ok: true, link: completeLink(partial, partial.design), dropped };
}

function encodeVarint(value: number): number[] {
  const writer = makeLinkWriter([]);
  writer.number(value);
  return writer.take();
}

interface PartialLink {
  design: string | undefined;
  revision: number;
  readonly options: [string, string][];
  readonly mutations: DesignChange[];
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
  about: string | undefined;
  readonly captions: Caption[];
  readonly skipped: string[];
  /** Whether the last record, the cursor, was read. */
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
    about: undefined,
    captions: [],
    skipped: [],
    hasCursor: false,
  };
}

/** Reads records into `partial` up to the first damaged one. Returns what is wrong with that one. */
function readRecords(bytes: readonly number[], partial: PartialLink): string | undefined {
  const reader = makeLinkReader(LINK_DICTIONARY, DESIGN_LINK_WORDS);
  let sum: number | undefined;
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    let length = 0;
    let start = at + 1;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[start++];
      if (byte === undefined || scale > 128 ** 3) return 'it is cut short';
      length += (byte & 127) * scale;
      if (byte < 128) break;
    }
    const end = start + length;
    if (end + 2 > bytes.length) return 'it is cut short';
    sum = crc16(bytes.slice(at, end), sum);
    if (bytes[end] !== sum >> 8 || bytes[end + 1] !== (sum & 255)) return 'a checksum is wrong';
    reader.feed(bytes.slice(start, end));
    try {
      readRecord(tag, reader, partial);
    } catch (error) {
      if (error instanceof LinkFormatError) return `it ${error.message}`;
      throw error;
    }
    at = end + 2;
  }
  partial.hasCursor = partial.cursor !== undefined;
  return undefined;
}

function readRecord(tag: number, reader: LinkReader, partial: PartialLink): void {
  if (partial.design === undefined && tag !== RECORD_TAGS.head)
    throw new LinkFormatError('does not start with its design');
  switch (tag) {
    case RECORD_TAGS.head: {
      const design = reader.text();
      partial.revision = reader.number();
      partial.design = design;
      return;
    }
    case RECORD_TAGS.option:
      partial.options.push([reader.text(), reader.text()]);
      return;
    case RECORD_TAGS.text:
      if (partial.mutations.length > 0)
        throw new LinkFormatError('changes the text of the design twice');
      partial.mutations.push(readTextChange(reader));
      return;
    case RECORD_TAGS.mutation:
      if (partial.mutations.length === MAX_MUTATIONS)
        throw new LinkFormatError(`changes more than ${MAX_MUTATIONS} steps of the design`);
      partial.mutations.push(readMutation(reader));
      return;
    case RECORD_TAGS.device:
      partial.devices.push(readDevice(reader));
      return;
    case RECORD_TAGS.process:
      partial.processes.push(reader.text());
      return;
    case RECORD_TAGS.storeBuffers:
      partial.storeBuffers = reader.number() === 1;
      return;
    case RECORD_TAGS.call:
      partial.calls.push(readCall(reader));
      return;
    case RECORD_TAGS.issued:
      partial.insertedCalls = readInsertedCalls(reader);
      return;
    case RECORD_TAGS.steps:
      partial.steps.push(...readSteps(reader, partial.ids));
      return;
    case RECORD_TAGS.cursor:
      partial.cursor = reader.number();
      return;
    case RECORD_TAGS.view:
      partial.view.push([reader.text(), reader.text()]);
      return;
    case RECORD_TAGS.scenario:
      partial.scenario = reader.text();
      return;
    case RECORD_TAGS.title:
      partial.title = reader.text();
      return;
    case RECORD_TAGS.about:
      partial.about = reader.text();
      return;
    case RECORD_TAGS.caption: {
      const by = reader.text();
      partial.captions.push({
        ...(by === '' ? {} : { by }),
        at: reader.text(),
        say: reader.text(),
      });
      return;
    }
    default:
      partial.skipped.push(
        'The link contains a record of a later version of the playground. It was ignored.',
      );
  }
}

function damageText(partial: PartialLink, why: string): string {
  const kept = `${countNoun(partial.devices.length, 'device')}, ${countNoun(partial.calls.length, 'call')} and ${countNoun(partial.steps.length, 'step')}`;
  return `The link is damaged (${why}): ${kept} were restored, the rest was dropped.`;
}

function countNoun(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}

function completeLink(partial: PartialLink, design: string): Link {
  const transitions = partial.steps.length + (partial.insertedCalls?.length ?? 0);
  return {
    design,
    revision: partial.revision,
    options: Object.fromEntries(partial.options),
    ...(partial.mutations.length === 0 ? {} : { mutations: partial.mutations }),
    world: {
      devices: partial.devices,
      processes: partial.processes,
      ...(partial.storeBuffers === undefined ? {} : { storeBuffers: partial.storeBuffers }),
    },
    calls: partial.calls,
    ...(partial.insertedCalls === undefined ? {} : { issued: partial.insertedCalls }),
    steps: partial.steps,
    cursor: Math.min(partial.cursor ?? transitions, transitions),
    view: Object.fromEntries(partial.view),
    ...(partial.scenario === undefined ? {} : { scenario: partial.scenario }),
    ...(partial.title === undefined ? {} : { title: partial.title }),
    ...(partial.about === undefined ? {} : { about: partial.about }),
    ...(partial.captions.length === 0 ? {} : { captions: partial.captions }),
  };
}
