import { describe, expect, it } from 'vitest';
import { designById } from '../../designs/designs';
import type { Options } from '../../kernel/language/design';
import { PROPERTIES } from '../../kernel/properties/properties';
import type { PropertyId } from '../../kernel/language/propertyId';
import { LIBRARY } from '../../scenario/library/library';
import {
  allDesignConfigs,
  libraryCases,
  matrixJson,
  matrixRows,
  matrixVerdict,
  runMatrix,
  startMatrix,
  designConfigOf,
} from './matrix';
import type { DesignConfig } from './matrix';

const PROPERTY_IDS = PROPERTIES.filter(({ isOptional }) => !isOptional).map(({ id }) => id);

/** The result of one property in one column: the scenarios that violate it, or one word. */
type ExpectedStatus = readonly string[] | 'holds' | 'none';

const designConfig = (id: string, options: Options = {}): DesignConfig => {
  const design = designById(id);
  if (!design) throw new Error(`no design ${id}`);
  return designConfigOf(design, options);
};

/**
 * The expected verdicts, one column per design configuration, over its built-in scenarios. `violated` names scenarios that
 * violate a property (there may be more), `none` the properties that do not apply; all others hold. `deviations` explains each
 * difference from the predicted table, and each cell that the table leaves open.
 */
const expectedColumns: readonly {
  readonly config: DesignConfig;
  readonly violated: Partial<Record<PropertyId, readonly string[]>>;
  readonly none: readonly PropertyId[];
}[] = [
  {
    config: designConfig('rfc-opened'),
    none: ['kvm-ref', 'warnings'],
    violated: {
      'dma-owner': ['container-dropped'],
      'path-exclusive': ['container-dropped'],
      'no-ops-before-bind': ['open-before-bind'],
      publication: ['stale-access'],
      counters: ['container-dropped'],
      memory: ['container-list-corruption', 'container-dropped'],
      'unregister-live': ['unregister-starved'],
      'clean-unwind': ['bind-error-path'],
    },
  },
  {
    config: designConfig('parked-shim'),
    none: ['path-exclusive', 'kvm-ref'],
    violated: { publication: ['stale-access'] },
  },
  {
    config: designConfig('parked-split'),
    none: ['kvm-ref'],
    violated: {
      'owner-exclusive': ['split-race', 'split-mirror'],
      'dma-owner': ['split-two-devices', 'split-race'],
      'path-exclusive': ['cdev-first', 'group-first', 'split-race'],
      publication: ['stale-access'],
    },
  },
  {
    config: designConfig('parked-split', { extraState: 'perGroup' }),
    none: ['kvm-ref'],
    violated: { publication: ['stale-access'] },
  },
  {
    config: designConfig('upstream'),
    none: [],
    violated: {
      'owner-exclusive': ['group-file-not-pinned'],
      'dma-owner': ['group-file-not-pinned'],
      counters: ['kvm-failed-bind'],
      'clean-unwind': ['kvm-failed-bind'],
      'kvm-ref': ['kvm-failed-bind'],
      warnings: ['noiommu-iommufd'],
    },
  },
];

/** Cells of the predicted table in which the checker differs, judged by the counterexample or by why there is none. */
const deviations: readonly {
  readonly design: string;
  readonly property: PropertyId;
  readonly said: 'x' | 'ok' | '~';
  readonly found: 'violated' | 'holds';
  readonly why: string;
}[] = [
  {
    design: 'rfc-opened',
    property: 'owner-exclusive',
    said: 'x',
    found: 'holds',
    why:
      'the checker is right: the close that corrupts the counters (D1-R1) also takes the device\'s own "opened" to -1, so its cmpxchg from 0 refuses every later open of that device node; only a sibling ' +
      "opens, which violates path-exclusive and dma-owner, not one device's owner",
  },
  {
    design: 'parked-shim',
    property: 'publication',
    said: '~',
    found: 'violated',
    why: 'the swap of f_op is a plain store and the VFS reads it with plain loads: a reader sees the old fops while the new ones sit in the store buffer',
  },
  {
    design: 'parked-split',
    property: 'publication',
    said: '~',
    found: 'violated',
    why: 'as in the shim',
  },
  {
    design: 'parked-split extraState=perGroup',
    property: 'publication',
    said: '~',
    found: 'violated',
    why: 'as in the shim',
  },
  {
    design: 'parked-split extraState=perGroup',
    property: 'dma-owner',
    said: '~',
    found: 'holds',
    why: "the claim that iommufd makes keeps two cdev owners apart, the group's own state keeps the legacy path out",
  },
  {
    design: 'rfc-opened',
    property: 'dma-owner',
    said: '~',
    found: 'violated',
    why: 'D1-R1 leaves a device fd that works without any container: no owner has the DMA of its group',
  },
  {
    design: 'upstream',
    property: 'dma-owner',
    said: 'ok',
    found: 'violated',
    why: "M2, which the table mentions beside its mark: the second opener's fd gets access through its own iommufd while the first one's owns the DMA; unconfirmed, as M2 is",
  },
  {
    design: 'upstream',
    property: 'counters',
    said: 'ok',
    found: 'violated',
    why: "the checker is right in the wide reading: the table thought of the open counts only, but M1 also leaks a reference on the first owner's KVM, and users_count is a counter; unconfirmed, as M1 is",
  },
  {
    design: 'upstream',
    property: 'clean-unwind',
    said: '~',
    found: 'violated',
    why: 'M1: a failing bind leaves device.kvm changed; reported 2024-06-28',
  },
  {
    design: 'upstream',
    property: 'warnings',
    said: 'ok',
    found: 'violated',
    why: 'M4: the close of a device without an IOMMU warns that the device is not open; reported 2025-05-16, fixed in v6.17',
  },
];

