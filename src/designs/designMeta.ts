/** A word of the permalink codec with the number that stands for it. */
export interface LinkWord {
  /** `FIRST_LINK_WORD_CODE` or more, unique over all designs; never reused for another word. */
  readonly code: number;
  readonly word: string;
}

/** The numbers below are taken by the words of version 1 and by the words that a link spells out itself. */
export const FIRST_LINK_WORD_CODE = 2 ** 15;

/** What menus, tables and links need before the design itself is loaded: the `meta` of `designs/<id>/meta.ts`. */
export interface DesignMeta {
  /** The name of the folder. */
  readonly id: string;
  readonly title: string;
  /** The title for buttons and table heads, if it is too long for them. */
  readonly shortTitle?: string;
  /** How it admits one user of a device and stops others, in one or two short sentences. */
  readonly summary: string;
  /** Position in menus and tables. */
  readonly order: number;
  /** A flag per file grants access and the fops never change, so texts speak of access instead of fops. */
  readonly grantsAccess?: true;
  /** Ids that permalinks of this design contain often. Optional: other words are spelled out. */
  readonly linkWords?: readonly LinkWord[];
}
