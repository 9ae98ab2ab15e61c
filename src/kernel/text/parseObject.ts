import type { EdgeKind, FieldSpec, ObjectType } from '../language/design';
import type { InstanceKey } from '../language/instanceKey';
import type { StaticNumber } from '../language/staticNumber';
import type { FileKind } from '../language/world';

import type { StaticNumberParser } from './parseStaticNumber';
import { FILE_KINDS, GRANULARITIES, INSTANCE_KEYS } from './words';
import { SyntaxProblem } from './tokenReader';
import type { TokenReader } from './tokenReader';

const EDGES: readonly EdgeKind[] = ['pointer', 'reference', 'member', 'embedded', 'hidden'];

/** How a field starts. `struct` is a pointer, or a link if it is const or embedded. */
const FIELD_TYPES = Object.keys({
  int: true,
  refcount: true,
  bool: true,
  mutex: true,
  completion: true,
  enum: true,
  number: true,
  struct: true,
} satisfies Record<Exclude<FieldSpec['kind'], 'pointer' | 'link'> | 'struct', true>);

/** What can follow the colon of a field. */
interface FieldAttributes {
  max?: StaticNumber;
  min?: number;
  freesAtZero?: true;
  accessFlag?: true;
  memberOf?: string;
  edge?: EdgeKind;
  matchOn?: keyof InstanceKey;
  fileKinds?: readonly FileKind[];
  modelOnly?: true;
  counter?: string;
}

const ATTRIBUTES_OF: Readonly<Record<string, readonly string[]>> = {
  int: ['max', 'min', 'frees_at_zero'],
  refcount: ['max', 'min', 'frees_at_zero'],
  bool: ['access_flag', 'model_only', 'in'],
  mutex: [],
  completion: ['counter', 'model_only'],
  enum: [],
  number: ['max', 'in'],
  pointer: [...EDGES, 'same', 'files', 'model_only', 'in'],
  link: EDGES,
};

/** Parses `struct TYPE ROLE: ATTRIBUTES { FIELDS };`. */
export class ObjectParser {
  constructor(
    private readonly reader: TokenReader,
    private readonly numbers: StaticNumberParser,
  ) {}

  /** The object after the word `struct`; `about` is the comment before it. */
  parse(about: string): ObjectType {
    const { reader } = this;
    const type = reader.name('the name of a struct').text;
    const role = reader.next.kind === 'name' ? reader.take().text : type;
    let object: Omit<ObjectType, 'fields'> = { type, role, per: 'global', name: role, about };
    if (reader.accept(':'))
      do object = { ...object, ...this.attribute() };
      while (reader.accept(','));
    reader.expect('{');
    const fields: Record<string, FieldSpec> = {};
    while (!reader.is('}') && reader.next.kind !== 'end') {
      const start = reader.at;
      try {
        const { from, to, name, spec } = this.field();
        if (Object.hasOwn(fields, name))
          reader.diagnostics.add({ from, to }, `expected a field name that is new, got "${name}"`);
        fields[name] = spec;
      } catch (problem) {
        if (!(problem instanceof SyntaxProblem)) throw problem;
        reader.skipLine(start);
      }
    }
    reader.expect('}');
    reader.accept(';');
    return { ...object, fields };
  }

  private attribute(): Partial<ObjectType> {
    const { reader } = this;
    const word = reader.oneOf(
      ['per', 'files', 'name', 'allocated', 'live', 'ids', 'own_for_vf', 'successor'],
      'an attribute of a struct',
    );
    switch (word) {
      case 'per':
        return { per: reader.oneOf(GRANULARITIES, 'what there is one object for') };
      case 'files':
        return { fileKinds: reader.alternatives(FILE_KINDS, 'a kind of file') };
      case 'name':
        return { name: reader.string('a name in quotes, such as "{device}"') };
      case 'allocated':
        return { lifetime: {} };
      case 'live':
        return { lifetime: { liveAtStart: this.numbers.parse() } };
      case 'own_for_vf':
        return { ownForVf: true };
      case 'successor':
        return { successor: true };
      case 'ids': {
        const space = reader.name('the name of an id space').text;
        reader.expect('from');
        return { ids: { space, first: reader.integer('the first id') } };
      }
    }
  }

