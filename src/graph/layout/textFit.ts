import type { ObjectView, FieldView, TaskView } from '../model/graph';
import { CHIP_HEIGHT, NODE_HEADER_HEIGHT, TEXT_ROW_HEIGHT, NODE_WIDTH } from './nodeMetrics';

/*
 * What fits in a node is known before it is drawn, the same on the page and in the SVG: nothing is cut off in the middle of a word, and no
 * box has to clip its text. Widths in px at zoom 1, of the type that node.module.css sets: titles 13, names of fields 11, values 11.5.
 */
const INNER_WIDTH = NODE_WIDTH - 12;
const GLYPH_WIDTH = 19;
const TEXT_GAP = 5;
const NAME_CHAR_WIDTH = 6.45;
const VALUE_CHAR_WIDTH = 6.75;
const SMALL_CHAR_WIDTH = 5.7;
const PADLOCK_WIDTH = 13;
const TASK_MARK_WIDTH = 13;
const ACCESS_CHIP_WIDTH = 66;
const FREED_TAG_WIDTH = 46;
const SMALL_TITLE_SCALE = 10.5 / 13;
const LONG_TITLE_WIDTH = 80;

/** How a line of type is set. */
export interface FieldFit {
  /** A long name stands on a line of its own, and so does who waits for a lock. */
  readonly lines: 1 | 2;
  /** The value has the second line. */
  readonly valueBelow: boolean;
  /** There is room for the value of before. */
  readonly showsPrevious: boolean;
  /** There is room for the names of those who wait, not only for their marks. */
  readonly showsWaiterNames: boolean;
  /** The name gives way: the line has no second one, and the order of memory has to stand on it too. */
  readonly nameYields: boolean;
}

const fieldFitCache = new WeakMap<FieldView, readonly [alone: FieldFit, tall: FieldFit]>();

/** How a row is set, in a node of one row (`room` 1) or of several. Same object for the same row. */
export function fitField(row: FieldView, room: number): FieldFit {
  const known = fieldFitCache.get(row);
  if (known) return known[room > 1 ? 1 : 0];
  const made = [computeFieldFit(row, false), computeFieldFit(row, true)] as const;
  fieldFitCache.set(row, made);
  return made[room > 1 ? 1 : 0];
}

function computeFieldFit(row: FieldView, tall: boolean): FieldFit {
  const name = row.name.length * NAME_CHAR_WIDTH + TEXT_GAP;
  const value = valueWidth(row);
  const was =
    row.previous === undefined || row.kind === 'mutex' || row.memoryOrder
      ? 0
      : charCount(row.kind, row.previous) * NAME_CHAR_WIDTH + 4;
  const queue = row.queue.reduce(
    (sum, mark) => sum + TASK_MARK_WIDTH + 4 + mark.name.length * VALUE_CHAR_WIDTH,
    7,
  );
  if (!tall)
    return {
      nameYields: name + value > INNER_WIDTH,
      lines: 1,
      valueBelow: false,
      showsPrevious: name + value + was <= INNER_WIDTH,
      showsWaiterNames: row.queue.length > 0 && name + value + queue <= INNER_WIDTH,
    };
  const below = name + value > INNER_WIDTH;
  const queued = row.kind === 'mutex' && row.queue.length > 0;
  const beside = queued ? (below ? value : 0) : name + value;
  return {
    nameYields: false,
    lines: below || queued ? 2 : 1,
    valueBelow: below,
    showsPrevious: (below ? 0 : name) + value + was <= INNER_WIDTH,
    showsWaiterNames: beside + queue <= INNER_WIDTH,
  };
}

function valueWidth({ kind, text, owner, memoryOrder: order }: FieldView): number {
  const letters = kind === 'mutex' ? (owner?.name.length ?? 4) : charCount(kind, text);
  const signs =
    kind === 'mutex'
      ? PADLOCK_WIDTH + (owner ? TASK_MARK_WIDTH : 0)
      : kind === 'count' || kind === 'completion'
        ? 4
        : 0;
  return letters * VALUE_CHAR_WIDTH + signs + (order ? order.length * NAME_CHAR_WIDTH + 9 : 0);
}

/** Truth is written out. */
function charCount(kind: FieldView['kind'], text: string): number {
  return kind !== 'bool' ? text.length : text === '0' ? 5 : 4;
}

