import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

/** Every colour token as its light and its dark value. */
const COLOUR_TOKENS = new Map(
  [...css.matchAll(/--([\w-]+): (?:light-dark\()?(#[0-9a-f]{6})(?:, (#[0-9a-f]{6})\))?;/g)].map(
    ([, name, light, dark = light]) => [name ?? '', [light ?? '', dark ?? '']] as const,
  ),
);

function srgbChannels(name: string, theme: 0 | 1): readonly number[] {
  const hex = COLOUR_TOKENS.get(name)?.[theme] ?? expect.fail(`no token --${name}`);
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
}

/** Relative luminance of linear channels. */
function relativeLuminance(linear: readonly number[]): number {
  return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
}

function toLinear(values: readonly number[]): readonly number[] {
  return values.map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
}

/** WCAG contrast ratio. */
function contrastRatio(a: string, b: string, theme: 0 | 1): number {
  const [x, y] = [
    relativeLuminance(toLinear(srgbChannels(a, theme))),
    relativeLuminance(toLinear(srgbChannels(b, theme))),
  ];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const BACKGROUND_TOKENS = ['paper', 'paper-2'];
const PROCESS_TOKENS = [
  'proc-1',
  'proc-2',
  'proc-3',
  'proc-4',
  'proc-5',
  'proc-6',
  'proc-7',
  'proc-8',
  'proc-driver',
];

/** Text tokens with their background tokens. */
const TEXT_PAIRS: readonly (readonly [string, string])[] = [
  ...[
    'ink',
    'ink-2',
    'ink-3',
    'accent',
    'ok',
    'warn',
    'bad',
    'parked',
    'normal',
    'held',
    'waiting',
    'freed',
    ...PROCESS_TOKENS,
  ].flatMap((text) => BACKGROUND_TOKENS.map((paper): readonly [string, string] => [text, paper])),
  ['ink', 'paper-3'],
  ['ink-2', 'paper-3'],
  ['ink', 'accent-soft'],
  ['ink-2', 'accent-soft'],
  ['ink', 'warn-soft'],
  ['ink-2', 'warn-soft'],
  ['accent', 'accent-soft'],
  ['ok', 'ok-soft'],
  ['warn', 'warn-soft'],
  ['waiting', 'warn-soft'],
  ['bad', 'bad-soft'],
  ['parked', 'parked-soft'],
  ['normal', 'normal-soft'],
  ['on-accent', 'accent'],
  ['on-bad', 'bad'],
  ...PROCESS_TOKENS.map((process): readonly [string, string] => ['on-proc', process]),
];

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('tokens in %s', (_, theme) => {
  it.each(TEXT_PAIRS)('--%s has text contrast on --%s', (text, paper) => {
    expect(contrastRatio(text, paper, theme)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(BACKGROUND_TOKENS)('meaningful lines have contrast on --%s', (paper) => {
    for (const line of [
      'line-2',
      'glyph',
      'accent',
      'bad',
      'waiting',
      'parked',
      'normal',
      ...PROCESS_TOKENS,
    ])
      expect(contrastRatio(line, paper, theme), line).toBeGreaterThanOrEqual(3);
  });

  // Machado, Oliveira and Fernandes 2009, severity 1, on linear channels.
  it.each([
    [
      'protanopia',
      [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
    ],
    [
      'deuteranopia',
      [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
    ],
    [
      'tritanopia',
      [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
    ],
  ])('parked, normal and bad are distinguishable under %s', (_name, matrix) => {
    const seen = (name: string): readonly number[] => {
      const rgb = toLinear(srgbChannels(name, theme));
      return [0, 3, 6].map((row) =>
        Math.max(
          0,
          Math.min(
            1,
            (matrix[row] ?? 0) * (rgb[0] ?? 0) +
              (matrix[row + 1] ?? 0) * (rgb[1] ?? 0) +
              (matrix[row + 2] ?? 0) * (rgb[2] ?? 0),
          ),
        ),
      );
    };
    const pairs = [
      ['parked', 'normal'],
      ['normal', 'bad'],
      ['parked', 'bad'],
    ] as const;
    const near = pairs.filter(([a, b]) => oklabDistance(seen(a), seen(b)) < 0.06);
    expect(near).toEqual([]);
  });
});

/** Distance in OKLab. */
function oklabDistance(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [toOklab(a), toOklab(b)];
  return Math.hypot(...x.map((each, i) => each - (y[i] ?? 0)));
}

function toOklab([r = 0, g = 0, b = 0]: readonly number[]): readonly number[] {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}
