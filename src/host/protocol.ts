/** The `source` word of every message. */
const SOURCE = 'vfio-playground';

/** Version of the messages; those of another one are ignored. */
const VERSION = 1;

/** Characters of a text in a message; a scenario file has at most that many. */
const MAX_TEXT_CHARACTERS = 262_144;
const MAX_SEEK_STEPS = 100_000;
const MAX_ID_LENGTH = 64;

/** Colours; `auto` follows the reader's setting. */
export type Theme = 'light' | 'dark' | 'auto';

/** What to show: a built-in scenario by its id, a permalink, or a scenario file as text or as the value of its JSON. */
export type LoadTarget =
  { readonly scenario: string } | { readonly link: string } | { readonly file: string | object };

/** What a host page asks for. Every request but `ping` is answered by `state` or `error` with its id. */
export type Request =
  /** Answered by `pong`; a port that comes with it carries everything from then on. */
  | { readonly type: 'ping' }
  | ({ readonly type: 'load' } & LoadTarget)
  /** Forward, or back where `count` is negative; one step where it is left out. */
  | { readonly type: 'step'; readonly count?: number }
  /** To a number of moves from the beginning of the branch. */
  | { readonly type: 'seek'; readonly to: number }
  /** `speed` in steps per second. */
  | { readonly type: 'play'; readonly speed?: number }
  | { readonly type: 'pause' }
  | { readonly type: 'setTheme'; readonly theme: Theme }
  | { readonly type: 'getState' };

/** A rule that the run on screen breaks. */
export interface ViolationReport {
  readonly property: string;
  readonly text: string;
  /** Number of the move that broke it, from 1. */
  readonly move: number;
  readonly by: string | undefined;
}

/** What is on screen. */
export interface PlaygroundState {
  /** `#v1.…`: opens the same moment in the playground. */
  readonly link: string;
  /** Id of the built-in scenario, where it is one. */
  readonly scenario: string | undefined;
  readonly title: string;
  readonly design: string;
  /** Moves made so far, and moves of the branch. */
  readonly cursor: number;
  readonly moves: number;
  readonly playing: boolean;
  readonly theme: Theme;
  /** What the last move did, in one line. */
  readonly text: string;
  /** Rules broken up to here. */
  readonly violations: readonly ViolationReport[];
}

/** What the playground says: answers with the id of their request, and events without one. */
export type Report =
  | { readonly type: 'pong' }
  | { readonly type: 'state'; readonly state: PlaygroundState }
  | { readonly type: 'error'; readonly message: string }
  | { readonly type: 'ready' }
  | { readonly type: 'stateChanged'; readonly state: PlaygroundState }
  | { readonly type: 'violation'; readonly violation: ViolationReport }
  /** The height that suits the content at this width, in CSS pixels. */
  | { readonly type: 'resize'; readonly height: number }
  /** Somebody pressed Escape to get out of the frame. */
  | { readonly type: 'focusExit' };

/** Identifies a request for its answer. */
export type MessageId = number | string;

/** What goes over the wire: what is said, and the three words that mark it. An answer has the id of its request. */
export type Message<T> = T & {
  readonly source: typeof SOURCE;
  readonly v: typeof VERSION;
  readonly id?: MessageId;
};

/** A message around what is said. */
export function makeMessage<T extends Request | Report>(said: T, id?: MessageId): Message<T> {
  return { ...said, source: SOURCE, v: VERSION, ...(id === undefined ? {} : { id }) };
}

type MessageFields = Readonly<Record<string, unknown>>;

/** The fields of a message of the playground; undefined for what is none, which is to be ignored. */
function fieldsOf(data: unknown): MessageFields | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const fields = data as MessageFields;
  const own = (key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);
  return own('source') === SOURCE && own('v') === VERSION && typeof own('type') === 'string'
    ? fields
    : undefined;
}

function idOf({ id }: MessageFields): MessageId | undefined {
  return (typeof id === 'number' && Number.isFinite(id)) ||
    (typeof id === 'string' && id.length <= MAX_ID_LENGTH)
    ? id
    : undefined;
}

/** A request with its id, what is wrong with it, or undefined for what is not for the playground or of a type that it does not know. */
export type ParsedRequest =
  | { readonly ok: true; readonly id: MessageId | undefined; readonly request: Request }
  | { readonly ok: false; readonly id: MessageId | undefined; readonly message: string }
  | undefined;

/** Reads a request out of anything that was posted. Never throws. */
export function parseRequest(data: unknown): ParsedRequest {
  const fields = fieldsOf(data);
  if (!fields) return undefined;
  const id = idOf(fields);
  const parsed = parseRequestFields(fields);
  if (parsed === undefined) return undefined;
  return typeof parsed === 'string'
    ? { ok: false, id, message: parsed }
    : { ok: true, id, request: parsed };
}

/** The request, or what is wrong with it. */
function parseRequestFields(fields: MessageFields): Request | string | undefined {
  const { type } = fields;
  switch (type) {
    case 'ping':
    case 'pause':
    case 'getState':
      return { type };
    case 'load':
      return parseLoadFields(fields);
    case 'step': {
      const { count } = fields;
      if (count === undefined) return { type };
      return isIntegerFrom(count, -MAX_SEEK_STEPS)
        ? { type, count }
        : `count: ${valueForError(count)} stood here; accepted: a whole number from -${MAX_SEEK_STEPS} to ${MAX_SEEK_STEPS}`;
    }
    case 'seek':
      return isIntegerFrom(fields['to'], 0)
        ? { type, to: fields['to'] }
        : `to: ${valueForError(fields['to'])} stood here; accepted: a whole number from 0 to ${MAX_SEEK_STEPS}`;
    case 'play': {
      const { speed } = fields;
      if (speed === undefined) return { type };
      return typeof speed === 'number' && speed >= 0.1 && speed <= 60
        ? { type, speed }
        : `speed: ${valueForError(speed)} stood here; accepted: 0.1 to 60 steps per second`;
    }
    case 'setTheme': {
      const { theme } = fields;
      return theme === 'light' || theme === 'dark' || theme === 'auto'
        ? { type, theme }
        : `theme: ${valueForError(theme)} stood here; accepted: "light", "dark", "auto"`;
    }
    default:
      return undefined;
  }
}

function parseLoadFields({ scenario, link, file }: MessageFields): Request | string {
  const given = [scenario, link, file].filter((each) => each !== undefined);
  if (given.length !== 1) return 'load: accepted: exactly one of "scenario", "link" and "file"';
  const [what] = given;
  if (typeof what === 'string' && what.length > MAX_TEXT_CHARACTERS)
    return `load: ${what.length} characters stood here; accepted: at most ${MAX_TEXT_CHARACTERS}`;
  if (typeof scenario === 'string') return { type: 'load', scenario };
  if (typeof link === 'string') return { type: 'load', link };
  if (typeof file === 'string' || (typeof file === 'object' && file !== null))
    return { type: 'load', file };
  return `load: ${valueForError(what)} stood here; accepted: a string, or for "file" also an object`;
}

function isIntegerFrom(value: unknown, least: number): value is number {
  return (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= least &&
    value <= MAX_SEEK_STEPS
  );
}

function valueForError(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  return typeof value === 'object' && value !== null
    ? 'an object'
    : value === undefined
      ? 'nothing'
      : String(value as number | boolean | null).slice(0, 60);
}

/** A report with the id of the request that it answers, or undefined for what is none. Trusts its sender to be the playground. */
export function parseReport(data: unknown): (Report & { readonly id?: MessageId }) | undefined {
  return fieldsOf(data) as (Report & { readonly id?: MessageId }) | undefined;
}
