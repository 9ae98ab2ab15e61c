import type {
  CallBody,
  Design,
  DesignModel,
  DesignOption,
  ObjectType,
  Routine,
} from '../language/design';
import type { PropertyInputs } from '../language/propertyInputs';
import { CALL_NAMES, CALL_SIGNATURES, isVfsCall } from '../language/world';
import type { CallArgument, CallName, CallSignature, FileKind } from '../language/world';
import { DiagnosticList, quoted } from './diagnostic';
import type { Diagnostic, Span } from './diagnostic';
import { tokenize } from './lexer';
import type { Token } from './lexer';
import { parseFunctionBody } from './parseFunction';
import type { StepPlace } from './parseFunction';
import { ObjectParser } from './parseObject';
import { FILE_KINDS } from './words';
import { OpParser } from './parseOps';
import { BUILT_IN, PropertyInputParser } from './parsePropertyInputs';
import { StaticNumberParser } from './parseStaticNumber';
import { ObjectTypes } from './pathTypes';
import { DECLARATIONS, SyntaxProblem, TokenReader } from './tokenReader';

/** How much text is parsed. */
export const TEXT_LIMITS = { characters: 400_000, lines: 10_000, diagnostics: 100 } as const;

/** A parsed design text. */
export interface ParsedDesign {
  /** Undefined if there is a diagnostic. */
  readonly design: Design | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** The steps in the order of the text, also if there are diagnostics. */
  readonly steps: readonly StepPlace[];
  /** The functions by their names in the text (`ioctl@2`). The model of the design has these very routines. */
  readonly functions: ReadonlyMap<string, Routine>;
}

/** A function that was parsed without a problem, and is the same wherever its text is. */
export interface KnownFunction {
  readonly handle: string;
  readonly routine: Routine;
  /** Offsets from the start of the function's text. */
  readonly steps: readonly StepPlace[];
}

/** A parsed design with what an incremental parser needs. */
export interface ParsedText extends ParsedDesign {
  /** The offset after the `}` of each function. */
  readonly ends: ReadonlyMap<string, number>;
  /** All but the functions; undefined if there is a diagnostic. */
  readonly declarations: Declarations | undefined;
}

/** Parses a design as text. Never throws: what is wrong becomes diagnostics, at most 100. The design has the options of the text only. */
export function parseDesign(text: string): ParsedText {
  const diagnostics = new DiagnosticList(text, TEXT_LIMITS.diagnostics);
  const lines = text.split('\n').length;
  if (text.length > TEXT_LIMITS.characters || lines > TEXT_LIMITS.lines) {
    const { characters, lines: most } = TEXT_LIMITS;
    diagnostics.add(
      { from: 0, to: 0 },
      `expected a design of at most ${most} lines and ${characters} characters, got ${lines} lines and ${text.length} characters`,
    );
    return {
      design: undefined,
      diagnostics: diagnostics.all(),
      steps: [],
      functions: new Map(),
      ends: new Map(),
      declarations: undefined,
    };
  }
  const parser = new DesignParser(tokenize(text, diagnostics), diagnostics);
  const design = parser.parse();
  const found = diagnostics.all();
  return {
    design: found.length === 0 ? design : undefined,
    diagnostics: found,
    steps: parser.steps,
    functions: parser.routines,
    ends: parser.ends,
    declarations: found.length === 0 ? parser.declarations() : undefined,
  };
}

/**
 * Parses a text that has only functions, of a design with these declarations and `known` functions. Undefined if something is
 * wrong, or if the text has more than functions.
 */
export function parseFunctions(
  text: string,
  declarations: Declarations,
  known: Iterable<KnownFunction>,
): ParsedText | undefined {
  const diagnostics = new DiagnosticList(text, TEXT_LIMITS.diagnostics);
  const parser = new DesignParser(tokenize(text, diagnostics), diagnostics, declarations);
  for (const { handle, routine } of known) parser.routines.set(handle, routine);
  const design = parser.parseFunctions();
  if (!design || diagnostics.all().length > 0) return undefined;
  return {
    design,
    diagnostics: [],
    steps: parser.steps,
    functions: parser.routines,
    ends: parser.ends,
    declarations,
  };
}

