import type { ObjectType } from './design';
import type { Condition, Op, Operand, RwsemMode, StaticCondition } from './primitives';

/** How to print operations. */
export interface PrintStyle {
  /** Prints bookkeeping too: it is part of a design, but not kernel code. */
  readonly modelOnly: boolean;
  /** Whether a path leads to a pointer: 0 is then NULL. */
  readonly isPointer: (path: string) => boolean;
}

/** Whether the last name of a path is that of a pointer in these types. */
export function pointerTest(objects: readonly ObjectType[]): PrintStyle['isPointer'] {
  const names = new Set(
    objects.flatMap(({ fields }) =>
      Object.entries(fields).flatMap(([name, { kind }]) => (kind === 'pointer' ? [name] : [])),
    ),
  );
  return (path) => names.has(path.slice(path.lastIndexOf('.') + 1));
}

/** C-like lines for operations: kernel names, one statement a line, two spaces a level. `parseOps` of kernel/text reads them back. */
export function printOps(ops: readonly Op[], style: PrintStyle, indent = ''): string[] {
  return new OpPrinter(style).block(ops, indent);
}

/** `df.iommufd.file` as C: `df->iommufd->file`; `iommufd/fd.installed`, a role seen from an argument, as `iommufd.fd->installed`. */
export function printPath(path: string): string {
  return path.replaceAll('.', '->').replace('/', '.');
}

/** A condition as C. */
export function printCondition(c: Condition): string {
  if ('all' in c) return printTerms('all', c.all, ' && ');
  if ('any' in c) return printTerms('any', c.any, ' || ');
  if ('not' in c)
    return 'live' in c.not || 'exists' in c.not
      ? `!${printCondition(c.not)}`
      : `!(${printCondition(c.not)})`;
  if ('live' in c) return `live(${printPath(c.live)})`;
  if ('exists' in c) {
    const { exists, as, where, matchOn, of, ...rest } = c;
    everyKey(rest);
    const same = matchOn === undefined ? '' : `, same ${matchOn}`;
    return `exists(${as}, ${exists}${same}${of === undefined ? '' : ` of ${of}`}: ${printCondition(where)})`;
  }
  if ('files' in c) return `vfio_file_has_dev(${c.files}, ${c.has})`;
  const a = c.acquire ? `smp_load_acquire(&${printValue(c.a)})` : printValue(c.a);
  if (c.b === 0 && c.cmp === 'eq') return `!${a}`;
  if (c.b === 0 && c.cmp === 'ne') return a;
  return `${a} ${COMPARISONS[c.cmp]} ${printValue(c.b)}`;
}

const COMPARISONS = { eq: '==', ne: '!=', lt: '<', le: '<=' } as const;

/** A bare name is an object; a path of two or more names is a value, unless `&` takes the address of what it points to. */
function printValue(v: Operand): string {
  if (typeof v === 'number') return String(v);
  if (typeof v === 'string') return printPath(v);
  if ('enumValue' in v) return v.name;
  if ('currentTask' in v) return 'current';
  if ('fdNumber' in v) return `fd_number(${v.fdNumber})`;
  const path = printPath(v.addressOf);
  return path.includes('->') ? `&${path}` : path;
}

function printTerms(word: 'all' | 'any', terms: readonly Condition[], operator: string): string {
  if (terms.length < 2) return `${word}(${terms.map(printCondition).join('')})`;
  return terms
    .map((c) =>
      ('all' in c && c.all.length > 1) || ('any' in c && c.any.length > 1)
        ? `(${printCondition(c)})`
        : printCondition(c),
    )
    .join(operator);
}

function printStaticCondition(t: StaticCondition): string {
  if (typeof t !== 'string') return `${t.arg} is ${t.kinds.join(' or ')}`;
  return `${t.replaceAll('-', '_')}()`;
}

/** A comment at the end of a line: why, and the object that it is about. */
function printReason(reason: string, at?: string): string {
  if (reason === '' && at === undefined) return '';
  const text =
    at !== undefined
      ? `${printPath(at)}: ${reason}`
      : /^[\w.>-]+: /.test(reason)
        ? `: ${reason}`
        : reason;
  return ` /* ${text} */`;
}

/** A name as it is, other text in quotes. */
export function printName(text: string): string {
  return /^[A-Za-z_][\w]*(?:(?:->|\.)\w+)*$/.test(text) ? text : JSON.stringify(text);
}

/** Fails to compile if a value has a key that its printer does not print. */
export function everyKey(_rest: Readonly<Record<string, never>>): void {}

