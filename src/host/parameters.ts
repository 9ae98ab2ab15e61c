/** A parameter that takes one of a few words; the first is what holds without it. */
interface EnumParameter<Word extends string> {
  readonly kind: 'word';
  readonly values: readonly [Word, ...(readonly Word[])];
  readonly description: string;
}

/** A parameter that takes a number of at most three decimals. */
interface NumberParameter {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
  /** What holds without it. */
  readonly defaultText: string;
  readonly description: string;
}

const enumParameter = <Word extends string>(
  about: string,
  ...words: readonly [Word, ...(readonly Word[])]
): EnumParameter<Word> => ({ kind: 'word', values: words, description: about });

/** The parameters behind `?` in the address of `embed.html`, and attributes of the element: what reads them and what tells of them go by this table. */
export const EMBED_PARAMETERS = {
  view: enumParameter(
    'The graph of kernel objects, the lanes of the tasks, both, or every design side by side.',
    'graph',
    'timeline',
    'both',
    'compare',
  ),
  theme: enumParameter("Colours; auto follows the reader's setting.", 'auto', 'light', 'dark'),
  ro: enumParameter('1: the reader steps, seeks and checks, but cannot act for anybody.', '0', '1'),
  step: {
    kind: 'number',
    min: 0,
    max: 100_000,
    integer: true,
    defaultText: 'as the link says, else 0',
    description: 'Where to stand: moves from the beginning.',
  } satisfies NumberParameter,
  play: enumParameter('1: plays as soon as it is open.', '0', '1'),
  speed: {
    kind: 'number',
    min: 0.1,
    max: 60,
    integer: false,
    defaultText: '2',
    description: 'Steps per second while playing.',
  } satisfies NumberParameter,
  load: enumParameter(
    'When it opens: at once, when it comes into view, or when the reader presses a button. The element waits for its view where nothing is said.',
    'eager',
    'lazy',
    'click',
  ),
} as const;

/** A parameter or an attribute, for people. */
export interface ParameterRow {
  readonly name: string;
  readonly accepts: string;
  /** What holds without it. */
  readonly defaultText: string;
  readonly description: string;
}

function parameterRow([name, parameter]: readonly [
  string,
  EnumParameter<string> | NumberParameter,
]): ParameterRow {
  return parameter.kind === 'word'
    ? {
        name,
        accepts: parameter.values.join(', '),
        defaultText: parameter.values[0],
        description: parameter.description,
      }
    : {
        name,
        accepts: `${parameter.integer ? 'a whole number, ' : ''}${parameter.min} to ${parameter.max}`,
        defaultText: parameter.defaultText,
        description: parameter.description,
      };
}

/** Parameters of a frame and attributes of the element: both know all of these. */
export const PARAMETER_ROWS: readonly ParameterRow[] = [
  {
    name: 'scenario',
    accepts: 'an id of the library; in the element also a link (#v1.…)',
    defaultText: 'the first of the library',
    description: 'What to show. A frame takes a link behind its address instead.',
  },
  ...Object.entries(EMBED_PARAMETERS).map(parameterRow),
];

/** Attributes that the element alone has. */
export const ATTRIBUTE_ROWS: readonly ParameterRow[] = [
  {
    name: 'base',
    accepts: 'an address',
    defaultText: 'the folder of the script',
    description: 'The folder of the playground.',
  },
  {
    name: 'height',
    accepts: 'a number of pixels',
    defaultText: 'as high as the content',
    description: 'A height that stays.',
  },
  {
    name: 'sandbox',
    accepts: 'no value',
    defaultText: 'the frame has its origin',
    description: 'Gives the frame no origin, so that it reaches nothing of its site.',
  },
  {
    name: 'title',
    accepts: 'a text',
    defaultText: 'VFIO playground',
    description: 'The name of the frame.',
  },
];

/** What a page posts to the frame, and what comes back (`protocol.ts` has the types). Every message is `{ source: 'vfio-playground', v: 1, id?, type, … }`. */
export const MESSAGE_ROWS: readonly {
  readonly type: string;
  readonly fields: string;
  readonly about: string;
}[] = [
  {
    type: 'ping',
    fields: '',
    about:
      'Repeat it, each time with a MessagePort, until pong comes through one; talk through that.',
  },
  {
    type: 'load',
    fields: 'scenario, link or file',
    about: 'Shows a scenario of the library, a link, or a scenario file.',
  },
  { type: 'step', fields: 'count? (1)', about: 'Steps forward, or back where negative.' },
  { type: 'seek', fields: 'to', about: 'Goes to a move, counted from the beginning.' },
  { type: 'play', fields: 'speed?', about: 'Plays.' },
  { type: 'pause', fields: '', about: 'Stops playing.' },
  { type: 'setTheme', fields: 'theme', about: 'auto, light or dark.' },
  {
    type: 'getState',
    fields: '',
    about: 'Only asks. All but ping are answered by state or error with their id.',
  },
];

/** What the frame tells on its own. */
export const EVENT_ROWS: typeof MESSAGE_ROWS = [
  { type: 'ready', fields: '', about: 'The frame listens.' },
  {
    type: 'stateChanged',
    fields: 'state',
    about: 'Something else is on screen; at most ten times a second.',
  },
  {
    type: 'violation',
    fields: 'violation',
    about: 'A move broke a rule: property, text, move, by.',
  },
  { type: 'resize', fields: 'height', about: 'The height in pixels that suits the content.' },
  { type: 'focusExit', fields: '', about: 'The reader pressed Escape to leave the frame.' },
];
