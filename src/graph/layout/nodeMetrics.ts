import type { ObjectType } from '../../kernel/language/design';
import { isDrawnAsEdge, nodeFieldNames } from './lanes';

/** Width of every node and distance of the columns, px. */
export const NODE_WIDTH = 144;
export const COLUMN_PITCH = 168;
/** With so few columns many edges share a gap: gaps are wider, and there is one to the right of the last column. */
const MAX_SPARSE_COLUMNS = 3;
const SPARSE_COLUMN_GAP = 32;
const SPARSE_RIGHT_MARGIN = 12;
/** Heights, px. */
export const NODE_HEADER_HEIGHT = 26;
export const TEXT_ROW_HEIGHT = 18;
const NODE_FOOTER_HEIGHT = 5;
/** A chip is a node of two lines. Two chips share a cell. */
export const CHIP_HEIGHT = 40;
export const CHIP_GAP = 7;

/** Form of a node: `chip` has two lines, `box` a header and as many rows as the layout allows, `tall` all its rows. */
export interface NodeSize {
  readonly form: 'chip' | 'box' | 'tall';
  /** Rows of text that it would fill. */
  readonly rows: number;
}

/** Height of a node, px, if a box shows at most `maxTextRows`. */
export function nodeHeight({ form, rows }: NodeSize, maxTextRows: number): number {
  return form === 'chip'
    ? CHIP_HEIGHT
    : NODE_HEADER_HEIGHT +
        (form === 'tall' ? rows : Math.min(rows, maxTextRows)) * TEXT_ROW_HEIGHT +
        NODE_FOOTER_HEIGHT;
}

/** The size of the node of any object of this type. */
export function nodeSizeOf(spec: ObjectType): NodeSize {
  const rows = nodeFieldNames(spec).filter((name) => !isDrawnAsEdge(spec, name)).length;
  return { form: rows > 1 ? 'box' : 'chip', rows };
}

/** Distance of the columns, and space for edges to the right of the last one, px. */
export interface ColumnSpacing {
  readonly pitch: number;
  readonly rightMargin: number;
}

const DEFAULT_SPACING: ColumnSpacing = { pitch: COLUMN_PITCH, rightMargin: 0 };
const SPARSE_SPACING: ColumnSpacing = {
  pitch: NODE_WIDTH + SPARSE_COLUMN_GAP,
  rightMargin: SPARSE_RIGHT_MARGIN,
};

/** The spacing of a layout with so many columns. */
export function columnSpacing(columns: number): ColumnSpacing {
  return columns > MAX_SPARSE_COLUMNS ? DEFAULT_SPACING : SPARSE_SPACING;
}
