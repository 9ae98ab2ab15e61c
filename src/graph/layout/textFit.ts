import type { ObjectView, FieldView, TaskView } from '../model/graph';
import { CHIP_HEIGHT, NODE_HEADER_HEIGHT, TEXT_ROW_HEIGHT, NODE_WIDTH } from './nodeMetrics';

/*
 * Text is fitted by estimated character widths before it is drawn, the same on the page and in the SVG: no word is cut
 * off, and no node has to clip its text. Widths in px at zoom 1, for the font sizes of node.module.css: titles 15, all
 * else 13, values of changed fields 15.
 *
 *   | name        1 | 0 |     previous value, if there is room
 *   | long_field_name   |
 *   |                 1 |     valueBelow: two lines
 */
const INNER_WIDTH = NODE_WIDTH - 12;
const GLYPH_WIDTH = 19;
const TEXT_GAP = 5;
const VALUE_CHAR_WIDTH = 7.6;
const MARK_CHAR_WIDTH = 7.2;
const PADLOCK_WIDTH = 15;
const TASK_MARK_WIDTH = 15;
const ACCESS_CHIP_WIDTH = 76;
const FREED_TAG_WIDTH = 54;
const TITLE_SIZE = 15;
const TEXT_SIZE = 13;
/** Size of the value of a changed field. */
const CHANGED_SCALE = 15 / TEXT_SIZE;
const SMALL_TITLE_SCALE = TEXT_SIZE / TITLE_SIZE;
const LONG_TITLE_WIDTH = 92;

/** How a field is set. */
export interface FieldFit {
  /** Two for a long name and for a mutex with waiters. */
  readonly lines: 1 | 2;
  /** The value is on the second line. */
  readonly valueBelow: boolean;
  /** There is room for the previous value. */
  readonly showsPrevious: boolean;
  /** There is room for the names of the waiters, not only for their marks. */
  readonly showsWaiterNames: boolean;
  /** The name is truncated: there is one line, which also holds the value and the memory order. */
  readonly nameYields: boolean;
}

const fieldFitCache = new WeakMap<FieldView, readonly [alone: FieldFit, tall: FieldFit]>();

/** How a field is set in a node of one row or of several. Same object for the same field. */
export function fitField(field: FieldView, maxRows: number): FieldFit {
  const cached = fieldFitCache.get(field);
  if (cached) return cached[maxRows > 1 ? 1 : 0];
  const fits = [computeFieldFit(field, false), computeFieldFit(field, true)] as const;
  fieldFitCache.set(field, fits);
  return fits[maxRows > 1 ? 1 : 0];
}

function computeFieldFit(field: FieldView, hasRows: boolean): FieldFit {
  const scale = field.previous === undefined ? 1 : CHANGED_SCALE;
  const nameWidth = textWidth(field.name) + TEXT_GAP;
  const valueTextWidth = valueWidth(field) * scale;
  const previousWidth =
    field.previous === undefined || field.kind === 'mutex' || field.memoryOrder
      ? 0
      : plainValueWidth(field.kind, field.previous) + 4;
  const queueWidth = field.queue.reduce(
    (sum, task) => sum + TASK_MARK_WIDTH + 4 + task.name.length * VALUE_CHAR_WIDTH,
    7,
  );
  if (!hasRows)
    return {
      nameYields: nameWidth + valueTextWidth > INNER_WIDTH,
      lines: 1,
      valueBelow: false,
      showsPrevious: nameWidth + valueTextWidth + previousWidth <= INNER_WIDTH,
      showsWaiterNames:
        field.queue.length > 0 && nameWidth + valueTextWidth + queueWidth <= INNER_WIDTH,
    };
  const valueBelow = nameWidth + valueTextWidth > INNER_WIDTH;
  const hasWaiters = field.kind === 'mutex' && field.queue.length > 0;
  const takenBesideValue = !valueBelow
    ? nameWidth
    : nameWidth > INNER_WIDTH
      ? lastLineWidth(field.name) + TEXT_GAP
      : 0;
  const lineWidth = hasWaiters ? (valueBelow ? valueTextWidth : 0) : nameWidth + valueTextWidth;
  return {
    nameYields: false,
    lines: valueBelow || hasWaiters ? 2 : 1,
    valueBelow,
    showsPrevious: takenBesideValue + valueTextWidth + previousWidth <= INNER_WIDTH,
    showsWaiterNames: lineWidth + queueWidth <= INNER_WIDTH,
  };
}

/** Width of the last line of a name that breaks after its parts, px. */
function lastLineWidth(name: string): number {
  let line = '';
  for (const part of name.split(/(?<=[_.])/))
    line = textWidth(line + part) > INNER_WIDTH ? part : line + part;
  return textWidth(line);
}

function valueWidth({ kind, text, owner, memoryOrder }: FieldView): number {
  const valueText = kind === 'mutex' ? (owner?.name ?? 'free') : text;
  const iconWidth =
    kind === 'mutex'
      ? PADLOCK_WIDTH + (owner ? TASK_MARK_WIDTH : 0)
      : kind === 'count' || kind === 'completion'
        ? 4
        : 0;
  return (
    plainValueWidth(kind, valueText) +
    iconWidth +
    (memoryOrder ? memoryOrder.length * MARK_CHAR_WIDTH + 9 : 0)
  );
}

/** Bools are shown as `true` or `false`; these and the names of fops are set in the UI font, all other values in the other one. */
function plainValueWidth(kind: FieldView['kind'], text: string): number {
  if (kind === 'bool') return textWidth(text === '0' ? 'false' : 'true') + 2;
  return kind === 'fops' ? textWidth(text) + 2 : text.length * VALUE_CHAR_WIDTH;
}

