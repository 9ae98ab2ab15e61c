import { unmodifiedTitle } from '../language/design';
import type {
  CallBody,
  Design,
  DesignModel,
  FieldSpec,
  ObjectType,
  Options,
  Routine,
  StepSpec,
} from '../language/design';
import {
  everyKey,
  pointerTest,
  printCondition,
  printName,
  printOps,
  printPath,
} from '../language/printOps';
import type { PrintStyle } from '../language/printOps';
import type { Condition } from '../language/primitives';
import type { CounterSpec, HolderSpec, PropertyInputs } from '../language/propertyInputs';
import { CALL_SIGNATURES } from '../language/world';
import type { CallSignature, FileKind } from '../language/world';
import { FILE_KINDS } from './words';
import { printStaticNumber } from './printStaticNumber';

/** The widest comment line. */
const WIDTH = 96;

/** A design with these options as text; `parseDesign` reads it back. Options that are left out have their default. */
export function printDesign(design: Design, options: Options = {}): string {
  const chosen = {
    ...Object.fromEntries(design.options.map((o) => [o.id, o.values[0] ?? ''])),
    ...options,
  };
  const { id, revision, about } = design;
  const title = unmodifiedTitle(design, chosen);
  const model = design.model(chosen);
  const style = { modelOnly: true, isPointer: pointerTest(model.objects) };
  const functions = new FunctionTable(style);
  const tables = printTables(model, design.calls ?? {}, functions);
  return [
    printComment(about),
    [`design ${printName(id)} ${JSON.stringify(title)} revision ${revision};`],
    design.options.map(
      (o) => `option ${o.id} = ${printName(chosen[o.id] ?? '')}; /* ${o.title} */`,
    ),
    ...model.objects.map(printObject),
    ...tables,
    ...functions.entries.map(({ handle, routine }) => printFunction(handle, routine, style)),
    ...printPropertyInputs(model.propertyInputs),
  ]
    .filter((block) => block.length > 0)
    .map((block) => `${block.join('\n')}\n`)
    .join('\n');
}

