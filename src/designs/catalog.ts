import { designTitle, type Design, type Options } from '../kernel/language/design';
import { FIRST_LINK_WORD_CODE } from './designMeta';
import type { DesignMeta, LinkWord } from './designMeta';

const metaByPath = import.meta.glob<DesignMeta>('./*/meta.ts', { eager: true, import: 'meta' });

/** The meta records of all design folders in the order of menus and tables. Throws if a folder, an order or a link word clashes. */
export function designCatalog(metas: Readonly<Record<string, DesignMeta>>): readonly DesignMeta[] {
  const catalog = Object.values(metas).toSorted((a, b) => a.order - b.order);
  for (const [path, { id }] of Object.entries(metas))
    if (path !== `./${id}/meta.ts`)
      throw new Error(
        `designs/${path}: id: expected the name of the folder, got ${JSON.stringify(id)}`,
      );
  catalog.forEach(({ id, order }, i) => {
    const previous = catalog[i - 1];
    if (previous?.order === order)
      throw new Error(`designs/${id}/meta.ts: order ${order} is already taken by ${previous.id}`);
  });
  const words = new Map<number, string>();
  for (const { id, linkWords = [] } of catalog)
    for (const { code, word } of linkWords) {
      if (code < FIRST_LINK_WORD_CODE)
        throw new Error(
          `designs/${id}/meta.ts: linkWords: expected codes from ${FIRST_LINK_WORD_CODE}, got ${code}`,
        );
      if (words.has(code))
        throw new Error(
          `designs/${id}/meta.ts: linkWords: code ${code} of ${JSON.stringify(word)} is already taken by ${JSON.stringify(words.get(code))}`,
        );
      words.set(code, word);
    }
  return catalog;
}

/** Every design's record, in the order of menus and tables. */
export const DESIGN_METAS: readonly DesignMeta[] = designCatalog(metaByPath);

/** The link words of all designs. */
export const DESIGN_LINK_WORDS: readonly LinkWord[] = DESIGN_METAS.flatMap(
  ({ linkWords = [] }) => linkWords,
);

/** What buttons and table heads call a design with these options: `Parked, shim`, `Linux v6.6`. */
export function designShortTitle(design: Design, options: Options): string {
  const shortTitle = DESIGN_METAS.find(({ id }) => id === design.id)?.shortTitle;
  return designTitle(shortTitle === undefined ? design : { ...design, title: shortTitle }, options);
}

/** The short title with what it stands for: `Parked, shim: Parked fops, type1 as a shim (parked-shim)`, `Linux v6.12 (upstream)`. */
export function designLabel(
  shortTitle: string,
  { title, name }: { readonly title: string; readonly name: string },
): string {
  return `${shortTitle === title ? '' : `${shortTitle}: `}${title} (${name})`;
}

/** What a file of a run can reach, in the words of its design: `fops parked` or `access not granted`. */
export function fileAccessText(designId: string, fops: 'parked' | 'normal'): string {
  const grantsAccess = DESIGN_METAS.some(({ id, grantsAccess: flag }) => id === designId && flag);
  if (!grantsAccess) return `fops ${fops}`;
  return fops === 'parked' ? 'access not granted' : 'access granted';
}