/** The order of memory of a chip's one row, where it would cut the name of the field and the first line has room for it. */
export function memoryOrderInHeader({
  placement: place,
  title,
  fields: rows,
  visibleFields: shown,
}: Pick<ObjectView, 'placement' | 'title' | 'fields' | 'visibleFields'>): FieldView['memoryOrder'] {
  const row = place.height === CHIP_HEIGHT ? rows.find(({ name }) => name === shown[0]) : undefined;
  if (!row?.memoryOrder || !fitField(row, 1).nameYields) return undefined;
  return GLYPH_WIDTH +
    titleWidth(title) +
    TEXT_GAP +
    row.memoryOrder.length * NAME_CHAR_WIDTH +
    9 <=
    INNER_WIDTH
    ? row.memoryOrder
    : undefined;
}

/** Rows of text that a node of this height has room for. */
export function textRowsIn(height: number): number {
  return height === CHIP_HEIGHT ? 1 : Math.floor((height - NODE_HEADER_HEIGHT) / TEXT_ROW_HEIGHT);
}

/** How many rows of text stand above a row of a node; undefined where it is not shown. */
export function textRowsAbove(
  { placement: place, fields: rows, visibleFields: shown }: ObjectView,
  name: string,
): number | undefined {
  const room = textRowsIn(place.height);
  let above = 0;
  for (const each of shown) {
    if (each === name) return above;
    const row = rows.find(({ name: its }) => its === each);
    above += row ? fitField(row, room).lines : 0;
  }
  return undefined;
}

/** What the first line of a node has room for. */
export interface TitleFit {
  /** `small` is set a step smaller, so that it stands whole; `long` too, but only where titles are set large. */
  readonly size: 'usual' | 'long' | 'small';
  /** So long that it takes the place of the glyph: it has the kind in its words. */
  readonly withoutGlyph: boolean;
  /** The kernel's name of its type, where there is room for all of it and the title does not say it. */
  readonly type: string | undefined;
  /** How many fields are not shown, where there is room to say so. */
  readonly hiddenFields: number | undefined;
}

/** The first line of an object's node, beside which so many pixels are taken by a button. */
export function fitTitle(
  {
    title,
    type,
    freed: ghost,
    access,
    placement: place,
    fields: rows,
    visibleFields: shown,
  }: ObjectView,
  taken = 0,
): TitleFit {
  const width = titleWidth(title);
  const small = width > INNER_WIDTH - GLYPH_WIDTH - (ghost ? FREED_TAG_WIDTH : 0);
  const bare = small && width * SMALL_TITLE_SCALE > INNER_WIDTH - GLYPH_WIDTH;
  let left =
    INNER_WIDTH -
    (bare ? 0 : GLYPH_WIDTH) -
    width * (small ? SMALL_TITLE_SCALE : 1) -
    (ghost ? FREED_TAG_WIDTH : access ? ACCESS_CHIP_WIDTH : 0) -
    taken;
  const told = ghost || type === 'file' || title.split(/[ .]/).includes(type);
  const typed = !told && !small && type.length * SMALL_CHAR_WIDTH + TEXT_GAP <= left;
  if (typed) left -= type.length * SMALL_CHAR_WIDTH + TEXT_GAP;
  const hidden = place.height === CHIP_HEIGHT ? 0 : rows.length - shown.length;
  return {
    size: small ? 'small' : width > LONG_TITLE_WIDTH ? 'long' : 'usual',
    withoutGlyph: bare,
    type: typed ? type : undefined,
    hiddenFields: hidden > 0 && TEXT_GAP + 20 <= left ? hidden : undefined,
  };
}

const TITLE_CHAR_WIDTHS: readonly (readonly [string, number])[] = [
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
      (sum, letter) =>
        sum + (TITLE_CHAR_WIDTHS.find(([letters]) => letters.includes(letter))?.[1] ?? 0.61),
      0,
    ) * 13
  );
}

/** The first line of a task, and whether it is set a step smaller. */
export function fitCall(
  { task: mark, status, call }: TaskView,
  alone: boolean,
): { readonly name: string | undefined; readonly text: string; readonly small: boolean } {
  const name = alone ? undefined : mark.name;
  const room = (INNER_WIDTH - 11) / VALUE_CHAR_WIDTH - (name === undefined ? 0 : name.length + 1);
  const text =
    status === 'done'
      ? 'all calls made'
      : status === 'idle' && `next ${call}`.length <= room
        ? `next ${call}`
        : call;
  return { name, text, small: text.length > room };
}
