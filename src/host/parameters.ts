/** A parameter with a few values; the first is the default. */
interface EnumParameter<Value extends string> {
  readonly kind: 'enum';
  readonly values: readonly [Value, ...(readonly Value[])];
  readonly description: string;
}

/** A numeric parameter with at most three decimals. */
interface NumberParameter {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
  readonly defaultText: string;
  readonly description: string;
}

const enumParameter = <Value extends string>(
  description: string,
  ...values: readonly [Value, ...(readonly Value[])]
): EnumParameter<Value> => ({ kind: 'enum', values, description });

/** Query parameters of `embed.html` and attributes of the element. The parsers and docs/embedding.md follow this table. */
export const EMBED_PARAMETERS = {
  view: enumParameter(
    'The graph of kernel objects, the timeline of the tasks, both, all designs side by side, or the verdicts of all designs.',
    'graph',
    'timeline',
    'both',
    'compare',
    'verdicts',
  ),
  theme: enumParameter(
    'Colour theme; auto follows the setting of the reader.',
    'auto',
    'light',
    'dark',
  ),
  ro: enumParameter(
    '1: read-only. The reader can step, seek and check, but not run calls.',
    '0',
    '1',
  ),
  step: {
    kind: 'number',
    min: 0,
    max: 100_000,
    integer: true,
    defaultText: 'the step of the link, else 0',
    description: 'Initial step, counted from the start of the run.',
  } satisfies NumberParameter,
  play: enumParameter('1: starts to play when it opens.', '0', '1'),
  speed: {
    kind: 'number',
    min: 0.1,
    max: 60,
    integer: false,
    defaultText: '2',
    description: 'Playback speed in steps per second.',
  } satisfies NumberParameter,
  load: enumParameter(
    'When it opens: at once, when it scrolls into view, or when the reader presses a button. The default of the element is lazy.',
    'eager',
    'lazy',
    'click',
  ),
} as const;

/** One row of the parameter table in docs/embedding.md. */
export interface ParameterRow {
  readonly name: string;
  readonly accepts: string;
  readonly defaultText: string;
  readonly description: string;
}

function parameterRow([name, parameter]: readonly [
  string,
  EnumParameter<string> | NumberParameter,
]): ParameterRow {
  return parameter.kind === 'enum'
    ? {
        name,
        accepts: parameter.values.join(', '),
        defaultText: parameter.values[0],
        description: parameter.description,
      }
    : {
        name,
        accepts: `${parameter.integer ? 'an integer, ' : ''}${parameter.min} to ${parameter.max}`,
        defaultText: parameter.defaultText,
        description: parameter.description,
      };
}

/** Query parameters of a frame that are attributes of the element too. */
export const PARAMETER_ROWS: readonly ParameterRow[] = [
  {
    name: 'scenario',
    accepts: 'the id of a built-in scenario; in the element also a link (#v1.…)',
    defaultText: 'the first built-in scenario',
    description: 'What to show. A frame takes a link as the hash of its URL instead.',
  },
  {
    name: 'design',
    accepts: 'the id of a design',
    defaultText: 'the first design of the scenario',
    description: 'The design that runs the built-in scenario. A link has its own.',
  },
  {
    name: 'option',
    accepts: 'KEY=VALUE,…',
    defaultText: 'the options of the scenario',
    description: 'Options of the design, as in linux=6.6.',
  },
  ...Object.entries(EMBED_PARAMETERS).map(parameterRow),
];

/** Attributes that only the element has. */
export const ATTRIBUTE_ROWS: readonly ParameterRow[] = [
  {
    name: 'base',
    accepts: 'a URL',
    defaultText: 'the folder of the script',
    description: 'URL of the folder that holds the playground.',
  },
  {
    name: 'height',
    accepts: 'a number',
    defaultText: 'the height of the content',
    description: 'Fixed height in px.',
  },
  {
    name: 'sandbox',
    accepts: 'no value',
    defaultText: 'the frame keeps its origin',
    description: 'Loads the frame without an origin, so that it cannot reach data of its site.',
  },
  {
    name: 'title',
    accepts: 'text',
    defaultText: 'VFIO playground',
    description: 'Accessible name of the frame.',
  },
];

/** The requests of a host page (types: `protocol.ts`). Every message is `{ source: 'vfio-playground', v: 1, id?, type, … }`. */
export const MESSAGE_ROWS: readonly {
  readonly type: string;
  readonly fields: string;
  readonly about: string;
}[] = [
  {
    type: 'ping',
    fields: '',
    about:
      'Handshake: post it with a transferred MessagePort until pong arrives on one; use that port for all other messages.',
  },
  {
    type: 'load',
    fields: 'scenario, link or file',
    about: 'Opens a built-in scenario, a link or a scenario file.',
  },
  { type: 'step', fields: 'count? (1)', about: 'Steps forward; back if count is negative.' },
  { type: 'seek', fields: 'to', about: 'Goes to a step, counted from the start of the run.' },
  { type: 'play', fields: 'speed?', about: 'Starts to play.' },
  { type: 'pause', fields: '', about: 'Stops playing.' },
  { type: 'setTheme', fields: 'theme', about: 'Sets the colour theme: auto, light or dark.' },
  {
    type: 'getState',
    fields: '',
    about: 'Changes nothing; the answer is the state.',
  },
];

/** The events of the frame. */
export const EVENT_ROWS: typeof MESSAGE_ROWS = [
  { type: 'ready', fields: '', about: 'The frame accepts requests.' },
  {
    type: 'stateChanged',
    fields: 'state',
    about: 'The state on screen has changed; at most ten times a second.',
  },
  {
    type: 'violation',
    fields: 'violation',
    about: 'A step violates a property: property, text, move, by.',
  },
  { type: 'resize', fields: 'height', about: 'The height of the content in px.' },
  { type: 'focusExit', fields: '', about: 'The reader pressed Escape to leave the frame.' },
];