/** What a text says outside of functions. */
export interface Declarations extends Pick<Design, 'id' | 'title' | 'revision' | 'about'> {
  readonly options: DesignOption[];
  readonly objects: ObjectType[];
  readonly tables: Map<FileKind | 'default', FileTable>;
  readonly plainCalls: Map<string, FunctionUse>;
  readonly declared: Record<string, CallSignature>;
  readonly inputs: PropertyInputs;
}

interface Declaration {
  readonly word: (typeof DECLARATIONS)[number];
  /** Index of the token after the word. */
  readonly at: number;
  readonly place: Token;
  /** The comment before it. */
  readonly comment: string;
}

/** A use of a function, to be checked when all functions are known. */
interface FunctionUse extends Span {
  readonly handle: string;
}

interface FileTable {
  privateData?: string;
  parked?: true;
  release?: FunctionUse;
  readonly calls: Map<CallName, FunctionUse>;
}

/** The arguments that a call of a design's own can have. */
const CALL_ARGUMENTS: readonly CallArgument[] = [
  'device',
  'group',
  'fd',
  'iommufd',
  'ioas',
  'hwpt',
  'object',
  'container',
  'kvm',
];

/** The structs that every design has. */
const OWN_CALLS = CALL_NAMES.filter((name) => !isVfsCall(name));

