import { seededRandom } from '../run/seededRandom';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALL_NAMES, type Call } from '../../kernel/language/world';
import { parseMutation, type DesignChange, type Mutation } from '../../kernel/language/mutation';
import { makeLink, parseLink, type Link } from './link';

const word = fc.oneof(
  fc.constantFrom('qemu', 'dpdk', 'vfio0', 'fd1', 'BIND.9', 'x'),
  fc.string({ maxLength: 12, unit: 'grapheme' }),
  fc.string({ maxLength: 6, unit: 'binary' }),
);
const optional = fc.option(word, { nil: undefined });
const flag = fc.option(fc.boolean(), { nil: undefined });
const withoutUndefined = <T extends object>(object: T): T =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;

const device = fc
  .record({
    name: word,
    group: word,
    devset: optional,
    registered: flag,
    kernelDriver: flag,
    devName: optional,
  })
  .map(withoutUndefined);
const call = fc
  .record({
    by: word,
    call: fc.constantFrom(...CALL_NAMES),
    as: optional,
    fd: optional,
    device: optional,
    iommufd: optional,
    ioas: optional,
    object: optional,
    container: optional,
    group: optional,
    kvm: optional,
    to: optional,
    fault: optional,
    after: fc.option(fc.array(fc.stringMatching(/^[a-z0-9:/]+$/), { minLength: 1, maxLength: 3 }), {
      nil: undefined,
    }),
    groups: fc.option(fc.array(fc.constantFrom('group1', 'g2'), { maxLength: 3 }), {
      nil: undefined,
    }),
  })
  .map(withoutUndefined) as fc.Arbitrary<Call>;
const id = fc.oneof(
  fc
    .tuple(fc.constantFrom('BIND', 'U', 'GDF', 'a.b'), fc.nat(99999))
    .map(([prefix, n]) => `${prefix}.${n}`),
  fc.constantFrom('BIND.007', 'BIND.U1', 'BIND.9a', '9', ''),
  word,
);
const address = fc.constantFrom(
  'upstream/bind_iommufd/BIND.9',
  'upstream/release_cdev/CLOSE.2',
  'x/y/z',
);
const textChange: fc.Arbitrary<DesignChange> = fc
  .record({
    kind: fc.constant('text' as const),
    own: fc.option(fc.constant(true as const), { nil: undefined }),
    hunks: fc.array(
      fc.record({
        line: fc.nat(9999),
        remove: fc.nat(99),
        insert: fc.array(
          fc.string({ maxLength: 30, unit: 'grapheme' }).map((s) => s.replaceAll('\n', ' ')),
          { maxLength: 4 },
        ),
        sum: fc.nat(65535),
      }),
      { maxLength: 5 },
    ),
  })
  .map(withoutUndefined);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('swap' as const), a: address, b: address }),
  fc
    .record({
      kind: fc.constant('without' as const),
      step: address,
      op: fc.option(fc.constantFrom('mutexLock', 'store'), { nil: undefined }),
    })
    .map(withoutUndefined),
  fc.record({ kind: fc.constantFrom('plain' as const, 'split' as const), step: address }),
);
const steps = fc.array(fc.record({ by: word, at: id }), { maxLength: 60 });
const link = fc
  .tuple(
    fc.record({
      design: word,
      revision: fc.nat(1000),
      options: fc.dictionary(word, word, { maxKeys: 4 }),
      calls: fc.array(call, { maxLength: 12 }),
      steps,
      view: fc.dictionary(word, word, { maxKeys: 4 }),
    }),
    fc
      .record({
        devices: fc.array(device, { maxLength: 8 }),
        processes: fc.array(word, { maxLength: 4 }),
        storeBuffers: flag,
      })
      .map(withoutUndefined),
    fc.nat(60),
    fc
      .record({
        scenario: optional,
        title: optional,
        about: optional,
        captions: fc.option(
          fc.array(
            fc
              .record({ at: word, by: fc.constantFrom('qemu', undefined), say: word })
              .map(withoutUndefined),
            { minLength: 1, maxLength: 4 },
          ),
          { nil: undefined },
        ),
        issued: fc.option(
          fc.array(fc.record({ call: fc.nat(64), after: fc.nat(9999) }), { maxLength: 4 }),
          { nil: undefined },
        ),
        mutations: fc.option(
          fc.oneof(
            fc.array(mutation, { minLength: 1, maxLength: 16 }),
            fc
              .tuple(textChange, fc.array(mutation, { maxLength: 3 }))
              .map(([text, rest]) => [text, ...rest]),
          ),
          { nil: undefined },
        ),
      })
      .map(withoutUndefined),
  )
  .map(([rest, world, cursor, named]): Link => ({
    ...rest,
    world,
    cursor: Math.min(cursor, rest.steps.length),
    ...named,
  }));

const raceLink: Link = {
  design: 'upstream',
  revision: 1,
  options: { kvm: 'true' },
  world: { devices: [{ name: 'vfio0', group: '12', devset: 's0' }], processes: ['qemu', 'dpdk'] },
  calls: ['qemu', 'dpdk'].flatMap((by, i): Call[] => [
    { by, call: 'open_cdev', device: 'vfio0', as: `fd${i + 1}` },
    { by, call: 'open_iommufd', as: `ictx${i + 1}` },
    { by, call: 'bind_iommufd', fd: `fd${i + 1}`, iommufd: `ictx${i + 1}` },
  ]),
  steps: Array.from({ length: 100 }, (_, i) => ({
    by: i % 3 ? 'qemu' : 'dpdk',
    at: `${['OPEN', 'BIND', 'IBIND', 'CLOSE', 'UNREG'][i % 5]}.${i}`,
  })),
  cursor: 100,
  view: { view: 'timeline' },
  scenario: 'two-processes',
};

