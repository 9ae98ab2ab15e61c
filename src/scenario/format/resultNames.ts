import { fileKindOf, processOf } from '../../kernel/language/world';
import type { Call, FileKind } from '../../kernel/language/world';

/** What a result name refers to. */
export interface ResultName {
  /** Index of the call that returns it. */
  readonly call: number;
  readonly by: string;
  /** Process whose fd table has it; undefined for ids. */
  readonly process: string | undefined;
  /** Kind of its struct file, `ioas` or `hwpt`. Undefined if a chain of `pass_fd` does not lead to a file. */
  readonly kind: FileKind | 'ioas' | 'hwpt' | undefined;
}

/** The kinds of results that each argument takes. */
export const RESULT_KINDS = {
  fd: ['cdev', 'device', 'group', 'container', 'iommufd'],
  container: ['cdev', 'device', 'group', 'container', 'iommufd'],
  iommufd: ['iommufd'],
  ioas: ['ioas'],
  hwpt: ['hwpt'],
  object: ['ioas', 'hwpt', 'cdev', 'device'],
} as const satisfies Readonly<Record<string, readonly NonNullable<ResultName['kind']>[]>>;

/** Every result name of the calls. If two calls have the same name, that of the first. */
export function resultNames(calls: readonly Call[]): ReadonlyMap<string, ResultName> {
  const callByName = new Map<string, number>();
  calls.forEach(({ as }, i) => {
    if (as !== undefined && !callByName.has(as)) callByName.set(as, i);
  });
  const kindOf = (index: number, depth: number): ResultName['kind'] => {
    const c = calls[index];
    if (!c || depth > calls.length) return undefined;
    if (c.call === 'ioas_alloc') return 'ioas';
    if (c.call === 'hwpt_alloc') return 'hwpt';
    if (c.call !== 'pass_fd') return fileKindOf(c.call);
    const passed = c.fd === undefined ? undefined : callByName.get(c.fd);
    return passed === undefined ? undefined : kindOf(passed, depth + 1);
  };
  return new Map(
    [...callByName].map(([name, index]): [string, ResultName] => {
      const c = calls[index] as Call;
      const kind = kindOf(index, 0);
      const isId = kind === 'ioas' || kind === 'hwpt';
      const process = isId ? undefined : c.call === 'pass_fd' ? c.to : processOf(c.by);
      return [name, { call: index, by: c.by, kind, process }];
    }),
  );
}

/** Whether a task can use a result in its call at `index`. */
export function isUsableBy(result: ResultName, by: string, index: number): boolean {
  return (
    (result.by !== by || result.call < index) &&
    (result.process === undefined || result.process === processOf(by))
  );
}