/** A comment, wrapped if it is long. */
function printComment(text: string, indent = ''): string[] {
  if (text === '') return [];
  const words = text.split(/\s+/);
  const line = `${indent}/* ${words.join(' ')} */`;
  if (line.length <= WIDTH) return [line];
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && indent.length + last.length + word.length + 4 <= WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return [`${indent}/*`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`];
}

function printObject(object: ObjectType): string[] {
  const {
    type,
    role,
    per,
    fileKinds,
    name,
    fields,
    lifetime,
    ids,
    ownForVf,
    successor,
    about,
    ...rest
  } = object;
  everyKey(rest);
  const attributes = [
    `per ${per}`,
    ...(fileKinds === undefined ? [] : [`files ${fileKinds.join('|')}`]),
    `name ${JSON.stringify(name)}`,
    ...(lifetime === undefined
      ? []
      : lifetime.liveAtStart === undefined
        ? ['allocated']
        : [`live ${printStaticNumber(lifetime.liveAtStart)}`]),
    ...(ids === undefined ? [] : [`ids ${ids.space} from ${ids.first}`]),
    ...(ownForVf ? ['own_for_vf'] : []),
    ...(successor ? ['successor'] : []),
  ];
  return [
    ...printComment(about),
    `struct ${type} ${role}: ${attributes.join(', ')} {`,
    ...Object.entries(fields).map(([field, spec]) => `\t${printField(field, spec)};`),
    '};',
  ];
}

/** A declaration without its semicolon: `int open_count: max files(cdev|device, same device)`. */
function printField(name: string, spec: FieldSpec): string {
  const withAttributes = (head: string, ...attributes: readonly (string | false)[]): string => {
    const given = attributes.filter((a) => a !== false);
    return given.length === 0 ? head : `${head}: ${given.join(', ')}`;
  };
  const initial = (init: Extract<FieldSpec, { kind: 'bool' }>['init']): string =>
    init === undefined ? '' : ` = ${printStaticNumber(init)}`;
  const member = (memberOf: string | undefined): string | false =>
    memberOf !== undefined && `in ${printName(memberOf)}`;
  switch (spec.kind) {
    case 'int':
    case 'refcount': {
      const { kind, freesAtZero, lo, hi, init, ...rest } = spec;
      everyKey(rest);
      return withAttributes(
        `${kind} ${name}${initial(init)}`,
        lo !== undefined && `min ${lo}`,
        `max ${printStaticNumber(hi)}`,
        freesAtZero === true && 'frees_at_zero',
      );
    }
    case 'bool': {
      const { kind: _, init, accessFlag, modelOnly, memberOf, ...rest } = spec;
      everyKey(rest);
      return withAttributes(
        `bool ${name}${initial(init)}`,
        accessFlag === true && 'access_flag',
        modelOnly === true && 'model_only',
        member(memberOf),
      );
    }
    case 'mutex': {
      const { kind: _, ...rest } = spec;
      everyKey(rest);
      return `mutex ${name}`;
    }
    case 'completion': {
      const { kind: _, counter, modelOnly, ...rest } = spec;
      everyKey(rest);
      return withAttributes(
        `completion ${name}`,
        `counter ${counter}`,
        modelOnly === true && 'model_only',
      );
    }
    case 'pointer': {
      const { kind: _, modelOnly, types, matchOn, fileKinds, init, edge, memberOf, ...rest } = spec;
      everyKey(rest);
      return withAttributes(
        `struct ${types.join('|')} *${name}${init === undefined ? '' : ` = ${init}`}`,
        edge !== 'pointer' && edge,
        matchOn !== undefined && `same ${matchOn}`,
        fileKinds !== undefined && `files ${fileKinds.join('|')}`,
        modelOnly === true && 'model_only',
        member(memberOf),
      );
    }
    case 'link': {
      const { kind: _, type, edge, ...rest } = spec;
      everyKey(rest);
      return edge === 'embedded'
        ? `struct ${type} ${name}`
        : withAttributes(`struct ${type} *const ${name}`, edge !== 'pointer' && edge);
    }
    case 'enum': {
      const { kind: _, values, init, ...rest } = spec;
      everyKey(rest);
      return `enum { ${values.join(', ')} } ${name}${initial(init)}`;
    }
    case 'number': {
      const { kind: _, hi, init, memberOf, ...rest } = spec;
      everyKey(rest);
      return withAttributes(
        `number ${name}${initial(init)}`,
        `max ${printStaticNumber(hi)}`,
        member(memberOf),
      );
    }
  }
}

/** Every routine once, under a name that is unique: `ioctl`, and `ioctl@group` for another one of that name. */
class FunctionTable {
  readonly entries: { readonly handle: string; readonly routine: Routine }[] = [];
  private readonly handles = new Map<string, string>();

  constructor(private readonly style: PrintStyle) {}

  /** `tags`: what tells another routine of the same name apart, best first. */
  handleOf(routine: Routine, ...tags: readonly string[]): string {
    const content = printFunction(printName(routine.name), routine, this.style).join('\n');
    const known = this.handles.get(content);
    if (known !== undefined) return known;
    const name = printName(routine.name);
    const number = this.entries.filter((e) => e.routine.name === routine.name).length + 1;
    const handle =
      [name, ...tags.map((tag) => `${name}@${tag}`)].find((h) => !this.isTaken(h)) ??
      `${name}@${number}`;
    this.handles.set(content, handle);
    this.entries.push({ handle, routine });
    return handle;
  }

  private isTaken(handle: string): boolean {
    return this.entries.some((e) => e.handle === handle);
  }
}

/** The entries of a table by kind of file, in one order for every design. */
function inOrder<T>(table: Partial<Readonly<Record<FileKind, T>>>): readonly [FileKind, T][] {
  return FILE_KINDS.flatMap((kind): [FileKind, T][] => {
    const value = table[kind];
    return value === undefined ? [] : [[kind, value]];
  });
}

/** The tables of file kinds, each with its operations, and the calls that need no file. */
function printTables(
  model: DesignModel,
  declared: Readonly<Record<string, CallSignature>>,
  functions: FunctionTable,
): string[][] {
  const {
    objects: _,
    calls,
    releases,
    parkedFileKinds,
    privateData,
    propertyInputs: __,
    ...rest
  } = model;
  everyKey(rest);
  const tables = new Map<string, [key: string, value: string][]>();
  const add = (kind: string, key: string, value: string): void => {
    tables.set(kind, [...(tables.get(kind) ?? []), [key, value]]);
  };
  for (const [kind, type] of inOrder(privateData)) add(kind, 'private_data', type);
  for (const kind of parkedFileKinds) add(kind, 'f_op', 'parked');
  const plain: string[] = [];
  const bodies: Readonly<Record<string, CallBody | undefined>> = calls;
  const signatures: Readonly<Record<string, CallSignature>> = { ...CALL_SIGNATURES, ...declared };
  for (const [name, { args, lists = [], by }] of Object.entries(signatures)) {
    const body = bodies[name];
    if (body === undefined) continue;
    if ('steps' in body) {
      plain.push(
        `call ${name}(${[...args, ...lists].join(', ')})${by === 'driver' && name in declared ? ' by driver' : ''} = ${functions.handleOf(body, name)};`,
      );
      continue;
    }
    const { byKind, other, ...more } = body;
    everyKey(more);
    for (const [kind, routine] of inOrder(byKind))
      add(kind, name, functions.handleOf(routine, kind, name));
    add('default', name, functions.handleOf(other, 'default', name));
  }
  for (const [kind, routine] of inOrder(releases))
    add(kind, 'release', functions.handleOf(routine, kind, 'release'));
  return [
    ...[...FILE_KINDS, 'default'].flatMap((kind) => {
      const rows = tables.get(kind);
      if (!rows) return [];
      const width = Math.max(...rows.map(([key]) => key.length));
      return [
        [
          `file ${kind} = {`,
          ...rows.map(([key, value]) => `\t.${key.padEnd(width)} = ${value},`),
          '};',
        ],
      ];
    }),
    plain,
  ];
}

function printFunction(handle: string, routine: Routine, style: PrintStyle): string[] {
  const { name: _, cite, steps, ...rest } = routine;
  everyKey(rest);
  return [
    ...printComment(cite),
    `int ${handle}()`,
    '{',
    ...steps.flatMap((step) => printStep(step, style)),
    '}',
  ];
}

function printStep(step: StepSpec, style: PrintStyle): string[] {
  const { id, title, ops, cite, confidence, ...rest } = step;
  everyKey(rest);
  const source =
    cite === undefined
      ? confidence === undefined
        ? ''
        : `(${confidence})`
      : `cite${confidence === undefined ? '' : ` (${confidence})`}: ${cite}`;
  return [
    `${id}:${title === '' ? '' : ` /* ${title} */`}`,
    ...printComment(source, '\t'),
    ...printOps(ops, style, '  ').map(withTabs),
  ];
}

/** Two spaces a level as one tab a level. */
function withTabs(line: string): string {
  const text = line.trimStart();
  return '\t'.repeat((line.length - text.length) / 2) + text;
}

function printPropertyInputs(inputs: PropertyInputs): string[][] {
  const {
    normalAccess,
    bound,
    ownerContext,
    counters,
    ownsDma,
    groupDomain,
    pathExclusive,
    unregisterDelays,
    caveat,
    caveatFor,
    kvm,
    stated,
    ...rest
  } = inputs;
  everyKey(rest);
  const perKind = <T>(
    word: string,
    values: Partial<Readonly<Record<FileKind, T>>> | undefined,
    print: (value: T) => string,
  ): string[] => inOrder(values ?? {}).map(([kind, value]) => `${word} ${kind}: ${print(value)};`);
  return [
    [
      ...perKind('normal_access', normalAccess, printCondition),
      ...perKind('bound', bound, printCondition),
      ...perKind('owner_context', ownerContext, printPath),
      ...perKind('owns_dma', ownsDma, printCondition),
      ...(kvm ? [`kvm ${printPath(kvm.device)};`] : []),
      ...perKind('recorded_kvm', kvm?.file, printPath),
      ...(pathExclusive === undefined ? [] : [`path_exclusive ${pathExclusive};`]),
      ...unregisterDelays.map(({ fileKinds, of, when, ...more }) => {
        everyKey(more);
        const condition = when === undefined ? '' : ` if ${printCondition(when)}`;
        return `unregister_waits ${fileKinds.join('|')} of ${of}${condition};`;
      }),
      ...(caveat === undefined ? [] : [`caveat ${JSON.stringify(caveat)};`]),
      ...Object.entries(caveatFor ?? {}).map(
        ([property, text]) => `caveat ${JSON.stringify(property)} ${JSON.stringify(text)};`,
      ),
    ],
    (stated ?? []).map(({ name, holds, text, ...more }) => {
      everyKey(more);
      const meaning = text === '' ? '' : ` ${JSON.stringify(text)}`;
      return `property ${printName(name)}: ${printCondition(holds)}${meaning};`;
    }),
    ...counters.map((counter) => printCounter('counter', counter)),
    ...(groupDomain ? [printCounter('group_domain', groupDomain)] : []),
  ];
}

function printCounter(word: string, { counter, holders, ...rest }: CounterSpec): string[] {
  everyKey(rest);
  return [`${word} ${counter} {`, ...holders.map((h) => `\t${printHolder(h)}`), '}'];
}

/** `vfio_device_file on device if live(df);`: what holds a count, of which object, and when. */
function printHolder({ type, fileKinds, when, weight, label, countsOn, ...rest }: HolderSpec) {
  everyKey(rest);
  return [
    ...(weight === undefined ? [] : [`${weight} *`]),
    type,
    ...(fileKinds === undefined ? [] : [`files ${fileKinds.join('|')}`]),
    `on ${printPath(countsOn)}${isAlways(when) ? '' : ` if ${printCondition(when)}`}; /* ${label} */`,
  ].join(' ');
}

function isAlways(c: Condition): boolean {
  return 'cmp' in c && c.cmp === 'eq' && c.a === 0 && c.b === 0;
}
