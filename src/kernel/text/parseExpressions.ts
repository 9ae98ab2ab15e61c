import type { ObjectType } from '../language/design';
import type {
  Condition,
  EnumValue,
  Operand,
  StatePath,
  StaticCondition,
} from '../language/primitives';
import type { InstanceKey } from '../language/instanceKey';
import { NULL } from '../language/primitives';
import { printPath } from '../language/printOps';
import type { FieldSpec } from '../language/design';
import { quoted } from './diagnostic';
import type { Span } from './diagnostic';
import { PATH_ARGUMENTS } from './pathTypes';
import type { ObjectTypes, PathTarget } from './pathTypes';
import { SyntaxProblem } from './tokenReader';
import { INSTANCE_KEYS } from './words';
import type { TokenReader } from './tokenReader';

/** Objects that a name is bound to within a block. */
export type Bound = ReadonlyMap<string, readonly ObjectType[]>;

/** A path with what it leads to; undefined if a name in it is unknown, which is already reported. */
export interface ParsedPath extends Span {
  readonly path: StatePath;
  readonly target: PathTarget | undefined;
}

/** Every static condition without arguments, by its name in a text. */
const STATIC_CONDITIONS: Readonly<Record<Exclude<StaticCondition, object>, true>> = {
  'device-in-group': true,
  'object-is-ioas': true,
  'same-iommufd': true,
  'object-is-hwpt': true,
  'attaches-hwpt': true,
  'device-is-bound': true,
  'stale-node': true,
  'noiommu-in-scenario': true,
  'kvm-of-process': true,
  'no-groups': true,
  'more-groups-than-devices': true,
  'scenario-resets': true,
};

/** The kinds of file and object that `arg is KIND` can name. */
const ARGUMENT_KINDS = ['cdev', 'device', 'group', 'container', 'iommufd', 'ioas', 'none'];

const RESERVED = ['ret', 'NULL', 'current', 'inside_bind'];

/** Parses paths, values and conditions, and checks the names in them. */
export class ExpressionParser {
  constructor(
    readonly reader: TokenReader,
    readonly types: ObjectTypes,
  ) {}

  /** Whether a path must start at an object that exists once, or at a bound name: there is no call or file to see roles from. */
  private globalRoots = false;

  /** A condition on the whole state. */
  globalCondition(): Condition {
    this.globalRoots = true;
    try {
      return this.condition(new Map());
    } finally {
      this.globalRoots = false;
    }
  }

  /** `df->iommufd`, or `iommufd.ctx->file`: a role seen from an argument or a bound object. */
  path(bound: Bound, check = true): ParsedPath {
    const { reader } = this;
    const first = reader.name('the role of an object');
    const spans = [first];
    let argument: string | undefined;
    if (reader.is('.') && reader.next.from === first.to) {
      reader.take();
      argument = first.text;
      if (check && !PATH_ARGUMENTS.includes(argument) && !bound.has(argument)) {
        reader.diagnostics.addUnknown(first, 'an argument of the call or a bound name', argument, [
          ...PATH_ARGUMENTS,
          ...bound.keys(),
        ]);
        check = false;
      }
      spans[0] = reader.name('the role of an object');
    }
    while (reader.accept('->')) spans.push(reader.name('the name of a field'));
    const names = spans.map((s) => s.text);
    const span = { from: first.from, to: spans.at(-1)!.to };
    const path = `${argument === undefined ? '' : `${argument}/`}${names.join('.')}`;
    if (!check) return { ...span, path, target: undefined };
    if (
      this.globalRoots &&
      !bound.has(first.text) &&
      this.types.withRole(first.text).some(({ per }) => per !== 'global')
    )
      reader.diagnostics.add(
        first,
        `expected an object that exists once, or a name bound by exists(), got ${quoted(first.text)}`,
      );
    const target = this.types.resolve(names, bound, argument !== undefined);
    if ('index' in target) {
      const bad = spans[target.index]!;
      reader.diagnostics.addUnknown(bad, target.what, bad.text, target.known);
      return { ...span, path, target: undefined };
    }
    return { ...span, path, target };
  }