  private field(): { from: number; to: number; name: string; spec: FieldSpec } {
    const { reader } = this;
    const kind = reader.oneOf(FIELD_TYPES, 'the type of a field');
    const values = kind === 'enum' ? this.enumValues() : [];
    const types = kind === 'struct' ? [reader.name('the name of a struct').text] : [];
    if (kind === 'struct')
      while (reader.accept('|')) types.push(reader.name('the name of a struct').text);
    const star = kind === 'struct' && reader.accept('*');
    const isLink = kind === 'struct' && (!star || reader.accept('const'));
    const name = reader.name('the name of a field');
    const shape = kind === 'struct' ? (isLink ? 'link' : 'pointer') : kind;
    let init: StaticNumber | undefined;
    let initType: string | undefined;
    if (reader.is('=')) {
      if (['mutex', 'completion', 'link'].includes(shape)) reader.fail(`; after a ${shape}`);
      reader.take();
      if (shape === 'pointer') initType = reader.name('the name of a struct').text;
      else init = this.numbers.parse();
    }
    const a = this.fieldAttributes(shape);
    reader.expect(';');
    const start = init === undefined ? {} : { init };
    const member = a.memberOf === undefined ? {} : { memberOf: a.memberOf };
    const spec = ((): FieldSpec => {
      switch (shape) {
        case 'int':
        case 'refcount':
          return {
            kind: shape,
            ...(a.freesAtZero ? { freesAtZero: true } : {}),
            ...(a.min === undefined ? {} : { lo: a.min }),
            hi: a.max ?? this.missing(name, 'max'),
            ...start,
          };
        case 'bool':
          return {
            kind: 'bool',
            ...start,
            ...(a.accessFlag ? { accessFlag: true } : {}),
            ...(a.modelOnly ? { modelOnly: true } : {}),
            ...member,
          };
        case 'mutex':
          return { kind: 'mutex' };
        case 'completion':
          return {
            kind: 'completion',
            counter: a.counter ?? this.missing(name, 'counter'),
            ...(a.modelOnly ? { modelOnly: true } : {}),
          };
        case 'enum':
          return { kind: 'enum', values, ...start };
        case 'number':
          return { kind: 'number', hi: a.max ?? this.missing(name, 'max'), ...start, ...member };
        case 'link':
          return {
            kind: 'link',
            type: types[0] ?? '',
            edge: a.edge ?? (star ? 'pointer' : 'embedded'),
          };
        default:
          return {
            kind: 'pointer',
            ...(a.modelOnly ? { modelOnly: true } : {}),
            types,
            ...(a.matchOn === undefined ? {} : { matchOn: a.matchOn }),
            ...(a.fileKinds === undefined ? {} : { fileKinds: a.fileKinds }),
            ...(initType === undefined ? {} : { init: initType }),
            edge: a.edge ?? 'pointer',
            ...member,
          };
      }
    })();
    return { from: name.from, to: name.to, name: name.text, spec };
  }

  private missing(name: { readonly from: number; readonly to: number }, word: string): never {
    return this.reader.problem(
      name,
      word === 'max'
        ? 'expected the largest value after the name, such as ": max 1"'
        : 'expected the counter that a waiter waits for after the name, such as ": counter refcount"',
    );
  }

  private enumValues(): readonly string[] {
    const { reader } = this;
    reader.expect('{');
    const values = [];
    do values.push(reader.name('the name of an enum value').text);
    while (reader.accept(',') && !reader.is('}'));
    reader.expect('}');
    return values;
  }

  private fieldAttributes(shape: string): FieldAttributes {
    const { reader } = this;
    const attributes: FieldAttributes = {};
    if (!reader.accept(':')) return attributes;
    const allowed = ATTRIBUTES_OF[shape] ?? [];
    if (allowed.length === 0) return reader.problem(reader.next, `expected ; after a ${shape}`);
    do {
      const word = reader.oneOf(allowed, `an attribute of a ${shape}`);
      switch (word) {
        case 'max':
          attributes.max = this.numbers.parse();
          break;
        case 'min':
          attributes.min = reader.integer('the smallest value');
          break;
        case 'frees_at_zero':
          attributes.freesAtZero = true;
          break;
        case 'access_flag':
          attributes.accessFlag = true;
          break;
        case 'model_only':
          attributes.modelOnly = true;
          break;
        case 'in':
          attributes.memberOf = this.listName();
          break;
        case 'same':
          attributes.matchOn = reader.oneOf(INSTANCE_KEYS, 'the key of an object');
          break;
        case 'files':
          attributes.fileKinds = reader.alternatives(FILE_KINDS, 'a kind of file');
          break;
        case 'counter':
          attributes.counter = reader.name('the name of a counter').text;
          break;
        default:
          attributes.edge = word as EdgeKind;
      }
    } while (reader.accept(','));
    return attributes;
  }

  /** `group->device_list`, or text in quotes. */
  private listName(): string {
    const { reader } = this;
    if (reader.next.kind === 'string') return reader.take().text;
    let name = reader.name('the name of a list').text;
    while (reader.is('->') || reader.is('.'))
      name += reader.take().text + reader.name('a name').text;
    return name;
  }
}
