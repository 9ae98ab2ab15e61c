import type { ObjectType } from '../language/design';
import { ERRNO, MODEL_LIMIT } from '../language/errno';
import type { CallError, Errno } from '../language/errno';
import { printPath } from '../language/printOps';
import type { Op } from '../language/primitives';
import type { ParsedPath, Bound } from './parseExpressions';
import { ExpressionParser } from './parseExpressions';
import type { Span } from './diagnostic';
import { quoted } from './diagnostic';
import { SyntaxProblem } from './tokenReader';

const ERRNO_NAMES: readonly CallError[] = [...(Object.keys(ERRNO) as Errno[]), MODEL_LIMIT];

/** Statements that start with a function name. */
export const STATEMENTS = [
  'mutex_lock',
  'mutex_unlock',
  'mutex_trylock',
  'down_read',
  'up_read',
  'down_write',
  'up_write',
  'down_write_trylock',
  'spin_lock',
  'smp_store_release',
  'refcount_inc',
  'refcount_dec',
  'refcount_inc_not_zero',
  'try_cmpxchg',
  'free',
  'get_file',
  'fput',
  'fd_install',
  'replace_fops',
  'complete',
  'wait_for_completion',
  'cdev_device_add',
  'cdev_device_del',
  'ida_free',
  'list_add',
  'list_del',
  'look_up',
  'for_each',
  'for_each_fd',
  'model_only',
  'WARN_ON',
  'BUG_ON',
  'VIOLATION_IF',
];

/** Statements that can fail without an error: `if (!mutex_trylock(&a->lock)) …`. */
const ATTEMPTS = ['refcount_inc_not_zero', 'try_cmpxchg', 'mutex_trylock', 'down_write_trylock'];

/** A jump, to be checked when all labels of the function are known. */
export interface Jump {
  readonly span: Span;
  readonly label: string;
}

/** Parses the operations of steps. */
export class OpParser extends ExpressionParser {
  /** The jumps of the current function. */
  jumps: Jump[] = [];
  /** Where an operation starts. */
  readonly places = new Map<Op, Span>();
  /** The spinlock that the current operations run under. */
  private spinLock: string | undefined;

  /** Operations up to `}`, a label, or the statement `stop`. A bad line is reported and skipped. */
  block(bound: Bound, stop?: string): readonly Op[] {
    return this.reader.nested(() => this.statements(bound, stop));
  }

  private statements(bound: Bound, stop?: string): readonly Op[] {
    const { reader } = this;
    const ops: Op[] = [];
    for (;;) {
      const { raw } = reader;
      if (raw.kind === 'comment') {
        const before = reader.previous;
        reader.at++;
        // At the end of a line a comment is a remark; on its own line it is narration.
        if (before === undefined || before.line < raw.line)
          ops.push({ kind: 'say', text: raw.text });
        continue;
      }
      if (raw.kind === 'end' || raw.kind === 'label' || reader.is('}') || reader.atDeclaration)
        return ops;
      if (stop !== undefined && reader.is(stop)) return ops;
      const start = reader.at;
      const place = reader.next;
      const first = ops.length;
      try {
        if (this.spinLock !== undefined && reader.is('spin_unlock')) this.unlockBeforeExit(bound);
        if (
          reader.next.kind === 'name' &&
          reader.second.text === '=' &&
          reader.next.text !== 'ret'
        ) {
          const binding = this.bindingOrAlloc(bound, stop);
          ops.push(binding);
          if (binding.kind === 'withPointer') return ops;
        } else ops.push(...this.statement(bound));
      } catch (problem) {
        if (!(problem instanceof SyntaxProblem)) throw problem;
        reader.skipLine(start);
      } finally {
        for (const op of ops.slice(first)) if (!this.places.has(op)) this.places.set(op, place);
      }
    }
  }