describe('a link from a mail', () => {
  const link: Link = {
    design: 'upstream',
    revision: 1,
    options: {},
    world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu'] },
    calls: Array.from({ length: 12 }, (_, i) => ({
      by: 'qemu',
      call: 'open_cdev' as const,
      device: 'vfio0',
      as: `file${i}`,
    })),
    steps: [],
    cursor: 0,
    view: {},
  };
  const hash = makeLink(link);
  const wrapped = hash.match(/.{1,60}/g) ?? [];

  it.each([
    ['wrapped', wrapped.join('\r\n')],
    ['quoted', wrapped.map((line) => `> ${line}`).join('\n')],
    ['quoted twice', wrapped.map((line) => `>> ${line}`).join('\n')],
    ['in brackets', `<https://example.org/p/${hash}>`],
    ['at the end of a sentence', `https://example.org/p/${hash}.`],
    ['with encoded spaces', wrapped.join('%20')],
    ['with encoded line breaks', wrapped.join('%0D%0A%3E%20')],
  ])('opens if it is %s', (_, text) => {
    expect(wrapped.length).toBeGreaterThan(2);
    expect(parseLink(text)).toEqual({ ok: true, link, dropped: [] });
  });
});

describe('a link', () => {
  it('round-trips', () => {
    fc.assert(
      fc.property(link, (given) => {
        expect(parseLink(makeLink(given))).toEqual({ ok: true, link: given, dropped: [] });
      }),
      { numRuns: 400 },
    );
  });

  it('stays short for a hundred different steps with many task switches', () => {
    expect(makeLink(raceLink).length).toBeLessThanOrEqual(1200);
  });

  it('needs no escaping in a URL', () => {
    expect(makeLink(raceLink)).toMatch(/^#v1\.[A-Za-z0-9_-]+$/);
  });

  it('is read from mail: with a URL before it, wrapped lines and brackets', () => {
    const text = makeLink(raceLink);
    const wrapped = `<https://example.org/p/index.html${text.slice(0, 70)}\n${text.slice(70)}>.`;
    expect(parseLink(wrapped)).toEqual(parseLink(text));
  });

  it('gives its prefix if it is cut anywhere, and says so', () => {
    const text = makeLink(raceLink);
    for (let length = 40; length < text.length; length++) {
      const parsed = parseLink(text.slice(0, length));
      if (!parsed.ok) throw new Error(parsed.message);
      expect(parsed.dropped).toHaveLength(1);
      expect(raceLink.steps.slice(0, parsed.link.steps.length)).toEqual(parsed.link.steps);
      expect(raceLink.calls.slice(0, parsed.link.calls.length)).toEqual(parsed.link.calls);
      expect(parsed.link.cursor).toBe(parsed.link.steps.length);
    }
  });

  it('rejects another hash, another version and a text that is too long', () => {
    expect(parseLink('#/about')).toMatchObject({ ok: false });
    expect(parseLink('#v9.AAAA')).toEqual({
      ok: false,
      message: 'The link has version v9; this playground reads v1.',
    });
    expect(parseLink(`#v1.${'A'.repeat(10_000_000)}`)).toMatchObject({ ok: false });
    expect(parseLink('#v1.')).toMatchObject({ ok: false });
  });

  it('stops at an unknown or excess design change, because the later steps belong to another design', () => {
    const swap = parseMutation(
      'swap',
      'upstream/bind_iommufd/BIND.9,upstream/bind_iommufd/BIND.10',
    );
    if (!swap) throw new Error('no mutation');
    for (const mutations of [
      [{ kind: 'reorder', step: 'x' } as unknown as Mutation],
      Array.from({ length: 17 }, () => swap),
    ]) {
      const parsed = parseLink(makeLink({ ...raceLink, mutations }));
      if (!parsed.ok) throw new Error(parsed.message);
      expect(parsed.link.steps).toEqual([]);
      expect(parsed.dropped[0]).toMatch(
        /changes (a step of the design in a way|more than 16 steps)/,
      );
    }
  });

  it('cannot reach a prototype', () => {
    const parsed = parseLink(
      makeLink({
        ...raceLink,
        view: JSON.parse('{"__proto__":"x"}') as Link['view'],
        options: JSON.parse('{"__proto__":"y"}') as Link['options'],
      }),
    );
    expect(parsed.ok && Object.getPrototypeOf(parsed.link.view)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('100,000 damaged links', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_#.%é\u0000';
  it('never throw and never pass as undamaged', () => {
    const random = seededRandom(20211);
    const short: Link = { ...raceLink, steps: raceLink.steps.slice(0, 12), cursor: 12 };
    const originals = [short, { ...short, steps: [], cursor: 0, view: {} }].map(makeLink);
    let undetected = 0;
    for (let round = 0; round < 100_000; round++) {
      const original = originals[round % originals.length] ?? '';
      let text = original;
      for (let edits = 1 + random(3); edits > 0; edits--) {
        const at = 1 + random(text.length - 1);
        const put = alphabet[random(alphabet.length)] ?? 'A';
        const kind = random(4);
        text =
          kind === 0
            ? text.slice(0, at)
            : kind === 1
              ? text.slice(0, at) + put + text.slice(at)
              : kind === 2
                ? text.slice(0, at) + text.slice(at + 1)
                : text.slice(0, at) + put + text.slice(at + 1);
        if (text.length < 2) break;
      }
      const parsed = parseLink(text);
      if (parsed.ok && parsed.dropped.length === 0 && makeLink(parsed.link) !== original)
        undetected++;
    }
    // Each record has a 16-bit checksum: a damaged record passes about once in 65,536.
    expect(undetected).toBeLessThanOrEqual(10);
  }, 60_000);
});
