import type { DeviceFilter, StaticNumber } from '../language/staticNumber';
import type { CallName, FileKind } from '../language/world';
import { INSTANCE_KEYS } from './words';
import type { TokenReader } from './tokenReader';

const DEVICE_FILTERS = {
  registered: { registered: true },
  kernel_driver: { kernelDriver: true },
  noiommu: { noiommu: true },
  with_iommu: { noiommu: false },
} as const;

/** Parses a bound or an initial value, as `printStaticNumber` prints it. */
export class StaticNumberParser {
  constructor(
    private readonly reader: TokenReader,
    private readonly fileKinds: readonly FileKind[],
    private readonly callNames: readonly CallName[],
  ) {}

  parse(): StaticNumber {
    const condition = this.sum();
    if (!this.reader.accept('?')) return condition;
    const then = this.parse();
    this.reader.expect(':');
    return { if: condition, then, otherwise: this.parse() };
  }

  private sum(): StaticNumber {
    const first = this.product();
    const rest: StaticNumber[] = [];
    while (this.reader.accept('+')) rest.push(this.product());
    return rest.length === 0 ? first : { sum: [first, ...rest] };
  }

  private product(): StaticNumber {
    const factor = this.primary();
    if (typeof factor !== 'number' || !this.reader.accept('*')) return factor;
    return { times: factor, of: this.product() };
  }

  private primary(): StaticNumber {
    const { reader } = this;
    if (reader.next.kind === 'number' || reader.is('-')) return reader.integer('a number');
    if (reader.accept('('))
      return reader.nested(() => {
        const inner = this.parse();
        reader.expect(')');
        return inner;
      });
    const word = reader.oneOf(
      ['devices', 'groups', 'files', 'calls', 'position', 'any', 'sum'],
      'a number or a count',
    );
    reader.expect('(');
    const value = reader.nested(() => this.count(word));
    reader.expect(')');
    return value;
  }

  private count(word: string): StaticNumber {
    const { reader } = this;
    switch (word) {
      case 'devices':
        return { devices: this.filter() };
      case 'groups':
        return { groups: 'all' };
      case 'files': {
        const files = reader.alternatives(this.fileKinds, 'a kind of file');
        if (!reader.accept(',')) return { files };
        reader.expect('same');
        return { files, same: reader.oneOf(INSTANCE_KEYS, 'the key of an object') };
      }
      case 'calls':
        return { calls: reader.oneOf(this.callNames, 'the name of a call') };
      case 'position':
        return { position: reader.oneOf(['device', 'group'], 'device or group') };
      case 'any':
        return { any: this.parse() };
      default:
        return { sum: reader.is(')') ? [] : [this.parse()] };
    }
  }

  private filter(): DeviceFilter {
    const { reader } = this;
    let filter: DeviceFilter = {};
    if (reader.is(')')) return filter;
    do {
      const word = reader.oneOf(
        ['same', 'registered', 'kernel_driver', 'noiommu', 'with_iommu'],
        'same KEY, registered, kernel_driver, noiommu or with_iommu',
      );
      if (word === 'same') {
        const same = reader.oneOf(['device', 'group', 'devset'], 'device, group or devset');
        filter = { ...filter, same };
      } else
        filter = {
          ...filter,
          ...DEVICE_FILTERS[word],
        };
    } while (reader.accept(','));
    return filter;
  }
}