  /** `name = path;`, which binds the name to the end of the block; `name = alloc();`; `file = take_fd(fd);`. */
  private bindingOrAlloc(bound: Bound, stop: string | undefined): Op {
    const { reader } = this;
    if (reader.next.text === 'file' && this.follows('take_fd')) {
      for (const sign of ['file', '=', 'take_fd', '(']) reader.expect(sign);
      const fd = this.path(bound).path;
      for (const sign of [')', ';']) reader.expect(sign);
      return { kind: 'fdRemove', fd };
    }
    if (this.follows('alloc')) {
      const object = this.allocated(bound);
      for (const sign of ['=', 'alloc', '(', ')', ';']) reader.expect(sign);
      return { kind: 'alloc', object };
    }
    const as = reader.take();
    reader.expect('=');
    const pointer = this.path(bound);
    reader.expect(';');
    const types = this.pointedTypes(pointer);
    return {
      kind: 'withPointer',
      pointer: pointer.path,
      as: as.text,
      ops: this.block(new Map([...bound, [as.text, types]]), stop),
    };
  }

  /** Whether `= WORD (` follows the next name. */
  private follows(word: string): boolean {
    const { reader } = this;
    const { at } = reader;
    reader.take();
    reader.accept('=');
    const found = reader.is(word) && reader.second.text === '(';
    reader.at = at;
    return found;
  }

  private pointedTypes({ target, ...span }: ParsedPath): readonly ObjectType[] {
    const pointers = target?.fields?.filter((f) => f.kind === 'pointer') ?? [];
    if (target && pointers.length === 0)
      this.reader.diagnostics.add(span, `expected a pointer, got ${quoted(printPath(span.path))}`);
    return this.types.named(pointers.flatMap((f) => f.types));
  }

  private allocated(bound: Bound): string {
    const object = this.object(bound);
    if (object.target?.types.some((t) => t.lifetime === undefined) && !object.target.fields)
      this.reader.diagnostics.add(
        object,
        `expected an object that is allocated or freed ("allocated" or "live" after its struct), got ${quoted(printPath(object.path))}`,
      );
    return object.path;
  }

  private statement(bound: Bound): readonly Op[] {
    const { reader } = this;
    if (reader.accept('{')) {
      const ops = this.block(bound);
      reader.expect('}');
      return ops;
    }
    if (reader.accept('if')) return [this.ifStatement(bound)];
    if (reader.accept('goto')) return [{ kind: 'goto', to: this.jumpTarget(';') }];
    if (reader.is('return') || reader.is('ret')) return [this.exit()];
    if (reader.is('ops') && reader.second.text === '->') return [this.driverOp(bound)];
    if (reader.next.kind === 'name' && reader.second.text === '(') return [this.call(bound)];
    if ((reader.is('publish') || reader.is('unpublish')) && reader.second.kind === 'name')
      return [this.publish(bound)];
    if (reader.is('model_only')) return [this.modelOnly(bound)];
    return [this.assignment(bound)];
  }

  /** The id of a step after `goto`, and the `end` that closes the statement. */
  private jumpTarget(end: string): string {
    const { reader } = this;
    const token =
      reader.next.kind === 'stepId' ? reader.take() : reader.fail('the label of a step');
    this.jumps.push({ span: token, label: token.text });
    reader.expect(end);
    return token.text;
  }

  private errno(): CallError {
    this.reader.expect('-');
    return this.reader.oneOf(ERRNO_NAMES, 'an errno');
  }

  /** `return ret;`, `return -EBUSY;` or `ret = -EBUSY; goto LABEL;`, with the reason in the comment after it. */
  private exit(): Op {
    const { reader } = this;
    if (reader.accept('return')) {
      if (reader.accept('ret') || reader.is(';') || reader.next.text === '0') {
        if (reader.next.kind === 'number') reader.take();
        reader.expect(';');
        return { kind: 'ret' };
      }
      const errno = this.errno();
      reader.expect(';');
      return { kind: 'fail', errno, ...this.reason() };
    }
    reader.expect('ret');
    reader.expect('=');
    const errno = this.errno();
    reader.expect(';');
    reader.expect('goto');
    const to = this.jumpTarget(';');
    return { kind: 'fail', errno, ...this.reason(), to };
  }

