import { FD_TYPE, FILE_TYPE, VMA_TYPE } from '../language/vfs';
import type { ObjectType } from '../language/design';
import { eq } from '../language/primitives';
import type { Condition } from '../language/primitives';
import type {
  CounterSpec,
  HolderSpec,
  PropertyInputs,
  UnregisterDelay,
} from '../language/propertyInputs';
import type { FileKind } from '../language/world';
import type { OpParser } from './parseOps';
import { SyntaxProblem } from './tokenReader';
import type { DECLARATIONS, TokenReader } from './tokenReader';
import { FILE_KINDS } from './words';

/** The kernel objects that every design has. */
export const BUILT_IN = [FD_TYPE, FILE_TYPE, VMA_TYPE];

const ALWAYS = eq(0, 0);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Parses what the properties ask of a design: `normal_access`, `counter`, `property`, … */
export class PropertyInputParser {
  readonly inputs: Mutable<PropertyInputs> & {
    counters: CounterSpec[];
    unregisterDelays: UnregisterDelay[];
  } = { normalAccess: {}, bound: {}, ownerContext: {}, counters: [], unregisterDelays: [] };

  constructor(
    private readonly reader: TokenReader,
    private readonly ops: OpParser,
    private readonly objects: readonly ObjectType[],
  ) {}

  /** One declaration, after its word. */
  parse(word: (typeof DECLARATIONS)[number]): void {
    const { reader, inputs, ops } = this;
    const bound = new Map();
    const kindOf = (): FileKind => {
      const kind = reader.oneOf(FILE_KINDS, 'a kind of file');
      reader.expect(':');
      return kind;
    };
    switch (word) {
      case 'normal_access':
        inputs.normalAccess = { ...inputs.normalAccess, [kindOf()]: ops.condition(bound) };
        break;
      case 'bound':
        inputs.bound = { ...inputs.bound, [kindOf()]: ops.condition(bound) };
        break;
      case 'owner_context':
        inputs.ownerContext = { ...inputs.ownerContext, [kindOf()]: ops.path(bound).path };
        break;
      case 'owns_dma':
        inputs.ownsDma = { ...inputs.ownsDma, [kindOf()]: ops.condition(bound) };
        break;
      case 'kvm':
        inputs.kvm = { file: {}, ...inputs.kvm, device: ops.path(bound).path };
        break;
      case 'recorded_kvm':
        inputs.kvm = {
          device: '',
          ...inputs.kvm,
          file: { ...inputs.kvm?.file, [kindOf()]: ops.path(bound).path },
        };
        break;
      case 'path_exclusive':
        inputs.pathExclusive = reader.oneOf(['open', 'bound'] as const, 'open or bound');
        break;
      case 'unregister_waits': {
        const fileKinds = reader.alternatives(FILE_KINDS, 'a kind of file');
        reader.expect('of');
        const of = reader.oneOf(['device', 'group', 'any'], 'device, group or any');
        const when = reader.accept('if') ? { when: ops.condition(bound) } : {};
        inputs.unregisterDelays.push({ fileKinds, of, ...when });
        break;
      }
      case 'caveat': {
        const first = reader.string('a text in quotes');
        if (reader.next.kind === 'string')
          inputs.caveatFor = { ...inputs.caveatFor, [first]: reader.take().text };
        else inputs.caveat = first;
        break;
      }
      case 'property': {
        const name = reader.name('the name of a property');
        if (inputs.stated?.some((each) => each.name === name.text))
          reader.problem(name, `expected the name of a property that is new, got "${name.text}"`);
        reader.expect(':');
        const holds = ops.globalCondition();
        const text = reader.next.kind === 'string' ? reader.take().text : '';
        inputs.stated = [...(inputs.stated ?? []), { name: name.text, holds, text }];
        break;
      }
      case 'counter':
        inputs.counters.push(this.counterSpec());
        return;
      case 'group_domain':
        inputs.groupDomain = this.counterSpec();
        return;
      default:
        reader.fail('a declaration');
    }
    reader.expect(';');
  }

  /** `TYPE.FIELD { HOLDERS }`. */
  private counterSpec(): CounterSpec {
    const { reader } = this;
    const type = reader.oneOf(
      [...BUILT_IN.map((o) => o.type), ...this.objects.map((o) => o.type)],
      'the name of a struct',
    );
    reader.expect('.');
    const field = reader.name('the name of a counter');
    const known = this.ops.types.named([type]).flatMap((t) => Object.keys(t.fields));
    if (!known.includes(field.text))
      reader.diagnostics.addUnknown(field, `a field of struct ${type}`, field.text, known);
    reader.expect('{');
    const holders: HolderSpec[] = [];
    while (!reader.is('}') && reader.next.kind !== 'end') {
      const start = reader.at;
      try {
        holders.push(this.holder());
      } catch (problem) {
        if (!(problem instanceof SyntaxProblem)) throw problem;
        reader.skipLine(start);
      }
    }
    reader.expect('}');
    return { counter: `${type}.${field.text}`, holders };
  }

  private holder(): HolderSpec {
    const { reader, ops } = this;
    const bound = new Map();
    const weight = reader.next.kind === 'number' ? Number(reader.take().text) : undefined;
    if (weight !== undefined) reader.expect('*');
    const type = reader.oneOf(
      [...BUILT_IN.map((o) => o.type), ...this.objects.map((o) => o.type)],
      'the name of a struct',
    );
    const fileKinds = reader.accept('files')
      ? reader.alternatives(FILE_KINDS, 'a kind of file')
      : undefined;
    reader.expect('on');
    const countsOn = ops.object(bound).path;
    const when: Condition = reader.accept('if') ? ops.condition(bound) : ALWAYS;
    reader.expect(';');
    return {
      type,
      ...(fileKinds === undefined ? {} : { fileKinds }),
      when,
      ...(weight === undefined ? {} : { weight }),
      label: reader.trailingComment() ?? type,
      countsOn,
    };
  }
}
