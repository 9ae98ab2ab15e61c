import type { Condition, Op, StaticCondition, Operand } from './primitives';

/** C-like lines for a step, in our own wording: kernel names, one statement a line, two spaces a level. */
export function printOps(ops: readonly Op[], indent = ''): string[] {
  return ops.flatMap((op) => printOp(op, indent));
}

/** `df.iommufd.file` as C: `df->iommufd->file`. */
export function printPath(path: string): string {
  return path.replace(/^[a-z_]+\/(?=[a-z_]+)/, '').replaceAll('.', '->');
}

/** A value as C. */
function printValue(v: Operand): string {
  if (typeof v === 'number') return String(v);
  if (typeof v === 'string') return printPath(v);
  if ('enumValue' in v) return v.name;
  return 'currentTask' in v ? 'current' : printPath(v.addressOf);
}

/** A condition as C. */
export function printCondition(c: Condition): string {
  if ('all' in c) return c.all.map(printNested).join(' && ');
  if ('any' in c) return c.any.map(printNested).join(' || ');
  if ('not' in c) return `!(${printCondition(c.not)})`;
  if ('live' in c) return printPath(c.live);
  if ('exists' in c) return `some ${c.as} with (${printCondition(c.where)})`;
  if ('files' in c) return `vfio_file_has_dev(${c.files}, ${c.has})`;
  const a = c.acquire ? `smp_load_acquire(&${printValue(c.a)})` : printValue(c.a);
  if (c.b === 0 && c.cmp === 'eq') return `!${a}`;
  if (c.b === 0 && c.cmp === 'ne') return a;
  return `${a} ${{ eq: '==', ne: '!=', lt: '<', le: '<=' }[c.cmp]} ${printValue(c.b)}`;
}

function printNested(c: Condition): string {
  return 'all' in c || 'any' in c ? `(${printCondition(c)})` : printCondition(c);
}

function printStaticCondition(t: StaticCondition): string {
  if (typeof t !== 'string') return `${t.arg} is ${t.kinds.join(' or ')}`;
  return t.replaceAll('-', ' ');
}

function printBranch(
  head: string,
  then: readonly Op[],
  otherwise: readonly Op[],
  indent: string,
): string[] {
  const deeper = `${indent}  `;
  if (then.length === 0)
    return otherwise.length === 0
      ? []
      : [
          `${indent}${head.replace('if (', 'if (!(')}) {`,
          ...printOps(otherwise, deeper),
          `${indent}}`,
        ];
  const lines = [`${indent}${head} {`, ...printOps(then, deeper)];
  if (otherwise.length > 0) lines.push(`${indent}} else {`, ...printOps(otherwise, deeper));
  return [...lines, `${indent}}`];
}