  /** The comment at the end of the line: `object: why`, or only why. */
  private reason(): { reason: string; at?: string } {
    const text = this.reader.trailingComment() ?? '';
    const [, at, after] = /^([A-Za-z_][\w]*(?:\.\w+)?(?:->\w+)*): (.*)$/.exec(text) ?? [];
    if (at !== undefined && after !== undefined)
      return { reason: after, at: at.replace('.', '/').replaceAll('->', '.') };
    return { reason: text.startsWith(': ') ? text.slice(2) : text };
  }

  private ifStatement(bound: Bound): Op {
    const { reader } = this;
    reader.expect('(');
    const negated = reader.is('!') ? reader.second : undefined;
    const word = negated ?? reader.next;
    if (
      !negated &&
      reader.second.text === '(' &&
      (word.text === 'fault' || word.text === 'happens')
    )
      return this.faultPoint(bound, word.text);
    if (!negated && reader.is('refcount_dec_and_test')) {
      reader.take();
      const field = this.argument(() => this.counter(bound));
      reader.expect(')');
      return { kind: 'refDec', field, onZero: this.body(bound) };
    }
    if (negated?.text === 'wait_event_timeout') {
      reader.take();
      reader.take();
      const completion = this.argument(() => this.field(bound, 'a completion', ['completion']));
      reader.expect(')');
      return { kind: 'waitForCompletion', completion, onTimeout: this.body(bound) };
    }
    if (negated && ATTEMPTS.includes(negated.text)) {
      reader.take();
      const op = this.attempt(bound);
      reader.expect(')');
      return { ...op, otherwise: this.body(bound) };
    }
    if (ATTEMPTS.includes(word.text))
      return reader.problem(word, `expected if (!${word.text}(…)), got if (${word.text}(…))`);
    const test = this.staticCondition();
    const cond = test === undefined ? this.condition(bound) : undefined;
    reader.expect(')');
    const then = this.body(bound);
    const otherwise = reader.accept('else') ? this.body(bound) : [];
    return test === undefined
      ? { kind: 'test', cond: cond!, then, otherwise }
      : { kind: 'staticTest', test, then, otherwise };
  }

  /** A block in braces, or one statement. */
  private body(bound: Bound): readonly Op[] {
    const { reader } = this;
    if (!reader.accept('{')) return reader.nested(() => this.statement(bound));
    const ops = this.block(bound);
    reader.expect('}');
    return ops;
  }

  /** `if (fault(NAME)) …`: what fails outside the model. `if (happens(NAME)) …`: what else can happen there. */
  private faultPoint(bound: Bound, word: 'fault' | 'happens'): Op {
    const { reader } = this;
    const start = reader.take();
    reader.expect('(');
    const what = this.text('the name of what can fail');
    reader.expect(')');
    reader.expect(')');
    const ops = this.body(bound);
    if (word === 'happens') return { kind: 'onFault', what, ops };
    const exit = ops.at(-1);
    if (exit?.kind !== 'fail')
      return reader.problem(
        start,
        'expected "return -ERRNO;" or "ret = -ERRNO; goto LABEL;" at the end of a fault point',
      );
    const { kind: _, errno, ...rest } = exit;
    if (errno === MODEL_LIMIT) return reader.problem(start, 'expected an errno at a fault point');
    const after = rest.reason === '' ? this.reason() : {};
    const before = ops.slice(0, -1);
    return {
      kind: 'fallible',
      what,
      errno,
      ...rest,
      ...after,
      ...(before.length === 0 ? {} : { before }),
    };
  }

  private counter(bound: Bound): string {
    return this.field(bound, 'a counter', ['int', 'refcount']);
  }

  /** `(&PATH)`, read by `read`. */
  private argument<T>(read: () => T): T {
    this.reader.expect('(');
    this.reader.expect('&');
    const value = read();
    this.reader.expect(')');
    return value;
  }

