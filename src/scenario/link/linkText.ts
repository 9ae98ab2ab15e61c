import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import type { TextChange, TextHunk } from '../../kernel/language/mutation';
import { TEXT_LIMITS } from '../../kernel/text/parseDesign';
import { LinkFormatError, type LinkReader, type LinkWriter } from './linkBytes';

/** What the lines of a design are like: makes short changes compress. Part of the format, never change it. */
const DICTIONARY = strToU8(
  [
    '\tfree(&df);\n\tput_device(&device->device);\n/* cite: drivers/vfio/vfio_main.c, v6.12 */\n/* cite (MINE): */\n/* cite (THREAD): */\n',
    'design  "" revision 1;\n\nstruct : per global, name "" {\n\tmutex lock;\n\tint count: max 1;\n\trefcount refcount: max 2;\n\tbool flag;\n};\n\n',
    'call () = ;\n\nint ()\n{\n\treturn ret;\n}\n\tcomplete(&device->comp);\n\twait_for_completion(&device->comp);\n\tfput(file);\n\tfd_install(fd, file);\n',
    '\tsmp_store_release(&df->access_granted, 1);\n\tif (smp_load_acquire(&df->access_granted) == 0) {\n\tif (fault(kzalloc)) return -ENOMEM;\n',
    '\tif (device->open_count != 0) {\n\t\tret = -EINVAL; goto UNDO.1;\n\t\tret = -EBUSY; goto U.1;\n\t}\n\t\tgoto out;\n\trefcount_inc(&device->refcount);\n\trefcount_dec_and_test(&device->refcount)\n',
    'if (!refcount_inc_not_zero(&device->refcount)) { if (device->iommufd_device == NULL) group->group_lock iommufd->ctx\n',
    'BIND.1:\tmutex_lock(&device->dev_set->lock);\nBIND.2:\tmutex_unlock(&device->dev_set->lock);\nLOCK:\tmutex_lock(&group->group_lock);\nUNLOCK:\tmutex_unlock(&group->group_lock);\n',
  ].join(''),
);

const records = new WeakMap<TextChange, Uint8Array>();

/** 1 for a whole text, else 0; per hunk its place and sizes; then the inserted lines, compressed. */
export function writeTextChange(writer: LinkWriter, change: TextChange): void {
  writer.number(change.own ? 1 : 0);
  writer.number(change.hunks.length);
  for (const { line, remove, insert, sum } of change.hunks) {
    writer.number(line);
    writer.number(remove);
    writer.number(insert.length);
    writer.number(sum);
  }
  const known = records.get(change);
  const packed =
    known ??
    deflateSync(strToU8(change.hunks.flatMap(({ insert }) => insert).join('\n')), {
      level: 9,
      dictionary: DICTIONARY,
    });
  records.set(change, packed);
  writer.bytes(packed);
}

/** The counterpart of `writeTextChange`. */
export function readTextChange(reader: LinkReader): TextChange {
  const own = reader.number() === 1;
  const count = reader.number();
  const sizes: { line: number; remove: number; inserted: number; sum: number }[] = [];
  for (let i = 0; i < count; i++)
    sizes.push({
      line: reader.number(),
      remove: reader.number(),
      inserted: reader.number(),
      sum: reader.number(),
    });
  const lines = inflatedText(reader.rest()).split('\n');
  let at = 0;
  const hunks = sizes.map(({ line, remove, inserted, sum }): TextHunk => {
    const insert = lines.slice(at, at + inserted);
    at += inserted;
    if (insert.length < inserted) throw new LinkFormatError('lacks lines of a changed design');
    return { line, remove, insert, sum };
  });
  return { kind: 'text', hunks, ...(own ? { own } : {}) };
}

function inflatedText(packed: Uint8Array): string {
  // A buffer of fixed size: what does not fit is an error.
  const out = new Uint8Array(TEXT_LIMITS.characters);
  try {
    return strFromU8(inflateSync(packed, { out, dictionary: DICTIONARY }));
  } catch {
    throw new LinkFormatError('has a changed design that cannot be unpacked');
  }
}