/** The kernel function that takes or drops a mutex, or a read-write semaphore. */
export function lockCall(what: 'lock' | 'unlock' | 'trylock', rwsem?: RwsemMode): string {
  if (rwsem === undefined) return `mutex_${what}`;
  const call = `${what === 'unlock' ? 'up' : 'down'}_${rwsem}`;
  return what === 'trylock' ? `${call}_trylock` : call;
}

/** Tests of what the scenario has, which spare other scenarios a field: the kernel code is this branch, without a test. */
const KERNEL_BRANCH: Readonly<Record<string, 'then' | 'otherwise' | undefined>> = {
  'scenario-resets': 'then',
  'noiommu-in-scenario': 'then',
  'stale-node': 'otherwise',
} satisfies Partial<Record<StaticCondition & string, 'then' | 'otherwise'>>;

class OpPrinter {
  /** The spinlock around the current operations. */
  private spinLock: string | undefined;
  /** What comes before an exit: the unlock of the spinlock, in a branch under it. */
  private beforeExit = '';

  constructor(private readonly style: PrintStyle) {}

  /** A pointer bound by name stays bound to the end of its block, so one that ends earlier gets its own block. */
  block(ops: readonly Op[], indent: string): string[] {
    return ops.flatMap((op, i) =>
      op.kind === 'withPointer' && i < ops.length - 1
        ? [`${indent}{`, ...this.op(op, `${indent}  `), `${indent}}`]
        : this.op(op, indent),
    );
  }

  private value(v: Operand, target: string): string {
    return v === 0 && this.style.isPointer(target) ? 'NULL' : printValue(v);
  }

  private branch(
    head: string,
    then: readonly Op[],
    otherwise: readonly Op[],
    indent: string,
  ): string[] {
    const before = this.beforeExit;
    this.beforeExit = this.spinLock === undefined ? '' : unlockText(this.spinLock);
    const lines = this.branchLines(head, then, otherwise, indent);
    this.beforeExit = before;
    return lines;
  }

  private branchLines(
    head: string,
    then: readonly Op[],
    otherwise: readonly Op[],
    indent: string,
  ): string[] {
    const inner = this.block(then, `${indent}  `);
    const [only] = otherwise;
    const chained =
      otherwise.length === 1 && (only?.kind === 'test' || only?.kind === 'staticTest')
        ? this.op(only, indent)
        : undefined;
    if (otherwise.length === 0)
      return inner.length === 0
        ? [`${indent}${head} {}`]
        : [`${indent}${head} {`, ...inner, `${indent}}`];
    const start = inner.length === 0 ? [`${indent}${head} {`] : [`${indent}${head} {`, ...inner];
    if (chained) {
      const [first = '', ...rest] = chained;
      return [...start, `${indent}} else ${first.trimStart()}`, ...rest];
    }
    return [...start, `${indent}} else {`, ...this.block(otherwise, `${indent}  `), `${indent}}`];
  }

  /** `if (!TRY) { … }`, or `TRY;` if nothing happens when it fails. */
  private attempt(call: string, otherwise: readonly Op[], indent: string): string[] {
    return otherwise.length === 0
      ? [`${indent}${call};`]
      : this.branch(`if (!${call})`, otherwise, [], indent);
  }