  private attempt(
    bound: Bound,
  ): Extract<Op, { kind: 'refIncNotZero' | 'cmpxchg' | 'mutexTrylock' }> {
    const { reader } = this;
    if (reader.accept('refcount_inc_not_zero'))
      return {
        kind: 'refIncNotZero',
        field: this.argument(() => this.counter(bound)),
        otherwise: [],
      };
    if (reader.is('mutex_trylock') || reader.is('down_write_trylock')) {
      const ofRwsem = reader.take().text === 'down_write_trylock';
      const mutex = this.argument(() => this.field(bound, 'a mutex', ['mutex']));
      return {
        kind: 'mutexTrylock',
        mutex,
        ...(ofRwsem ? { rwsem: 'write' } : {}),
        otherwise: [],
      };
    }
    reader.expect('try_cmpxchg');
    reader.expect('(');
    reader.expect('&');
    const { path: field, target } = this.path(bound);
    reader.expect(',');
    const from = this.value(bound, target);
    reader.expect(',');
    const to = this.value(bound, target);
    reader.expect(')');
    return { kind: 'cmpxchg', field, from, to, otherwise: [] };
  }

  /** A name, or text in quotes. */
  private text(what: string): string {
    const { reader } = this;
    if (reader.next.kind === 'string') return reader.take().text;
    let name = reader.name(what).text;
    while (reader.is('->') || reader.is('.')) name += reader.take().text + reader.name(what).text;
    return name;
  }

  /** A statement that ends with `;` and starts with a function name. */
  private call(bound: Bound): Op {
    const { reader } = this;
    const name = reader.next.text;
    if (name === 'for_each') return this.forEach(bound);
    if (name === 'for_each_fd') return this.forEachFd(bound);
    if (name === 'spin_lock') return this.spin(bound);
    if (ATTEMPTS.includes(name)) {
      const op = this.attempt(bound);
      reader.expect(';');
      return op;
    }
    if (!STATEMENTS.includes(name)) {
      reader.diagnostics.addUnknown(reader.next, 'a statement', name, STATEMENTS);
      throw new SyntaxProblem();
    }
    reader.take();
    const op = this.simpleCall(name, bound);
    reader.expect(';');
    switch (op.kind) {
      case 'warnOn':
        return { ...op, reason: reader.trailingComment() ?? '' };
      case 'bugOn':
        return { ...op, ...this.placedReason(name) };
      case 'violationIf': {
        const { reason: text, at } = this.placedReason(name);
        return { ...op, text, at };
      }
      case 'lookUp':
        return { ...op, call: reader.trailingComment() ?? 'look_up()' };
      default:
        return op;
    }
  }

  private placedReason(word: string): { reason: string; at: string } {
    const { previous } = this.reader;
    const { reason, at } = this.reason();
    if (at === undefined)
      this.reader.diagnostics.add(
        previous ?? this.reader.next,
        `expected a comment with the object and the reason after ${word}: /* device: … */`,
      );
    return { reason, at: at ?? 'file' };
  }

  private simpleCall(name: string, bound: Bound): Op {
    const { reader } = this;
    const field = (what: string, ...kinds: readonly ('mutex' | 'completion')[]): string =>
      this.argument(() => this.field(bound, what, kinds.length === 0 ? undefined : kinds));
    switch (name) {
      case 'mutex_lock':
        return { kind: 'mutexLock', mutex: field('a mutex', 'mutex') };
      case 'mutex_unlock':
        return { kind: 'mutexUnlock', mutex: field('a mutex', 'mutex') };
      case 'down_read':
      case 'down_write':
      case 'up_read':
      case 'up_write':
        return {
          kind: name.startsWith('down') ? 'mutexLock' : 'mutexUnlock',
          mutex: field('a mutex', 'mutex'),
          rwsem: name.endsWith('read') ? 'read' : 'write',
        };
      case 'refcount_inc':
        return { kind: 'refInc', field: this.argument(() => this.counter(bound)) };
      case 'refcount_dec':
        return { kind: 'refDec', field: this.argument(() => this.counter(bound)), onZero: [] };
      case 'complete':
        return { kind: 'complete', completion: field('a completion', 'completion') };
      case 'wait_for_completion':
        return { kind: 'waitForCompletion', completion: field('a completion', 'completion') };
      case 'cdev_device_add':
        return { kind: 'cdevAdd', field: field('the field that is set while the cdev is mapped') };
      case 'cdev_device_del':
        return { kind: 'cdevDel', field: field('the field that is set while the cdev is mapped') };
    }
    reader.expect('(');
    const op = this.argumentsOf(name, bound);
    reader.expect(')');
    return op;
  }

