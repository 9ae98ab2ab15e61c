import type { Export } from './export';
import { fileStem } from './snippets';

const modules = import.meta.glob<Readonly<Record<string, unknown>>>(
  ['./formats/*.ts', '!./formats/*.test.ts'],
  { eager: true },
);

/** Every export in menu order. Menus, the command line and the contract tests follow this list. */
export const EXPORTS: readonly Export[] = exportsIn(modules);

/** The name of an export's file, from the title of its scenario. Of the exports with one extension, the first has the plain name. */
export function exportFileName(title: string, { id, extension }: Export): string {
  const isFirst = EXPORTS.find((each) => each.extension === extension)?.id === id;
  return `${fileStem(title)}${isFirst ? '' : `-${id}`}.${extension}`;
}

/** The records that the modules of `formats/` export, in order. Throws on a module without exactly one and on a duplicate id. */
export function exportsIn(
  files: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): readonly Export[] {
  const fileById = new Map<string, string>();
  const found = Object.entries(files).map(([file, module]): Export => {
    const [record, ...others] = Object.values(module).filter(isExport);
    if (!record || others.length > 0)
      throw new Error(
        `${file}: expected one exported record {id, title, extension, order, make}, got ${others.length + (record ? 1 : 0)}`,
      );
    const other = fileById.get(record.id);
    if (other !== undefined)
      throw new Error(`${file}: expected a unique id, got "${record.id}", which ${other} has`);
    fileById.set(record.id, file);
    return record;
  });
  return found.toSorted((a, b) => a.order - b.order);
}

function isExport(value: unknown): value is Export {
  return typeof value === 'object' && value !== null && 'id' in value && 'make' in value;
}
