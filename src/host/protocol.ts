const SOURCE = 'vfio-playground';

/** Messages of another version are ignored. */
const VERSION = 1;

/** The same limit as `MAX_SCENARIO_CHARACTERS` of the scenario parser, which this file may not import. */
export const MAX_TEXT_CHARACTERS = 262_144;
const MAX_STEPS = 100_000;
const MAX_ID_LENGTH = 64;
const MIN_SPEED = 0.1;
const MAX_SPEED = 60;

/** Colour theme; `auto` follows the setting of the reader. */
export type Theme = 'light' | 'dark' | 'auto';

/** What to open: a built-in scenario by id, a permalink, or a scenario file as text or as parsed JSON. */
export type LoadTarget =
  { readonly scenario: string } | { readonly link: string } | { readonly file: string | object };

/** From the host page to the playground. Each request except `ping` is answered by `state` or `error` with its id. */
export type Request =
  /** Answered by `pong`. If a MessagePort comes with it, all later messages use that port. */
  | { readonly type: 'ping' }
  | ({ readonly type: 'load' } & LoadTarget)
  /** Steps forward, or back if `count` is negative. Default 1. */
  | { readonly type: 'step'; readonly count?: number }
  /** Goes to a step, counted from the start of the run. */
  | { readonly type: 'seek'; readonly to: number }
  /** `speed` in steps per second. */
  | { readonly type: 'play'; readonly speed?: number }
  | { readonly type: 'pause' }
  | { readonly type: 'setTheme'; readonly theme: Theme }
  | { readonly type: 'getState' };

/** A property that a step violates. */
export interface ViolationReport {
  readonly property: string;
  readonly text: string;
  /** Number of the step, from 1. */
  readonly move: number;
  /** The task that made the step. */
  readonly by: string | undefined;
}

/** What is on screen. */
export interface PlaygroundState {
  /** Permalink hash (`#v1.…`) of this state. */
  readonly link: string;
  /** Id of the built-in scenario; undefined for other scenarios. */
  readonly scenario: string | undefined;
  readonly title: string;
  readonly design: string;
  /** Number of steps up to the current state. */
  readonly cursor: number;
  /** Number of steps of the branch on screen. */
  readonly moves: number;
  readonly playing: boolean;
  readonly theme: Theme;
  /** What the last step did, in one line. */
  readonly text: string;
  /** Violations up to the cursor. */
  readonly violations: readonly ViolationReport[];
}

/** From the playground to the host page: answers, with the id of their request, and events, without one. */
export type Report =
  | { readonly type: 'pong' }
  | { readonly type: 'state'; readonly state: PlaygroundState }
  | { readonly type: 'error'; readonly message: string }
  | { readonly type: 'ready' }
  | { readonly type: 'stateChanged'; readonly state: PlaygroundState }
  | { readonly type: 'violation'; readonly violation: ViolationReport }
  /** Height of the content at the current width, in px. */
  | { readonly type: 'resize'; readonly height: number }
  /** The reader pressed Escape to leave the frame. */
  | { readonly type: 'focusExit' };

/** Matches an answer to its request. */
export type MessageId = number | string;

/** A request or report with the fields that mark it as a message of the playground. */
export type Message<T> = T & {
  readonly source: typeof SOURCE;
  readonly v: typeof VERSION;
  readonly id?: MessageId;
};

/** Wraps a request or report for `postMessage`. */
export function makeMessage<T extends Request | Report>(content: T, id?: MessageId): Message<T> {
  return { ...content, source: SOURCE, v: VERSION, ...(id === undefined ? {} : { id }) };
}

type MessageFields = Readonly<Record<string, unknown>>;

/** The fields of a message of the playground; undefined for any other value. */
function fieldsOf(data: unknown): MessageFields | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const fields = data as MessageFields;
  const ownField = (key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);
  return ownField('source') === SOURCE &&
    ownField('v') === VERSION &&
    typeof ownField('type') === 'string'
    ? fields
    : undefined;
}

function idOf({ id }: MessageFields): MessageId | undefined {
  return (typeof id === 'number' && Number.isFinite(id)) ||
    (typeof id === 'string' && id.length <= MAX_ID_LENGTH)
    ? id
    : undefined;
}

/** A request, or an error message. Undefined for messages to ignore: foreign ones, and those of an unknown type. */
export type ParsedRequest =
  | { readonly ok: true; readonly id: MessageId | undefined; readonly request: Request }
  | { readonly ok: false; readonly id: MessageId | undefined; readonly message: string }
  | undefined;

/** Parses any posted value. Never throws. */
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

/** A string is an error message. */
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
      return isIntegerFrom(count, -MAX_STEPS)
        ? { type, count }
        : mismatch('count', `an integer from -${MAX_STEPS} to ${MAX_STEPS}`, count);
    }
    case 'seek': {
      const { to } = fields;
      return isIntegerFrom(to, 0)
        ? { type, to }
        : mismatch('to', `an integer from 0 to ${MAX_STEPS}`, to);
    }
    case 'play': {
      const { speed } = fields;
      if (speed === undefined) return { type };
      return typeof speed === 'number' && speed >= MIN_SPEED && speed <= MAX_SPEED
        ? { type, speed }
        : mismatch('speed', `a number from ${MIN_SPEED} to ${MAX_SPEED}`, speed);
    }
    case 'setTheme': {
      const { theme } = fields;
      return theme === 'light' || theme === 'dark' || theme === 'auto'
        ? { type, theme }
        : mismatch('theme', 'one of "light", "dark", "auto"', theme);
    }
    default:
      return undefined;
  }
}

function parseLoadFields({ scenario, link, file }: MessageFields): Request | string {
  const targets = Object.entries({ scenario, link, file }).filter(
    ([, value]) => value !== undefined,
  );
  const [target] = targets;
  if (!target || targets.length > 1) {
    const names = targets.map(([name]) => `"${name}"`).join(' and ');
    return `load: expected exactly one of "scenario", "link" and "file", got ${names || 'none'}`;
  }
  const [name, value] = target;
  if (typeof value === 'string' && value.length > MAX_TEXT_CHARACTERS)
    return `${name}: expected at most ${MAX_TEXT_CHARACTERS} characters, got ${value.length}`;
  if (typeof scenario === 'string') return { type: 'load', scenario };
  if (typeof link === 'string') return { type: 'load', link };
  if (typeof file === 'string' || (typeof file === 'object' && file !== null))
    return { type: 'load', file };
  return mismatch(name, name === 'file' ? 'a string or an object' : 'a string', value);
}

function isIntegerFrom(value: unknown, min: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= MAX_STEPS;
}

function mismatch(field: string, expected: string, value: unknown): string {
  return `${field}: expected ${expected}, got ${valueForError(value)}`;
}

function valueForError(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  return typeof value === 'object' && value !== null
    ? 'an object'
    : value === undefined
      ? 'nothing'
      : String(value as number | boolean | null).slice(0, 60);
}

/** A report with the id of its request; undefined for foreign messages. The fields are not checked: the sender is the playground. */
export function parseReport(data: unknown): (Report & { readonly id?: MessageId }) | undefined {
  return fieldsOf(data) as (Report & { readonly id?: MessageId }) | undefined;
}