describe('the verdict matrix', () => {
  const { cases, leftOut } = libraryCases(expectedColumns.map((c) => c.config));
  const cells = runMatrix(cases);
  const rows = matrixRows(cells);

  it('explores every case completely', () => {
    // Linux has the VF token since v6.18; the default is older.
    expect(leftOut.map(({ id, variant }) => `${id} in ${variant}`)).toEqual([
      'vf-token in upstream',
    ]);
    expect(cells.filter((c) => c.check.coverage !== 'complete').map((c) => c.case.id)).toEqual([]);
    expect(rows.map((r) => r.config.title)).toEqual(expectedColumns.map((c) => c.config.title));
    // A column covers only the scenarios that have a variant for its design.
    for (const row of rows)
      expect(row.scenarios).toEqual(
        LIBRARY.filter(
          ({ id, designs }) =>
            designs.includes(row.config.design.id) &&
            !leftOut.some((each) => each.id === id && each.variant === row.config.title),
        ).map((e) => e.id),
      );
  });

  it.each(expectedColumns.map((c) => [c.config.title, c] as const))(
    'of %s is the expected one',
    (title, column) => {
      const row = rows.find((r) => r.config.title === title);
      const found = Object.fromEntries(
        PROPERTY_IDS.map((id): [string, ExpectedStatus] => {
          const p = row?.properties.find((each) => each.id === id);
          return [
            id,
            p?.status === 'violated'
              ? p.brokenIn.filter((s) => column.violated[id]?.includes(s) ?? true)
              : p?.status === 'holds'
                ? 'holds'
                : 'none',
          ];
        }),
      );
      const expected = Object.fromEntries(
        PROPERTY_IDS.map((id): [string, ExpectedStatus] => [
          id,
          column.violated[id] ?? (column.none.includes(id) ? 'none' : 'holds'),
        ]),
      );
      for (const list of [found, expected])
        for (const [id, value] of Object.entries(list))
          if (typeof value !== 'string') list[id] = value.toSorted();
      expect(found).toEqual(expected);
    },
  );

  it('differs from the predicted table only in the judged cells', () => {
    for (const j of deviations) {
      const row = rows.find((r) => r.config.title === j.design);
      expect(
        row?.properties.find((p) => p.id === j.property)?.status,
        `${j.design} ${j.property}`,
      ).toBe(j.found === 'violated' ? 'violated' : 'holds');
      expect(j.why.length).toBeGreaterThan(10);
    }
  });

  it('has a counterexample for every violated cell and a state count for every other', () => {
    for (const row of rows) {
      expect(row.states).toBeGreaterThan(1000);
      for (const p of row.properties)
        expect([
          p.status === 'violated',
          p.witness !== undefined,
          p.scenario !== undefined,
        ]).toEqual(Array(3).fill(p.brokenIn.length > 0));
    }
    expect(matrixVerdict(cells)).toBe('violated');
    expect(
      matrixVerdict(
        cells.filter(
          (c) => c.case.id === 'double-bind' && c.case.config.design.id !== 'rfc-opened',
        ),
      ),
    ).toBe('holds');
    expect(matrixJson(cells, leftOut)).toMatchObject({
      format: 'vfio-playground/matrix@1',
      verdict: 'violated',
    });
  });

  it('depends on the options as predicted', () => {
    const one = (v: DesignConfig, ...ids: string[]): Partial<Record<string, string[]>> => {
      const found = matrixRows(
        runMatrix(
          libraryCases(
            [v],
            LIBRARY.filter((e) => ids.includes(e.id)),
          ).cases,
        ),
      )[0];
      return Object.fromEntries(
        found?.properties
          .filter((p) => p.status === 'violated')
          .map((p) => [p.id, [...p.brokenIn]]) ?? [],
      );
    };
    expect(
      one(designConfig('parked-shim', { perDeviceCheck: 'false' }), 'same-iommufd-twice'),
    ).toEqual({
      'single-bind': ['same-iommufd-twice'],
    });
    expect(one(designConfig('parked-shim', { delBeforeWait: 'false' }), 'hot-unplug')).toEqual({
      'unregister-live': ['hot-unplug'],
    });
    expect(
      one(
        designConfig('parked-split', { groupFdStartsParked: 'false', extraState: 'perGroup' }),
        'group-path',
      ),
    ).toEqual({ 'no-ops-before-bind': ['group-path'] });
    // No other owner reaches the device, but SET_IOMMU still replaces the domain of a bound one (see its cell of table 4.4).
    expect(
      Object.keys(
        one(
          designConfig('parked-split', { extraState: 'perDevice' }),
          'split-race',
          'split-two-devices',
        ),
      ),
    ).toEqual(['dma-owner', 'path-exclusive']);
    expect(
      one(
        designConfig('parked-split', { type1ClaimsOwner: 'true' }),
        'split-race',
        'split-two-devices',
      ),
    ).toEqual({});
  });

  it('has one configuration per other value of each option', () => {
    const titles = allDesignConfigs().map((v) => v.title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles).toContain('parked-split extraState=perDeviceUnlocked');
    expect(titles.filter((t) => !t.includes('='))).toEqual([
      'rfc-opened',
      'parked-shim',
      'parked-split',
      'upstream',
    ]);
  });

  it('can run in slices', () => {
    const few = cases.filter((c) => c.id === 'double-bind');
    const matrix = startMatrix(few);
    let turns = 0;
    while (matrix.advance(40) === 'more') turns++;
    expect(turns).toBeGreaterThan(few.length);
    expect(matrix.cells().map((c) => c.check.states)).toEqual(
      runMatrix(few).map((c) => c.check.states),
    );
  });
}, 120_000);