/** The memory order of a chip's only field, if it would truncate the field's name and the title line has room for it. */
export function memoryOrderInHeader({
  placement,
  title,
  fields,
  visibleFields,
}: Pick<ObjectView, 'placement' | 'title' | 'fields' | 'visibleFields'>): FieldView['memoryOrder'] {
  const field =
    placement.height === CHIP_HEIGHT
      ? fields.find(({ name }) => name === visibleFields[0])
      : undefined;
  if (!field?.memoryOrder || !fitField(field, 1).nameYields) return undefined;
  return GLYPH_WIDTH +
    titleWidth(title) +
    TEXT_GAP +
    field.memoryOrder.length * MARK_CHAR_WIDTH +
    9 <=
    INNER_WIDTH
    ? field.memoryOrder
    : undefined;
}

/** Rows of text that fit below the title of a node of this height. */
export function textRowsIn(height: number): number {
  return height === CHIP_HEIGHT ? 1 : Math.floor((height - NODE_HEADER_HEIGHT) / TEXT_ROW_HEIGHT);
}

/** Rows of text above a field of a node; undefined if the field is not visible. */
export function textRowsAbove(
  { placement, fields, visibleFields }: ObjectView,
  name: string,
): number | undefined {
  const maxRows = textRowsIn(placement.height);
  let above = 0;
  for (const visible of visibleFields) {
    if (visible === name) return above;
    const field = fields.find(({ name: fieldName }) => fieldName === visible);
    above += field ? fitField(field, maxRows).lines : 0;
  }
  return undefined;
}

/** What fits into the title line of a node. */
export interface TitleFit {
  /** `small` uses a smaller font to fit; `long` does so only at zoom levels with large titles. */
  readonly size: 'usual' | 'long' | 'small';
  /** The title also takes the place of the glyph. */
  readonly withoutGlyph: boolean;
  /** The struct name, if it fits and the title does not contain it. */
  readonly type: string | undefined;
  /** Number of fields that are not visible, if it fits. */
  readonly hiddenFields: number | undefined;
}

/** The title line of an object; `reservedWidth` px of it are taken by a button. */
export function fitTitle(
  { title, type, freed, access, placement, fields, visibleFields }: ObjectView,
  reservedWidth = 0,
): TitleFit {
  const width = titleWidth(title);
  const isSmall = width > INNER_WIDTH - GLYPH_WIDTH - (freed ? FREED_TAG_WIDTH : 0);
  const withoutGlyph = isSmall && width * SMALL_TITLE_SCALE > INNER_WIDTH - GLYPH_WIDTH;
  let left =
    INNER_WIDTH -
    (withoutGlyph ? 0 : GLYPH_WIDTH) -
    width * (isSmall ? SMALL_TITLE_SCALE : 1) -
    (freed ? FREED_TAG_WIDTH : access ? ACCESS_CHIP_WIDTH : 0) -
    reservedWidth;
  const isRedundant = freed || type === 'file' || title.split(/[ .]/).includes(type);
  const showsType = !isRedundant && !isSmall && textWidth(type) + TEXT_GAP <= left;
  if (showsType) left -= textWidth(type) + TEXT_GAP;
  const hiddenCount = placement.height === CHIP_HEIGHT ? 0 : fields.length - visibleFields.length;
  return {
    size: isSmall ? 'small' : width > LONG_TITLE_WIDTH ? 'long' : 'usual',
    withoutGlyph,
    type: showsType ? type : undefined,
    hiddenFields: hiddenCount > 0 && TEXT_GAP + 26 <= left ? hiddenCount : undefined,
  };
}

const CHAR_WIDTHS: readonly (readonly [string, number])[] = [
  ["ijl.,:'", 0.29],
  [' ', 0.26],
  ['frt/-', 0.4],
  ['1', 0.46],
  ['m', 0.91],
  ['w', 0.84],
];

/** How the title of a node without fields is set. */
export function titleFit(title: string): Pick<TitleFit, 'size' | 'withoutGlyph'> {
  const width = titleWidth(title);
  const isSmall = width > INNER_WIDTH - GLYPH_WIDTH;
  return {
    size: isSmall ? 'small' : width > LONG_TITLE_WIDTH ? 'long' : 'usual',
    withoutGlyph: isSmall && width * SMALL_TITLE_SCALE > INNER_WIDTH - GLYPH_WIDTH,
  };
}

/** Width of a title, px. */
export function titleWidth(text: string): number {
  return emWidth(text) * TITLE_SIZE;
}

/** Width of a field name or other small text, px. It is less bold than titles, and so narrower. */
function textWidth(text: string): number {
  return emWidth(text) * TEXT_SIZE * 0.94;
}

/** Width in the UI font, in em. */
function emWidth(text: string): number {
  return Array.from(text).reduce(
    (sum, char) => sum + (CHAR_WIDTHS.find(([chars]) => chars.includes(char))?.[1] ?? 0.61),
    0,
  );
}

/** The first line of a task; the name of the task if there is room for it. `alone`: its process has no other task, so no name is needed. */
export function fitCall(
  { task, status, call }: TaskView,
  alone: boolean,
): { readonly name: string | undefined; readonly text: string } {
  const withMark = INNER_WIDTH - 14 - (alone ? 0 : TASK_MARK_WIDTH);
  const nameWidth = textWidth(`${task.name} `);
  const name = !alone && nameWidth + textWidth(call) <= withMark ? task.name : undefined;
  const room = withMark - (name === undefined ? 0 : nameWidth);
  const text =
    status === 'done'
      ? 'all calls made'
      : status === 'idle' && alone && textWidth(`next ${call}`) <= room
        ? `next ${call}`
        : call;
  return { name, text };
}