  private op(op: Op, indent: string): string[] {
    const line = (text: string): string[] => [`${indent}${text}`];
    switch (op.kind) {
      case 'mutexLock':
      case 'mutexUnlock': {
        const { kind, mutex, rwsem, ...rest } = op;
        everyKey(rest);
        const call = lockCall(kind === 'mutexLock' ? 'lock' : 'unlock', rwsem);
        return line(`${call}(&${printPath(mutex)});`);
      }
      case 'mutexTrylock': {
        const { kind: _, mutex, rwsem, otherwise, ...rest } = op;
        everyKey(rest);
        const call = `${lockCall('trylock', rwsem)}(&${printPath(mutex)})`;
        return this.attempt(call, otherwise, indent);
      }
      case 'spin': {
        const { kind: _, lock, ops, ...rest } = op;
        everyKey(rest);
        const outer = [this.spinLock, this.beforeExit] as const;
        [this.spinLock, this.beforeExit] = [lock, ''];
        const inner = this.block(ops, indent);
        [this.spinLock, this.beforeExit] = outer;
        return [
          ...line(`spin_lock(&${printPath(lock)});`),
          ...inner,
          ...line(`spin_unlock(&${printPath(lock)});`),
        ];
      }
      case 'store': {
        const { kind: _, field, value, release, ...rest } = op;
        everyKey(rest);
        const [target, stored] = [printPath(field), this.value(value, field)];
        return line(
          release ? `smp_store_release(&${target}, ${stored});` : `${target} = ${stored};`,
        );
      }
      case 'test': {
        const { kind: _, cond, then, otherwise, ...rest } = op;
        everyKey(rest);
        return this.branch(`if (${printCondition(cond)})`, then, otherwise, indent);
      }
      case 'staticTest': {
        const { kind: _, test, then, otherwise, ...rest } = op;
        everyKey(rest);
        const kernelBranch = typeof test === 'string' ? KERNEL_BRANCH[test] : undefined;
        if (!this.style.modelOnly && kernelBranch !== undefined)
          return this.block(op[kernelBranch], indent);
        return this.branch(`if (${printStaticCondition(test)})`, then, otherwise, indent);
      }
      case 'withPointer': {
        const { kind: _, pointer, as, ops, ...rest } = op;
        everyKey(rest);
        return [...line(`${as} = ${printPath(pointer)};`), ...this.block(ops, indent)];
      }
      case 'forEach': {
        const { kind: _, role, matchOn, as, ops, ...rest } = op;
        everyKey(rest);
        const same = matchOn === undefined ? '' : `, same ${matchOn}`;
        return this.branch(`for_each(${as}, ${role}${same})`, ops, [], indent);
      }
      case 'forEachFd': {
        const { kind: _, arg, kinds, as, ops, otherwise, ...rest } = op;
        everyKey(rest);
        return [
          ...line(`for_each_fd(${as}, ${arg}) {`),
          ...this.branch(`if (${as} is ${kinds.join(' or ')})`, ops, otherwise, `${indent}  `),
          ...line('}'),
        ];
      }
      case 'refInc': {
        const { kind: _, field, ...rest } = op;
        everyKey(rest);
        return line(`refcount_inc(&${printPath(field)});`);
      }
      case 'refDec': {
        const { kind: _, field, onZero, ...rest } = op;
        everyKey(rest);
        const target = `&${printPath(field)}`;
        return onZero.length === 0
          ? line(`refcount_dec(${target});`)
          : this.branch(`if (refcount_dec_and_test(${target}))`, onZero, [], indent);
      }
      case 'refIncNotZero': {
        const { kind: _, field, otherwise, ...rest } = op;
        everyKey(rest);
        return this.attempt(`refcount_inc_not_zero(&${printPath(field)})`, otherwise, indent);
      }
      case 'add': {
        const { kind: _, field, by, ...rest } = op;
        everyKey(rest);
        return line(`${printPath(field)}${by > 0 ? '++' : '--'};`);
      }
      case 'cmpxchg': {
        const { kind: _, field, from, to, otherwise, ...rest } = op;
        everyKey(rest);
        const values = `${this.value(from, field)}, ${this.value(to, field)}`;
        return this.attempt(`try_cmpxchg(&${printPath(field)}, ${values})`, otherwise, indent);
      }
      case 'alloc': {
        const { kind: _, object, ...rest } = op;
        everyKey(rest);
        return line(`${printPath(object)} = alloc();`);
      }
      case 'free': {
        const { kind: _, object, ...rest } = op;
        everyKey(rest);
        return line(`free(${printPath(object)});`);
      }
      case 'fget':
      case 'fput': {
        const { kind, file, ...rest } = op;
        everyKey(rest);
        return line(`${kind === 'fget' ? 'get_file' : 'fput'}(${printPath(file)});`);
      }
      case 'fdInstall': {
        const { kind: _, ...rest } = op;
        everyKey(rest);
        return line('fd_install(fd, file);');
      }
      case 'fdRemove': {
        const { kind: _, fd, ...rest } = op;
        everyKey(rest);
        return line(`file = take_fd(${printPath(fd)});`);
      }
      case 'replaceFops': {
        const { kind: _, file, to, ...rest } = op;
        everyKey(rest);
        return line(`replace_fops(${printPath(file)}, ${to}_fops);`);
      }
      case 'complete': {
        const { kind: _, completion, ...rest } = op;
        everyKey(rest);
        return line(`complete(&${printPath(completion)});`);
      }
      case 'waitForCompletion': {
        const { kind: _, completion, onTimeout, ...rest } = op;
        everyKey(rest);
        const target = `&${printPath(completion)}`;
        return onTimeout === undefined
          ? line(`wait_for_completion(${target});`)
          : this.branch(`if (!wait_event_timeout(${target}))`, onTimeout, [], indent);
      }
      case 'cdevAdd':
      case 'cdevDel': {
        const { kind, field, call, ...rest } = op;
        everyKey(rest);
        const adds = kind === 'cdevAdd';
        const name =
          call === undefined
            ? `cdev_device_${adds ? 'add' : 'del'}`
            : `${adds ? 'publish' : 'unpublish'} ${call}`;
        return line(`${name}(&${printPath(field)});`);
      }
      case 'idaAlloc':
      case 'idaFree': {
        const { kind, field, ...rest } = op;
        everyKey(rest);
        const target = printPath(field);
        return line(kind === 'idaAlloc' ? `${target} = ida_alloc();` : `ida_free(${target});`);
      }
      case 'listAdd':
      case 'listDel': {
        const { kind, field, list, head, ...rest } = op;
        everyKey(rest);
        const where = `${printName(list)}${head === undefined ? '' : `, ${printPath(head)}`}`;
        return line(
          `${kind === 'listAdd' ? 'list_add' : 'list_del'}(&${printPath(field)}, ${where});`,
        );
      }
      case 'lookUp': {
        const { kind: _, field, call, matchOn, ...rest } = op;
        everyKey(rest);
        const same = matchOn === undefined ? '' : `, same ${matchOn}`;
        return line(`look_up(&${printPath(field)}${same}); /* ${call} */`);
      }
      case 'fail': {
        const { kind: _, errno, reason, at, to, ...rest } = op;
        everyKey(rest);
        return line(`${this.beforeExit}${printExit(errno, to)}${printReason(reason, at)}`);
      }
      case 'fallible': {
        const { kind: _, what, errno, reason, at, to, before, ...rest } = op;
        everyKey(rest);
        const head = `if (fault(${printName(what)}))`;
        const unlock = this.spinLock === undefined ? '' : unlockText(this.spinLock);
        const exit = `${unlock}${printExit(errno, to)}`;
        const why = printReason(reason, at);
        if (before !== undefined)
          return [
            ...line(`${head} {`),
            ...this.block(before, `${indent}  `),
            `${indent}  ${exit}${why}`,
            ...line('}'),
          ];
        return to === undefined && unlock === ''
          ? line(`${head} ${exit}${why}`)
          : line(`${head} { ${exit} }${why}`);
      }
      case 'onFault': {
        const { kind: _, what, ops, ...rest } = op;
        everyKey(rest);
        return this.branch(`if (happens(${printName(what)}))`, ops, [], indent);
      }
      case 'goto': {
        const { kind: _, to, ...rest } = op;
        everyKey(rest);
        return line(`${this.beforeExit}goto ${to};`);
      }
      case 'ret': {
        const { kind: _, ...rest } = op;
        everyKey(rest);
        return line(`${this.beforeExit}return ret;`);
      }
      case 'warnOn': {
        const { kind: _, cond, reason, ...rest } = op;
        everyKey(rest);
        return line(`WARN_ON(${printCondition(cond)});${printReason(reason)}`);
      }
      case 'bugOn': {
        const { kind: _, cond, reason, at, ...rest } = op;
        everyKey(rest);
        return line(`BUG_ON(${printCondition(cond)});${printReason(reason, at)}`);
      }
      case 'violationIf': {
        const { kind: _, cond, text, at, ...rest } = op;
        everyKey(rest);
        return this.style.modelOnly
          ? line(`VIOLATION_IF(${printCondition(cond)});${printReason(text, at)}`)
          : [];
      }
      case 'driverOp': {
        const { kind: _, name, file, insideBind, ...rest } = op;
        everyKey(rest);
        const args = [
          ...(file === undefined ? [] : [printPath(file)]),
          ...(insideBind ? ['inside_bind'] : []),
        ].join(', ');
        return line(`ops->${printName(name)}(${args});`);
      }
      case 'say': {
        const { kind: _, text, ...rest } = op;
        everyKey(rest);
        return line(`/* ${text} */`);
      }
      case 'bookkeep': {
        const { kind: _, ops, ...rest } = op;
        everyKey(rest);
        return this.style.modelOnly ? this.branch('model_only', ops, [], indent) : [];
      }
    }
  }
}

function unlockText(lock: string): string {
  return `spin_unlock(&${printPath(lock)}); `;
}

function printExit(errno: string, to: string | undefined): string {
  return to === undefined ? `return -${errno};` : `ret = -${errno}; goto ${to};`;
}