  private argumentsOf(name: string, bound: Bound): Op {
    const { reader } = this;
    switch (name) {
      case 'smp_store_release': {
        reader.expect('&');
        const { path: field, target } = this.path(bound);
        reader.expect(',');
        return { kind: 'store', field, value: this.value(bound, target), release: true };
      }
      case 'free':
        return { kind: 'free', object: this.allocated(bound) };
      case 'get_file':
        return { kind: 'fget', file: this.object(bound).path };
      case 'fput':
        return { kind: 'fput', file: this.object(bound).path };
      case 'fd_install':
        for (const word of ['fd', ',', 'file']) reader.expect(word);
        return { kind: 'fdInstall' };
      case 'replace_fops': {
        const { path: file } = this.object(bound);
        reader.expect(',');
        const fops = reader.oneOf(['parked_fops', 'normal_fops'], 'parked_fops or normal_fops');
        return { kind: 'replaceFops', file, to: fops === 'parked_fops' ? 'parked' : 'normal' };
      }
      case 'ida_free':
        return { kind: 'idaFree', field: this.field(bound, 'a number', ['number']) };
      case 'list_add':
      case 'list_del': {
        reader.expect('&');
        const field = this.field(bound, 'a list node', ['bool', 'pointer']);
        reader.expect(',');
        const list = this.text('the name of the list');
        const kind = name === 'list_add' ? 'listAdd' : 'listDel';
        return reader.accept(',')
          ? { kind, field, list, head: this.object(bound).path }
          : { kind, field, list };
      }
      case 'look_up':
        reader.expect('&');
        return { kind: 'lookUp', field: this.field(bound, 'a field'), ...this.sameKey(), call: '' };
      case 'WARN_ON':
        return { kind: 'warnOn', cond: this.condition(bound), reason: '' };
      case 'BUG_ON':
        return { kind: 'bugOn', cond: this.condition(bound), reason: '', at: 'file' };
      case 'VIOLATION_IF':
        return { kind: 'violationIf', cond: this.condition(bound), text: '', at: 'file' };
      default:
        return reader.fail('a statement');
    }
  }

  private forEach(bound: Bound): Op {
    const { reader } = this;
    reader.take();
    reader.expect('(');
    const as = reader.name('a name for the object').text;
    reader.expect(',');
    const role = reader.oneOf(this.types.roles, 'the role of an object');
    const same = this.sameKey();
    reader.expect(')');
    const inner = new Map([...bound, [as, this.types.withRole(role)] as const]);
    return { kind: 'forEach', role, ...same, as, ops: this.body(inner) };
  }

  /** `for_each_fd(NAME, groups) { if (NAME is KIND) … else … }` */
  private forEachFd(bound: Bound): Op {
    const { reader } = this;
    reader.take();
    reader.expect('(');
    const as = reader.name('a name for the fd').text;
    reader.expect(',');
    reader.expect('groups');
    reader.expect(')');
    reader.expect('{');
    for (const sign of ['if', '(', as, 'is']) reader.expect(sign);
    const kinds = this.argumentKinds();
    reader.expect(')');
    const inner = new Map([...bound, [as, this.types.withRole('fd')] as const]);
    const ops = this.body(inner);
    const otherwise = reader.accept('else') ? this.body(inner) : [];
    reader.expect('}');
    return { kind: 'forEachFd', arg: 'groups', kinds, as, ops, otherwise };
  }

  private spin(bound: Bound): Op {
    const lock = this.spinStatement('spin_lock', bound);
    const outer = this.spinLock;
    this.spinLock = lock;
    try {
      const ops = this.block(bound, 'spin_unlock');
      this.spinUnlock(lock, bound);
      return { kind: 'spin', lock, ops };
    } finally {
      this.spinLock = outer;
    }
  }