function printOp(op: Op, indent: string): string[] {
  const line = (text: string): string[] => [`${indent}${text}`];
  switch (op.kind) {
    case 'mutexLock':
      return line(`mutex_lock(&${printPath(op.mutex)});`);
    case 'mutexTrylock':
      return printBranch(`if (!mutex_trylock(&${printPath(op.mutex)}))`, op.otherwise, [], indent);
    case 'mutexUnlock':
      return line(`mutex_unlock(&${printPath(op.mutex)});`);
    case 'spin':
      return [
        `${indent}spin_lock(&${printPath(op.lock)});`,
        ...printOps(op.ops, indent),
        `${indent}spin_unlock(&${printPath(op.lock)});`,
      ];
    case 'store':
      return line(
        op.release
          ? `smp_store_release(&${printPath(op.field)}, ${printValue(op.value)});`
          : `${printPath(op.field)} = ${printValue(op.value)};`,
      );
    case 'test':
      return printBranch(`if (${printCondition(op.cond)})`, op.then, op.otherwise, indent);
    case 'staticTest':
      return printBranch(`if (${printStaticCondition(op.test)})`, op.then, op.otherwise, indent);
    case 'withPointer':
      return [`${indent}${op.as} = ${printPath(op.pointer)};`, ...printOps(op.ops, indent)];
    case 'forEach':
      return [`${indent}for_each(${op.as}) {`, ...printOps(op.ops, `${indent}  `), `${indent}}`];
    case 'forEachFd':
      return [
        `${indent}for_each(${op.as} in ${op.arg}) {`,
        ...printBranch(
          `if (${op.as} is ${op.kinds.join(' or ')})`,
          op.ops,
          op.otherwise,
          `${indent}  `,
        ),
        `${indent}}`,
      ];
    case 'refInc':
      return line(`refcount_inc(&${printPath(op.field)});`);
    case 'refDec':
      return op.onZero.length === 0
        ? line(`refcount_dec(&${printPath(op.field)});`)
        : printBranch(`if (refcount_dec_and_test(&${printPath(op.field)}))`, op.onZero, [], indent);
    case 'refIncNotZero':
      return printBranch(
        `if (!refcount_inc_not_zero(&${printPath(op.field)}))`,
        op.otherwise,
        [],
        indent,
      );
    case 'add':
      return line(`${printPath(op.field)}${op.by > 0 ? '++' : '--'};`);
    case 'cmpxchg':
      return printBranch(
        `if (!try_cmpxchg(&${printPath(op.field)}, ${printValue(op.from)}, ${printValue(op.to)}))`,
        op.otherwise,
        [],
        indent,
      );
    case 'alloc':
      return line(`${printPath(op.object)} = alloc();`);
    case 'free':
      return line(`free(${printPath(op.object)});`);
    case 'fget':
      return line(`get_file(${printPath(op.file)});`);
    case 'fput':
      return line(`fput(${printPath(op.file)});`);
    case 'fdInstall':
      return line('fd_install(fd, file);');
    case 'fdRemove':
      return line('file = take_fd(fd);');
    case 'replaceFops':
      return line(`replace_fops(${printPath(op.file)}, ${op.to}_fops);`);
    case 'complete':
      return line(`complete(&${printPath(op.completion)});`);
    case 'waitForCompletion':
      return op.onTimeout === undefined
        ? line(`wait_for_completion(&${printPath(op.completion)});`)
        : printBranch(
            `if (!wait_event_timeout(${printPath(op.completion)}))`,
            op.onTimeout,
            [],
            indent,
          );
    case 'cdevAdd':
      return line(
        `${op.call ?? 'cdev_device_add'}(${printPath(op.field).replace(/->[a-z_]+$/, '')});`,
      );
    case 'cdevDel':
      return line(
        `${op.call ?? 'cdev_device_del'}(${printPath(op.field).replace(/->[a-z_]+$/, '')});`,
      );
    case 'idaAlloc':
      return line(`${printPath(op.field)} = ida_alloc();`);
    case 'idaFree':
      return line(`ida_free(${printPath(op.field)});`);
    case 'listAdd':
      return line(`list_add(&${printPath(op.field)}, &${op.list});`);
    case 'listDel':
      return line(`list_del(&${printPath(op.field)}); /* ${op.list} */`);
    case 'lookUp':
      return line(`${op.call};`);
    case 'fail':
      return line(
        op.to === undefined
          ? `return -${op.errno}; /* ${op.reason} */`
          : `ret = -${op.errno}; goto ${labelName(op.to)}; /* ${op.reason} */`,
      );
    case 'fallible':
      return [
        `${indent}if (${op.what}())`,
        `${indent}  ${op.to === undefined ? `return -${op.errno};` : `goto ${labelName(op.to)}; /* -${op.errno} */`}`,
      ];
    case 'onFault':
      return printBranch(`if (${op.what})`, op.ops, [], indent);
    case 'goto':
      return line(`goto ${labelName(op.to)};`);
    case 'ret':
      return line('return ret;');
    case 'warnOn':
      return line(`WARN_ON(${printCondition(op.cond)});`);
    case 'bugOn':
      return line(`BUG_ON(${printCondition(op.cond)});`);
    case 'driverOp':
      return line(`ops->${op.name}();`);
    case 'say':
      return line(`/* ${op.text} */`);
    case 'bookkeep':
    case 'violationIf':
      return [];
  }
}

function labelName(step: string): string {
  return step.toLowerCase().replaceAll(/[.:]/g, '_');
}
