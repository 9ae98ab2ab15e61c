/** A parameter that takes one of a few words; the first is what holds without it. */
interface WordParameter<Word extends string> {
  readonly kind: 'word';
  readonly words: readonly [Word, ...(readonly Word[])];
  readonly about: string;
}

/** A parameter that takes a number of at most three decimals. */
interface NumberParameter {
  readonly kind: 'number';
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
  /** What holds without it. */
  readonly without: string;
  readonly about: string;
}

const word = <Word extends string>(
  about: string,
  ...words: readonly [Word, ...(readonly Word[])]
): WordParameter<Word> => ({ kind: 'word', words, about });

/** The parameters behind `?` in the address of `embed.html`, and attributes of the element: what reads them and what tells of them go by this table. */
export const EMBED_PARAMETERS = {
  view: word(
    'The graph of kernel objects, the lanes of the tasks, both, or every design side by side.',
    'graph',
    'timeline',
    'both',
    'compare',
  ),
  theme: word("Colours; auto follows the reader's setting.", 'auto', 'light', 'dark'),
  ro: word('1: the reader steps, seeks and checks, but cannot act for anybody.', '0', '1'),
  step: {
    kind: 'number',
    least: 0,
    most: 100_000,
    whole: true,
    without: 'as the link says, else 0',
    about: 'Where to stand: moves from the beginning.',
  } satisfies NumberParameter,
  play: word('1: plays as soon as it is open.', '0', '1'),
  speed: {
    kind: 'number',
    least: 0.1,
    most: 60,
    whole: false,
    without: '2',
    about: 'Steps per second while playing.',
  } satisfies NumberParameter,
  load: word(
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
  readonly without: string;
  readonly about: string;
}

function rowOf([name, parameter]: readonly [
  string,
  WordParameter<string> | NumberParameter,
]): ParameterRow {
  return parameter.kind === 'word'
    ? {
        name,
        accepts: parameter.words.join(', '),
        without: parameter.words[0],
        about: parameter.about,
      }
    : {
        name,
        accepts: `${parameter.whole ? 'a whole number, ' : ''}${parameter.least} to ${parameter.most}`,
        without: parameter.without,
        about: parameter.about,
      };
}

/** Parameters of a frame and attributes of the element: both know all of these. */
export const PARAMETER_ROWS: readonly ParameterRow[] = [
  {
    name: 'scenario',
    accepts: 'an id of the library; in the element also a link (#v1.…)',
    without: 'the first of the library',
    about: 'What to show. A frame takes a link behind its address instead.',
  },
  ...Object.entries(EMBED_PARAMETERS).map(rowOf),
];

/** Attributes that the element alone has. */
export const ATTRIBUTE_ROWS: readonly ParameterRow[] = [
  {
    name: 'base',
    accepts: 'an address',
    without: 'the folder of the script',
    about: 'The folder of the playground.',
  },
  {
    name: 'height',
    accepts: 'a number of pixels',
    without: 'as high as the content',
    about: 'A height that stays.',
  },
  {
    name: 'sandbox',
    accepts: 'no value',
    without: 'the frame has its origin',
    about: 'Gives the frame no origin, so that it reaches nothing of its site.',
  },
  { name: 'title', accepts: 'a text', without: 'VFIO playground', about: 'The name of the frame.' },
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