  /** A path to a field, of one of these kinds if given. */
  field(bound: Bound, what: string, kinds?: readonly FieldSpec['kind'][]): StatePath {
    const parsed = this.path(bound);
    if (parsed.target && !parsed.target.fields)
      this.reader.diagnostics.add(
        parsed,
        `expected ${what}, got the object ${quoted(printPath(parsed.path))}`,
      );
    else if (kinds && parsed.target?.fields?.some((f) => !kinds.includes(f.kind)))
      this.reader.diagnostics.add(
        parsed,
        `expected ${what}, got the ${parsed.target.fields[0]?.kind} ${printPath(parsed.path)}`,
      );
    return parsed.path;
  }

  /** A path to an object. */
  object(bound: Bound): ParsedPath {
    const parsed = this.path(bound);
    if (parsed.target?.fields?.some((f) => f.kind !== 'pointer'))
      this.reader.diagnostics.add(
        parsed,
        `expected an object, got the field ${printPath(parsed.path)}`,
      );
    return parsed;
  }

  /** A value; `target` is the field that it is stored in or compared with. */
  value(bound: Bound, target?: PathTarget): Operand {
    const { reader } = this;
    if (reader.accept('NULL')) return NULL;
    if (reader.accept('current')) return { currentTask: true };
    if (reader.is('fd_number') && reader.second.text === '(') {
      reader.take();
      reader.take();
      const fdNumber = reader.oneOf(['iommufd', 'ioas'], 'iommufd or ioas');
      reader.expect(')');
      return { fdNumber };
    }
    if (reader.next.kind === 'number' || reader.is('-')) return reader.integer('a number');
    if (reader.accept('&')) return { addressOf: this.object(bound).path };
    const enums = target?.fields?.filter((f) => f.kind === 'enum') ?? [];
    const after = reader.second;
    if (enums.length > 0 && reader.next.kind === 'name' && !['->', '.'].includes(after.text))
      return this.enumValue(enums);
    const parsed = this.path(bound);
    return parsed.path.includes('.') ? parsed.path : { addressOf: parsed.path };
  }

  private enumValue(enums: readonly Extract<FieldSpec, { kind: 'enum' }>[]): EnumValue {
    const token = this.reader.take();
    const values = enums.flatMap((e) => e.values);
    const numbers = new Set(
      enums.flatMap((e) => (e.values.includes(token.text) ? [e.values.indexOf(token.text)] : [])),
    );
    if (numbers.size === 0)
      this.reader.diagnostics.addUnknown(token, 'a value of the enum', token.text, values);
    if (numbers.size > 1)
      this.reader.diagnostics.add(
        token,
        `expected a value with one number, got ${quoted(token.text)}, which has ${[...numbers].join(' and ')}`,
      );
    return { enumValue: [...numbers][0] ?? 0, name: token.text };
  }

  /** `a && b`, `a || b`, with C precedence. */
  condition(bound: Bound): Condition {
    return this.terms('any', () => this.terms('all', () => this.term(bound)));
  }

  private terms(word: 'all' | 'any', read: () => Condition): Condition {
    const operator = word === 'all' ? '&&' : '||';
    const terms = [read()];
    while (this.reader.accept(operator)) terms.push(read());
    const [only] = terms;
    return terms.length === 1 && only ? only : word === 'all' ? { all: terms } : { any: terms };
  }

  private term(bound: Bound): Condition {
    return this.reader.nested(() => this.flatTerm(bound));
  }