  /** `spin_lock(&LOCK);` or `spin_unlock(&LOCK);` */
  private spinStatement(word: 'spin_lock' | 'spin_unlock', bound: Bound): string {
    const { reader } = this;
    reader.expect(word);
    const { path } = this.argument(() => this.path(bound, false));
    reader.expect(';');
    return path;
  }

  private spinUnlock(lock: string, bound: Bound): void {
    const { next, diagnostics } = this.reader;
    const unlocked = this.spinStatement('spin_unlock', bound);
    if (unlocked !== lock)
      diagnostics.add(
        next,
        `expected spin_unlock(&${printPath(lock)}), got spin_unlock(&${printPath(unlocked)})`,
      );
  }

  /** The unlock before a `goto` or `return` out of a spinlock. It is only text: an exit releases the spinlock. */
  private unlockBeforeExit(bound: Bound): void {
    const { reader } = this;
    this.spinUnlock(this.spinLock!, bound);
    if (!['goto', 'return', 'ret'].some((word) => reader.is(word)))
      reader.fail('"goto" or "return" after spin_unlock in a nested block');
  }

  private publish(bound: Bound): Op {
    const { reader } = this;
    const kind = reader.take().text === 'publish' ? 'cdevAdd' : 'cdevDel';
    const call = reader.name('the name of a function').text;
    const field = this.argument(() => this.field(bound, 'a field'));
    reader.expect(';');
    return { kind, field, call };
  }

  private modelOnly(bound: Bound): Op {
    this.reader.take();
    return { kind: 'bookkeep', ops: this.body(bound) };
  }

  /** `ops->open_device(file, inside_bind);` */
  private driverOp(bound: Bound): Op {
    const { reader } = this;
    reader.expect('ops');
    reader.expect('->');
    const name = this.text('the name of a driver operation');
    reader.expect('(');
    let file: string | undefined;
    if (!reader.is(')') && !reader.is('inside_bind')) {
      file = this.object(bound).path;
      if (!reader.is(')')) reader.expect(',');
    }
    const insideBind = reader.accept('inside_bind');
    reader.expect(')');
    reader.expect(';');
    return {
      kind: 'driverOp',
      name,
      ...(file === undefined ? {} : { file }),
      ...(insideBind ? { insideBind: true } : {}),
    };
  }

  /** `a->b = value;`, `a->b = alloc();`, `a->b = ida_alloc();`, `a->b++;` */
  private assignment(bound: Bound): Op {
    const { reader } = this;
    if (reader.next.kind !== 'name') return reader.fail('a statement');
    const start = reader.next;
    const { path: field, target, ...span } = this.path(bound);
    if (reader.is('++') || reader.is('--')) {
      if (target?.fields?.some((f) => f.kind !== 'int' && f.kind !== 'refcount'))
        reader.diagnostics.add(
          span,
          `expected a counter, got the ${target.fields[0]?.kind} ${printPath(field)}`,
        );
      const by = reader.take().text === '++' ? 1 : -1;
      reader.expect(';');
      return { kind: 'add', field, by };
    }
    if (!reader.is('=')) {
      if (!field.includes('.')) {
        reader.diagnostics.addUnknown(start, 'a statement', start.text, [
          ...STATEMENTS,
          'goto',
          'return',
          'if',
        ]);
        throw new SyntaxProblem();
      }
      return reader.fail('=');
    }
    reader.take();
    for (const [word, kind] of [
      ['alloc', 'alloc'],
      ['ida_alloc', 'idaAlloc'],
    ] as const)
      if (reader.is(word) && reader.second.text === '(') {
        for (const sign of [word, '(', ')', ';']) reader.expect(sign);
        return kind === 'alloc' ? { kind, object: field } : { kind, field };
      }
    if (target?.fields?.some((f) => f.kind === 'mutex'))
      reader.diagnostics.add(span, `expected a field that is not a mutex, got ${printPath(field)}`);
    const choosesObject = field.includes('.') && target?.types.some((t) => t.successor);
    if (target && !target.fields && !choosesObject)
      reader.diagnostics.add(
        span,
        `expected a field that can change, got ${quoted(printPath(field))}`,
      );
    const value = this.value(bound, target);
    reader.expect(';');
    return { kind: 'store', field, value };
  }
}
