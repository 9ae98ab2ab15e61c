import type { ObjectView, Row, TaskView } from './graph';
import { CHIP, HEADER, ROW, WIDTH } from './lanes';

/*
 * What fits in a node is known before it is drawn, the same on the page and in the SVG: nothing is cut off in the middle of a word, and no
 * box has to clip its text. Widths in px at zoom 1, of the type that node.module.css sets: titles 13, names of fields 11, values 11.5.
 */
const INNER = WIDTH - 12;
const GLYPH = 19;
const GAP = 5;
const NAME_LETTER = 6.45;
const VALUE_LETTER = 6.75;
const SMALL_LETTER = 5.7;
const PADLOCK = 13;
const MARK = 13;
const ACCESS_CHIP = 66;
const FREED = 46;
const SMALL_TITLE = 10.5 / 13;
const LONG = 80;

/** How a line of type is set. */
export interface Setting {
  /** A long name stands on a line of its own, and so does who waits for a lock. */
  readonly lines: 1 | 2;
  /** The value has the second line. */
  readonly below: boolean;
  /** There is room for the value of before. */
  readonly was: boolean;
  /** There is room for the names of those who wait, not only for their marks. */
  readonly named: boolean;
  /** The name gives way: the line has no second one, and the order of memory has to stand on it too. */
  readonly tight: boolean;
}

const settings = new WeakMap<Row, readonly [alone: Setting, tall: Setting]>();

/** How a row is set, in a node of one row (`room` 1) or of several. Same object for the same row. */
export function settingOf(row: Row, room: number): Setting {
  const known = settings.get(row);
  if (known) return known[room > 1 ? 1 : 0];
  const made = [settle(row, false), settle(row, true)] as const;
  settings.set(row, made);
  return made[room > 1 ? 1 : 0];
}

function settle(row: Row, tall: boolean): Setting {
  const name = row.name.length * NAME_LETTER + GAP;
  const value = valueWidth(row);
  const was =
    row.was === undefined || row.kind === 'mutex' || row.order
      ? 0
      : lettersOf(row.kind, row.was) * NAME_LETTER + 4;
  const queue = row.queue.reduce(
    (sum, mark) => sum + MARK + 4 + mark.name.length * VALUE_LETTER,
    7,
  );
  if (!tall)
    return {
      tight: name + value > INNER,
      lines: 1,
      below: false,
      was: name + value + was <= INNER,
      named: row.queue.length > 0 && name + value + queue <= INNER,
    };
  const below = name + value > INNER;
  const queued = row.kind === 'mutex' && row.queue.length > 0;
  const beside = queued ? (below ? value : 0) : name + value;
  return {
    tight: false,
    lines: below || queued ? 2 : 1,
    below,
    was: (below ? 0 : name) + value + was <= INNER,
    named: beside + queue <= INNER,
  };
}

function valueWidth({ kind, text, owner, order }: Row): number {
  const letters = kind === 'mutex' ? (owner?.name.length ?? 4) : lettersOf(kind, text);
  const signs =
    kind === 'mutex'
      ? PADLOCK + (owner ? MARK : 0)
      : kind === 'count' || kind === 'completion'
        ? 4
        : 0;
  return letters * VALUE_LETTER + signs + (order ? order.length * NAME_LETTER + 9 : 0);
}

/** Truth is written out. */
function lettersOf(kind: Row['kind'], text: string): number {
  return kind !== 'bool' ? text.length : text === '0' ? 5 : 4;
}

/** The order of memory of a chip's one row, where it would cut the name of the field and the first line has room for it. */
export function orderAside({
  place,
  title,
  rows,
  shown,
}: Pick<ObjectView, 'place' | 'title' | 'rows' | 'shown'>): Row['order'] {
  const row = place.height === CHIP ? rows.find(({ name }) => name === shown[0]) : undefined;
  if (!row?.order || !settingOf(row, 1).tight) return undefined;
  return GLYPH + titleWidth(title) + GAP + row.order.length * NAME_LETTER + 9 <= INNER
    ? row.order
    : undefined;
}

/** Rows of text that a node of this height has room for. */
export function roomOf(height: number): number {
  return height === CHIP ? 1 : Math.floor((height - HEADER) / ROW);
}

/** How many rows of text stand above a row of a node; undefined where it is not shown. */
export function rowsAbove({ place, rows, shown }: ObjectView, name: string): number | undefined {
  const room = roomOf(place.height);
  let above = 0;
  for (const each of shown) {
    if (each === name) return above;
    const row = rows.find(({ name: its }) => its === each);
    above += row ? settingOf(row, room).lines : 0;
  }
  return undefined;
}

/** What the first line of a node has room for. */
export interface Headline {
  /** `small` is set a step smaller, so that it stands whole; `long` too, but only where titles are set large. */
  readonly size: 'usual' | 'long' | 'small';
  /** So long that it takes the place of the glyph: it has the kind in its words. */
  readonly bare: boolean;
  /** The kernel's name of its type, where there is room for all of it and the title does not say it. */
  readonly type: string | undefined;
  /** How many fields are not shown, where there is room to say so. */
  readonly more: number | undefined;
}

/** The first line of an object's node, beside which so many pixels are taken by a button. */
export function headlineOf(
  { title, type, ghost, access, place, rows, shown }: ObjectView,
  taken = 0,
): Headline {
  const width = titleWidth(title);
  const small = width > INNER - GLYPH - (ghost ? FREED : 0);
  const bare = small && width * SMALL_TITLE > INNER - GLYPH;
  let left =
    INNER -
    (bare ? 0 : GLYPH) -
    width * (small ? SMALL_TITLE : 1) -
    (ghost ? FREED : access ? ACCESS_CHIP : 0) -
    taken;
  const told = ghost || type === 'file' || title.split(/[ .]/).includes(type);
  const typed = !told && !small && type.length * SMALL_LETTER + GAP <= left;
  if (typed) left -= type.length * SMALL_LETTER + GAP;
  const hidden = place.height === CHIP ? 0 : rows.length - shown.length;
  return {
    size: small ? 'small' : width > LONG ? 'long' : 'usual',
    bare,
    type: typed ? type : undefined,
    more: hidden > 0 && GAP + 20 <= left ? hidden : undefined,
  };
}

const LETTERS: readonly (readonly [string, number])[] = [
  ["ijl.,:'", 0.29],
  [' ', 0.26],
  ['frt/-', 0.4],
  ['1', 0.46],
  ['m', 0.91],
  ['w', 0.84],
];

/** The width of a title of 13 px. */
function titleWidth(text: string): number {
  return (
    Array.from(text).reduce(
      (sum, letter) => sum + (LETTERS.find(([letters]) => letters.includes(letter))?.[1] ?? 0.61),
      0,
    ) * 13
  );
}

/** The first line of a task, and whether it is set a step smaller. */
export function callLine(
  { mark, status, call }: TaskView,
  alone: boolean,
): { readonly name: string | undefined; readonly text: string; readonly small: boolean } {
  const name = alone ? undefined : mark.name;
  const room = (INNER - 11) / VALUE_LETTER - (name === undefined ? 0 : name.length + 1);
  const text =
    status === 'done'
      ? 'all calls made'
      : status === 'idle' && `next ${call}`.length <= room
        ? `next ${call}`
        : call;
  return { name, text, small: text.length > room };
}