class DesignParser {
  readonly steps: StepPlace[] = [];
  private readonly reader: TokenReader;
  private readonly numbers: StaticNumberParser;
  private head: Pick<Design, 'id' | 'title' | 'revision' | 'about'> | undefined;
  private readonly options: DesignOption[];
  private readonly objects: ObjectType[];
  private readonly tables: Map<FileKind | 'default', FileTable>;
  private readonly plainCalls: Map<string, FunctionUse>;
  private readonly declared: Record<string, CallSignature>;
  readonly routines = new Map<string, Routine>();
  readonly ends = new Map<string, number>();
  private propertyInputs!: PropertyInputParser;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly diagnostics: DiagnosticList,
    private readonly known?: Declarations,
  ) {
    this.head = known;
    this.options = known?.options ?? [];
    this.objects = known?.objects ?? [];
    this.tables = known?.tables ?? new Map<FileKind | 'default', FileTable>();
    this.plainCalls = known?.plainCalls ?? new Map<string, FunctionUse>();
    this.declared = known?.declared ?? {};
    this.reader = new TokenReader(tokens, diagnostics);
    this.numbers = new StaticNumberParser(this.reader, FILE_KINDS, CALL_NAMES);
  }

  parse(): Design {
    const declarations = this.findDeclarations();
    const read = (words: readonly string[]): void => {
      for (const declaration of declarations)
        if (words.includes(declaration.word)) this.attempt(() => this.declaration(declaration));
    };
    // Objects first, then the tables that use them: paths in functions and properties need both.
    read(['design', 'option', 'struct']);
    this.checkObjects();
    read(['file', 'call']);
    this.ops = new OpParser(this.reader, this.objectTypes());
    this.propertyInputs = new PropertyInputParser(this.reader, this.ops, this.objects);
    read(DECLARATIONS.filter((w) => !['design', 'option', 'struct', 'file', 'call'].includes(w)));
    if (!this.head)
      this.diagnostics.add(
        declarations[0]?.place ?? { from: 0, to: 0 },
        'expected a line like: design my-design "My design" revision 1;',
      );
    return this.design();
  }

  /** The design of the known declarations with the functions of the text; undefined if the text declares more. */
  parseFunctions(): Design | undefined {
    const declarations = this.findDeclarations();
    if (declarations.some(({ word }) => word !== 'int')) return undefined;
    this.ops = new OpParser(this.reader, this.objectTypes());
    for (const declaration of declarations) this.attempt(() => this.declaration(declaration));
    return this.design();
  }

  declarations(): Declarations | undefined {
    const { head, options, objects, tables, plainCalls, declared, propertyInputs } = this;
    return (
      head && {
        ...head,
        options,
        objects,
        tables,
        plainCalls,
        declared,
        inputs: propertyInputs.inputs,
      }
    );
  }

  private objectTypes(): ObjectTypes {
    return new ObjectTypes(
      this.objects,
      [...this.tables.values()].flatMap(({ privateData }) => privateData ?? []),
    );
  }

  private ops!: OpParser;

  /** Every declaration with the comment before it. One starts outside of braces, or at the beginning of a line. */
  private findDeclarations(): readonly Declaration[] {
    const found: Declaration[] = [];
    const { tokens, reader } = this;
    let depth = 0;
    let inDeclaration = false;
    tokens.forEach((place, at) => {
      reader.at = at;
      if (reader.atDeclaration) depth = 0;
      const word = DECLARATIONS.find((w) => w === place.text);
      const starts =
        place.kind === 'name' &&
        word !== undefined &&
        depth === 0 &&
        (!inDeclaration || reader.atDeclaration);
      if (starts) {
        const before = tokens[at - 1];
        const own = before?.kind === 'comment' && tokens[at - 2]?.line !== before.line;
        found.push({ word, at: at + 1, place, comment: own ? before.text : '' });
        inDeclaration = true;
        return;
      }
      if (place.kind === 'sign' && place.text === '{') depth++;
      if (place.kind === 'sign' && place.text === '}') depth = Math.max(0, depth - 1);
      const ended =
        depth === 0 && place.kind === 'sign' && (place.text === ';' || place.text === '}');
      if (!inDeclaration && place.kind !== 'comment' && place.kind !== 'end' && !ended) {
        this.diagnostics.addUnknown(place, 'a declaration', place.text, DECLARATIONS);
        inDeclaration = true;
      }
      if (ended) inDeclaration = false;
    });
    return found;
  }

  private attempt(read: () => void): void {
    try {
      read();
    } catch (problem) {
      if (!(problem instanceof SyntaxProblem)) throw problem;
    }
  }

  private declaration({ word, at, place, comment }: Declaration): void {
    const { reader } = this;
    reader.at = at;
    switch (word) {
      case 'design':
        return this.designHead(place, comment);
      case 'option':
        return this.option();
      case 'struct': {
        this.objects.push(new ObjectParser(reader, this.numbers).parse(comment));
        return;
      }
      case 'file':
        return this.fileTable();
      case 'call':
        return this.call();
      case 'int':
        return this.function(comment);
      default:
        return this.propertyInputs.parse(word);
    }
  }

  private designHead(place: Token, about: string): void {
    const { reader } = this;
    if (this.head) reader.problem(place, 'expected one line "design …", got a second one');
    const id = reader.next.kind === 'string' ? reader.take() : reader.name('the id of the design');
    const text = id.kind === 'string' ? id.text : this.dashedName(id);
    if (!/^[\w.-]{1,64}$/.test(text))
      reader.diagnostics.add(
        id,
        `expected an id of at most 64 letters, digits and _ . -, got ${quoted(text)}`,
      );
    const title = reader.string('the title of the design in quotes');
    let revision = 1;
    if (reader.accept('revision')) revision = reader.integer('the revision of the design');
    reader.expect(';');
    this.head = { id: text, title, revision, about };
  }

  /** `my-design`. */
  private dashedName(first: Token): string {
    const { reader } = this;
    let text = first.text;
    let end = first.to;
    for (;;) {
      const { raw } = reader;
      const joined =
        raw.from === end &&
        (raw.text === '-' ||
          raw.text === '--' ||
          raw.kind === 'name' ||
          raw.kind === 'number' ||
          raw.text === '.');
      if (!joined || raw.kind === 'string') return text;
      text += raw.text;
      end = raw.to;
      reader.at++;
    }
  }

  private option(): void {
    const { reader } = this;
    const id = reader.name('the name of an option');
    reader.expect('=');
    const value =
      reader.next.kind === 'string' || reader.next.kind === 'number'
        ? reader.take().text
        : this.dashedName(reader.name('the value of the option'));
    reader.expect(';');
    if (this.options.some((o) => o.id === id.text))
      reader.diagnostics.add(id, `expected an option that is new, got "${id.text}"`);
    this.options.push({ id: id.text, title: reader.trailingComment() ?? id.text, values: [value] });
  }

  /** Reports types that do not exist and clashes between objects. */
  private checkObjects(): void {
    const names = [...BUILT_IN.map((o) => o.type), ...this.objects.map((o) => o.type)];
    const places = new Map<string, Token>();
    this.tokens.forEach((token, i) => {
      if (token.kind === 'name' && this.tokens[i - 1]?.text === 'struct' && !places.has(token.text))
        places.set(token.text, token);
    });
    const placeOf = (type: string): Span => places.get(type) ?? { from: 0, to: 0 };
    for (const object of this.objects) {
      const clash = this.objects.find(
        (o) => o.type === object.type && (o.per !== object.per || o.role !== object.role),
      );
      if (clash)
        this.diagnostics.add(
          placeOf(object.type),
          `expected one role and one "per" for struct ${object.type}, got ${object.role} per ${object.per} and ${clash.role} per ${clash.per}`,
        );
      const taken = this.objects.find((o) => o.role === object.role && o.type !== object.type);
      if (taken || BUILT_IN.some((o) => o.role === object.role))
        this.diagnostics.add(
          placeOf(object.type),
          `expected a role that is new, got "${object.role}", which is the role of struct ${taken?.type ?? object.role}`,
        );
      for (const [name, spec] of Object.entries(object.fields)) {
        const targets =
          spec.kind === 'pointer'
            ? [...spec.types, ...(spec.init === undefined ? [] : [spec.init])]
            : spec.kind === 'link'
              ? [spec.type]
              : [];
        for (const target of targets)
          if (!names.includes(target))
            this.diagnostics.addUnknown(
              this.placeOfType(target),
              'the name of a struct',
              target,
              names,
            );
        if (spec.kind === 'completion' && object.fields[spec.counter] === undefined)
          this.diagnostics.add(
            placeOf(object.type),
            `expected a counter of struct ${object.type} after "completion ${name}: counter", got ${quoted(spec.counter)}`,
          );
      }
    }
  }

  private placeOfType(type: string): Span {
    return this.tokens.find((t) => t.kind === 'name' && t.text === type) ?? { from: 0, to: 0 };
  }

  /** `NAME`, `"NAME"` or `NAME@TAG`. */
  private functionUse(): FunctionUse {
    const { reader } = this;
    const name =
      reader.next.kind === 'string' ? reader.take() : reader.name('the name of a function');
    let text = name.kind === 'string' ? name.text : this.pathName(name);
    if (reader.accept('@')) text += `@${reader.take().text}`;
    return { handle: text, from: name.from, to: reader.previous?.to ?? name.to };
  }

  private pathName(first: Token): string {
    const { reader } = this;
    let text = first.text;
    while (reader.is('->') || reader.is('.'))
      text += reader.take().text + reader.name('a name').text;
    return text;
  }

  /** `file cdev = { .open = …, };`, after the word. */
  private fileTable(): void {
    const { reader } = this;
    const kind = reader.oneOf([...FILE_KINDS, 'default'] as const, 'a kind of file');
    const table = this.tables.get(kind) ?? { calls: new Map<CallName, FunctionUse>() };
    this.tables.set(kind, table);
    reader.accept('=');
    reader.expect('{');
    const keys = ['private_data', 'f_op', 'release', ...OWN_CALLS] as const;
    while (!reader.is('}') && reader.next.kind !== 'end') {
      const start = reader.at;
      try {
        reader.expect('.');
        const key = reader.oneOf(keys, 'private_data, f_op, release or the name of a call');
        reader.expect('=');
        if (key === 'private_data') {
          const types = this.objects.map((o) => o.type);
          table.privateData = reader.oneOf(types, 'the name of a struct');
        } else if (key === 'f_op') {
          if (reader.oneOf(['parked', 'normal'], 'parked or normal') === 'parked')
            table.parked = true;
        } else if (key === 'release') table.release = this.functionUse();
        else table.calls.set(key, this.functionUse());
        if (!reader.is('}')) reader.expect(',');
      } catch (problem) {
        if (!(problem instanceof SyntaxProblem)) throw problem;
        reader.skipLine(start);
      }
    }
    reader.expect('}');
    reader.accept(';');
  }

  /** `call open_cdev(device) = FUNCTION;`, after the word. A name that the scenario format lacks declares a call of the design. */
  private call(): void {
    const { reader } = this;
    const name = reader.name('the name of a call');
    const known = OWN_CALLS.find((each) => each === name.text);
    if (this.plainCalls.has(name.text) || isVfsCall(name.text) || name.text === '__proto__')
      reader.problem(name, `expected the name of a call that is new, got "${name.text}"`);
    reader.expect('(');
    const args: CallArgument[] = [];
    if (known) {
      const { args: expected, lists = [] } = CALL_SIGNATURES[known];
      for (const [i, arg] of [...expected, ...lists].entries()) {
        if (i > 0) reader.expect(',');
        reader.expect(arg);
      }
    } else if (!reader.is(')'))
      do args.push(reader.oneOf(CALL_ARGUMENTS, 'an argument of a call'));
      while (reader.accept(','));
    reader.expect(')');
    let by: CallSignature['by'] = 'process';
    if (!known && reader.accept('by'))
      by = reader.oneOf(['process', 'driver'] as const, 'process or driver');
    reader.expect('=');
    if (!known) this.declared[name.text] = { args, result: 'zero', by };
    this.plainCalls.set(name.text, this.functionUse());
    reader.expect(';');
  }

  /** `int NAME() { … }`, after the word. */
  private function(cite: string): void {
    const { reader } = this;
    const { handle, ...span } = this.functionUse();
    reader.expect('(');
    reader.accept('void');
    reader.expect(')');
    const name = /^(.*?)(?:@\w+)?$/.exec(handle)?.[1] ?? handle;
    if (this.routines.has(handle))
      reader.diagnostics.add(
        span,
        `expected the name of a function that is new, got ${quoted(handle)}`,
      );
    this.routines.set(handle, { name, cite, steps: [] });
    this.routines.set(handle, parseFunctionBody(this.ops, { name, cite }, handle, this.steps));
    this.ends.set(handle, reader.previous?.to ?? span.to);
  }

  private routineOf({ handle, ...span }: FunctionUse): Routine {
    const routine = this.routines.get(handle);
    if (!routine)
      this.diagnostics.addUnknown(span, 'the name of a function', handle, [
        ...this.routines.keys(),
      ]);
    return routine ?? { name: handle, cite: '', steps: [] };
  }

  private design(): Design {
    const { head, options } = this;
    const calls: Record<string, CallBody> = {};
    for (const name of [...OWN_CALLS, ...Object.keys(this.declared)]) {
      const plain = this.plainCalls.get(name);
      const fallback = this.tables.get('default')?.calls.get(name as CallName);
      const byKind: [FileKind, Routine][] = [];
      for (const [kind, { calls: uses }] of this.tables) {
        const use = uses.get(name as CallName);
        if (kind !== 'default' && use) byKind.push([kind, this.routineOf(use)]);
      }
      if (plain) calls[name] = this.routineOf(plain);
      else if (fallback)
        calls[name] = { byKind: Object.fromEntries(byKind), other: this.routineOf(fallback) };
      else if (byKind.length > 0)
        this.diagnostics.add(
          this.tables.get(byKind[0]![0])!.calls.get(name as CallName)!,
          `expected ".${name} = …" in "file default" too, for the other kinds of file`,
        );
    }
    const kinds = [...this.tables].flatMap(([kind, table]) =>
      kind === 'default' ? [] : [[kind, table] as const],
    );
    const model: DesignModel = {
      objects: this.objects,
      calls: calls as DesignModel['calls'],
      releases: Object.fromEntries(
        kinds.flatMap(([kind, { release }]) => (release ? [[kind, this.routineOf(release)]] : [])),
      ),
      parkedFileKinds: kinds.flatMap(([kind, { parked }]) => (parked ? [kind] : [])),
      privateData: Object.fromEntries(
        kinds.flatMap(([kind, { privateData }]) =>
          privateData === undefined ? [] : [[kind, privateData]],
        ),
      ),
      propertyInputs: this.known?.inputs ?? this.propertyInputs.inputs,
    };
    return {
      id: head?.id ?? '',
      title: head?.title ?? '',
      revision: head?.revision ?? 1,
      about: head?.about ?? '',
      options,
      ...(Object.keys(this.declared).length === 0 ? {} : { calls: this.declared }),
      model: () => model,
    };
  }
}

/** The condition of a holder that always counts. */