  private flatTerm(bound: Bound): Condition {
    const { reader } = this;
    if (reader.accept('(')) {
      const inner = this.condition(bound);
      reader.expect(')');
      return inner;
    }
    if (reader.is('!')) {
      const { from } = reader.take();
      const isCall = reader.second.text === '(';
      if (reader.is('(') || (isCall && ['live', 'exists'].some((word) => reader.is(word))))
        return { not: this.term(bound) };
      return { cmp: 'eq', ...this.operand(bound, from), b: NULL };
    }
    if (reader.is('live') && reader.second.text === '(') {
      reader.take();
      reader.take();
      const { path } = this.object(bound);
      reader.expect(')');
      return { live: path };
    }
    if (reader.is('exists') && reader.second.text === '(') return this.exists(bound);
    if (reader.accept('vfio_file_has_dev')) {
      for (const sign of ['(', 'groups', ',']) reader.expect(sign);
      const has = this.boundName(bound);
      reader.expect(')');
      return { files: 'groups', has };
    }
    for (const word of ['all', 'any'] as const)
      if (reader.is(word) && reader.second.text === '(') {
        reader.take();
        reader.take();
        const terms = reader.is(')') ? [] : [this.condition(bound)];
        reader.expect(')');
        return word === 'all' ? { all: terms } : { any: terms };
      }
    const { from } = reader.next;
    const { target, ...a } = this.leftOperand(bound);
    const sign = reader.next.kind === 'sign' ? reader.next.text : '';
    if (['==', '!=', '<', '<=', '>', '>='].includes(sign)) {
      reader.take();
      const b = this.value(bound, target);
      if (sign === '>' || sign === '>=') {
        if (a.acquire) reader.problem(reader.next, `expected == or !=, got ${quoted(sign)}`);
        return { cmp: sign === '>' ? 'lt' : 'le', a: b, b: a.a };
      }
      return {
        cmp: ({ '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'le' } as const)[sign as '=='],
        ...a,
        b,
      };
    }
    this.checkIsValue(a.a, from);
    return { cmp: 'ne', ...a, b: NULL };
  }

  private boundName(bound: Bound): string {
    return this.reader.oneOf([...bound.keys()], 'a bound name');
  }

  /** `exists(NAME, ROLE, same KEY of NAME: CONDITION)` */
  private exists(bound: Bound): Condition {
    const { reader } = this;
    reader.take();
    reader.expect('(');
    const as = reader.name('a name for the object').text;
    reader.expect(',');
    const role = reader.oneOf(this.types.roles, 'the role of an object');
    const same = this.sameKey();
    const of = reader.accept('of') ? { of: this.boundName(bound) } : {};
    reader.expect(':');
    const inner = new Map([...bound, [as, this.types.withRole(role)] as const]);
    const where = this.condition(inner);
    reader.expect(')');
    return { exists: role, as, where, ...same, ...of };
  }

  /** `, same KEY`, or nothing. */
  protected sameKey(): { matchOn?: keyof InstanceKey } {
    if (!this.reader.accept(',')) return {};
    this.reader.expect('same');
    return { matchOn: this.reader.oneOf(INSTANCE_KEYS, 'the key of an object') };
  }

  private operand(bound: Bound, from: number): { a: Operand; acquire?: true } {
    const { target: _, ...a } = this.leftOperand(bound);
    this.checkIsValue(a.a, from);
    return a;
  }

  private checkIsValue(a: Operand, from: number): void {
    if (typeof a === 'object' && 'addressOf' in a)
      this.reader.diagnostics.add(
        { from, to: this.reader.previous?.to ?? from },
        `expected a condition, got the object ${quoted(a.addressOf)} (did you mean "live(${a.addressOf})"?)`,
        `live(${a.addressOf})`,
      );
  }

  private leftOperand(bound: Bound): { a: Operand; acquire?: true; target?: PathTarget } {
    const { reader } = this;
    if (reader.accept('smp_load_acquire')) {
      reader.expect('(');
      reader.expect('&');
      const { path, target } = this.path(bound);
      reader.expect(')');
      return { a: path, acquire: true, ...(target ? { target } : {}) };
    }
    if (reader.next.kind === 'name' && !RESERVED.includes(reader.next.text)) {
      const { path, target } = this.path(bound);
      return path.includes('.')
        ? { a: path, ...(target ? { target } : {}) }
        : { a: { addressOf: path } };
    }
    return { a: this.value(bound) };
  }

  /** `cdev or device` */
  protected argumentKinds(): readonly string[] {
    const kinds: string[] = [];
    do kinds.push(this.reader.oneOf(ARGUMENT_KINDS, 'a kind of file'));
    while (this.reader.accept('or'));
    return kinds;
  }

  /** A condition that the scenario decides, or undefined if another one follows. */
  staticCondition(): StaticCondition | undefined {
    const { reader } = this;
    const name = reader.next;
    if (name.kind !== 'name') return undefined;
    if (reader.second.text === 'is' && reader.second.kind === 'name') {
      if (!PATH_ARGUMENTS.includes(name.text)) {
        reader.diagnostics.addUnknown(name, 'an argument of the call', name.text, PATH_ARGUMENTS);
        throw new SyntaxProblem();
      }
      reader.take();
      reader.take();
      return { arg: name.text, kinds: this.argumentKinds() };
    }
    const word = Object.keys(STATIC_CONDITIONS).find((w) => w.replaceAll('-', '_') === name.text);
    if (word === undefined || reader.second.text !== '(') return undefined;
    reader.take();
    reader.take();
    reader.expect(')');
    return word as keyof typeof STATIC_CONDITIONS;
  }
}
