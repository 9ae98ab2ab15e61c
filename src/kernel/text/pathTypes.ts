import type { FieldSpec, ObjectType } from '../language/design';
import { FD_TYPE, FILE_TYPE, VMA_TYPE } from '../language/vfs';

/** What a path leads to: objects of these types, or a field that they have. */
export interface PathTarget {
  readonly types: readonly ObjectType[];
  /** The declarations of the field, one per type that has it; undefined for a path to an object. */
  readonly fields?: readonly FieldSpec[];
}

/** A name of a path that does not exist, with the names that do. */
export interface UnknownName {
  /** Position within the path. */
  readonly index: number;
  readonly what: string;
  readonly known: readonly string[];
}

/** The arguments of a call that a path can start with. */
export const PATH_ARGUMENTS = [
  'fd',
  'iommufd',
  'container',
  'object',
  'ioas',
  'kvm',
  'device',
  'bound',
];

/** The object types of a design by role and name, to check paths without a scenario. */
export class ObjectTypes {
  private readonly all: readonly ObjectType[];

  /** `privateData`: the types that `file->private_data` can lead to. */
  constructor(
    objects: readonly ObjectType[],
    private readonly privateData: readonly string[],
  ) {
    this.all = [FD_TYPE, FILE_TYPE, VMA_TYPE, ...objects];
  }

  get roles(): readonly string[] {
    return [...new Set(this.all.map(({ role }) => role))];
  }

  withRole(role: string): readonly ObjectType[] {
    return this.all.filter((o) => o.role === role);
  }

  named(types: readonly string[]): readonly ObjectType[] {
    return this.all.filter((o) => types.includes(o.type));
  }

  /** What the path leads to, or which of its names does not exist. `names` excludes an argument before the role. */
  resolve(
    names: readonly string[],
    bound: ReadonlyMap<string, readonly ObjectType[]>,
    fromArgument: boolean,
  ): PathTarget | UnknownName {
    const [first = '', ...rest] = names;
    let types = (fromArgument ? undefined : bound.get(first)) ?? this.withRole(first);
    if (types.length === 0)
      return {
        index: 0,
        what: 'the role of an object',
        known: [...this.roles, ...(fromArgument ? [] : bound.keys())],
      };
    let fields: readonly FieldSpec[] | undefined;
    for (const [i, name] of rest.entries()) {
      const found = types.flatMap((type) => this.fieldsOf(type, name));
      if (found.length === 0)
        return {
          index: i + 1,
          what: `a field of struct ${[...new Set(types.map((t) => t.type))].join(' or ')}`,
          known: types.flatMap((t) => this.fieldNames(t)),
        };
      fields = found;
      const targets = found.flatMap((f) =>
        f.kind === 'pointer' ? f.types : f.kind === 'link' ? [f.type] : [],
      );
      if (targets.length === 0 && i < rest.length - 1)
        return { index: i + 1, what: 'a pointer', known: [] };
      if (targets.length > 0 && i < rest.length - 1) types = this.named(targets);
    }
    if (fields === undefined) return { types };
    return fields.every((f) => f.kind === 'link')
      ? { types: this.named(fields.flatMap((f) => (f.kind === 'link' ? [f.type] : []))) }
      : { types, fields };
  }

  private fieldNames(type: ObjectType): readonly string[] {
    return Object.keys(type.fields);
  }

  private fieldsOf(type: ObjectType, name: string): readonly FieldSpec[] {
    const own = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    if (own) return [own];
    const link = (target: string): FieldSpec => ({ kind: 'link', type: target, edge: 'pointer' });
    if (type.type === 'fd' && name === 'file') return [link('file')];
    if (type.type === 'file' && name === 'private_data') return this.privateData.map(link);
    if (name === 'life' && type.lifetime) return [{ kind: 'int', hi: 2 }];
    return [];
  }
}
