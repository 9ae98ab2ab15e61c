import type { CallBody, Design, DesignModel, Options, Routine, StepSpec } from '../language/design';
import { didYouMean } from '../language/closestMatches';
import { eq, refInc, ret, comment, store, branch } from '../language/primitives';
import type { Condition, Op } from '../language/primitives';
import type { Mutation } from '../language/mutation';

/** The modified design, or why the mutations cannot be applied. */
export type MutationResult =
  { readonly ok: true; readonly design: Design } | { readonly ok: false; readonly message: string };

/** The names of all steps of a design with these options, in table order. */
export function stepNames(design: Design, options: Options): readonly string[] {
  const found = new Set<string>();
  mapRoutines(design.model(withDefaults(design, options)), (routine, routineName) => {
    for (const s of routine.steps) found.add(`${design.id}/${routineName}/${s.id}`);
    return routine;
  });
  return [...found];
}

/** Applies mutations in order. The result is compiled and run like any design. */
export function mutate(
  design: Design,
  options: Options,
  mutations: readonly Mutation[],
): MutationResult {
  const chosen = withDefaults(design, options);
  const result = applyMutations(design.id, design.model(chosen), mutations);
  if (typeof result === 'string') return { ok: false, message: result };
  return {
    ok: true,
    design: {
      ...design,
      ...(mutations.length === 0 ? {} : { modified: [...(design.modified ?? []), ...mutations] }),
      model: (o) => {
        const model = applyMutations(design.id, design.model(o), mutations);
        // Other options can have other steps; callers check them by calling mutate with those options.
        return typeof model === 'string' ? design.model(o) : model;
      },
    },
  };
}

function withDefaults(design: Design, options: Options): Options {
  return {
    ...Object.fromEntries(design.options.map((o) => [o.id, o.values[0] ?? ''])),
    ...options,
  };
}

/** The changed model, or what is wrong with a mutation. */
function applyMutations(
  id: string,
  start: DesignModel,
  mutations: readonly Mutation[],
): DesignModel | string {
  let model = start;
  for (const mutation of mutations) {
    const [first, second] = mutation.kind === 'swap' ? [mutation.a, mutation.b] : [mutation.step];
    const names: string[] = [];
    let problem: string | undefined;
    let done = 0;
    const next = mapRoutines(model, (routine, routineName) => {
      const prefix = `${id}/${routineName}/`;
      names.push(...routine.steps.map((s) => prefix + s.id));
      const at = routine.steps.findIndex((s) => prefix + s.id === first);
      if (at < 0) return routine;
      const steps =
        mutation.kind === 'swap'
          ? swapSteps(routine.steps, at, prefix, second ?? '')
          : mutateStep(routine.steps, at, mutation);
      if (typeof steps === 'string') {
        problem ??= steps;
        return routine;
      }
      done++;
      return { ...routine, steps };
    });
    const unknown = [first, second].find((a) => a !== undefined && !names.includes(a));
    if (unknown !== undefined) return unknownStep(unknown, names);
    if (done === 0) return problem ?? `nothing to change at ${first}`;
    model = next;
  }
  return model;
}

function unknownStep(name: string, names: readonly string[]): string {
  const hint = didYouMean(name, names);
  return `unknown step ${JSON.stringify(name)}${hint === undefined ? '' : ` (${hint})`}`;
}

/** Rewrites every routine of a model; `routineName` is the middle part of its step names. */
export function mapRoutines(
  model: DesignModel,
  change: (routine: Routine, routineName: string) => Routine,
): DesignModel {
  const body = (b: CallBody, routineName: string): CallBody =>
    'steps' in b
      ? change(b, routineName)
      : {
          byKind: Object.fromEntries(
            Object.entries(b.byKind).map(([k, r]) => [k, change(r, routineName)]),
          ),
          other: change(b.other, routineName),
        };
  return {
    ...model,
    calls: Object.fromEntries(
      Object.entries(model.calls).map(([name, b]) => [name, body(b, name)]),
    ) as unknown as DesignModel['calls'],
    releases: Object.fromEntries(
      Object.entries(model.releases).map(([kind, r]) => [kind, change(r, `release_${kind}`)]),
    ),
  };
}

function mutateStep(
  steps: readonly StepSpec[],
  at: number,
  mutation: Exclude<Mutation, { kind: 'swap' }>,
): readonly StepSpec[] | string {
  const spec = steps[at];
  if (!spec) throw new Error(`expected a step at index ${at}`);
  const replaced = (...replacement: readonly StepSpec[]): readonly StepSpec[] => [
    ...steps.slice(0, at),
    ...replacement,
    ...steps.slice(at + 1),
  ];
  switch (mutation.kind) {
    case 'without': {
      if (mutation.op !== undefined) {
        const ops = withoutFirstOp(spec.ops, mutation.op);
        return ops
          ? replaced({ ...spec, ops: endWithReturn(ops, at === steps.length - 1) })
          : `${mutation.step} has no operation ${mutation.op}; it has ${opKinds(spec.ops).join(', ')}`;
      }
      return replaced({
        ...spec,
        ops: endWithReturn(
          [comment(`disabled: ${spec.title}`), ...trailingJump(spec.ops)],
          at === steps.length - 1,
        ),
      });
    }
    case 'plain': {
      const ops = mapOps(spec.ops, withoutOrdering);
      return JSON.stringify(ops) === JSON.stringify(spec.ops)
        ? `${mutation.step} has no store-release and no load-acquire`
        : replaced({ ...spec, ops });
    }
    case 'split': {
      const op = spec.ops.findIndex((o) => o.kind === 'cmpxchg' || o.kind === 'refIncNotZero');
      const atomic = spec.ops[op];
      if (atomic?.kind !== 'cmpxchg' && atomic?.kind !== 'refIncNotZero')
        return `${mutation.step} has no cmpxchg and no inc_not_zero`;
      const read =
        atomic.kind === 'cmpxchg'
          ? branch(eq(atomic.field, atomic.from), [], atomic.otherwise)
          : branch(eq(atomic.field, 0), atomic.otherwise);
      const write =
        atomic.kind === 'cmpxchg' ? store(atomic.field, atomic.to) : refInc(atomic.field);
      return replaced(
        { ...spec, title: `${spec.title}: the read`, ops: [...spec.ops.slice(0, op), read] },
        {
          ...spec,
          id: `${spec.id}w`,
          title: `${spec.title}: the write`,
          ops: [write, ...spec.ops.slice(op + 1)],
        },
      );
    }
  }
}

/** Adds a return if this is the last step of the routine and it does not jump. */
function endWithReturn(ops: readonly Op[], last: boolean): readonly Op[] {
  return last && trailingJump(ops).length === 0 ? [...ops, ret()] : ops;
}

function swapSteps(
  steps: readonly StepSpec[],
  at: number,
  prefix: string,
  other: string,
): readonly StepSpec[] | string {
  const to = steps.findIndex((s) => prefix + s.id === other);
  if (to < 0) return `${prefix}${steps[at]?.id} and ${other} are not steps of one routine`;
  const [low, high] = at < to ? [at, to] : [to, at];
  const first = steps[low];
  const second = steps[high];
  if (high - low !== 1 || !first || !second) {
    return `${prefix}${first?.id} and ${prefix}${second?.id} are not adjacent: between them are ${steps
      .slice(low + 1, high)
      .map((s) => s.id)
      .join(', ')}; swap one step at a time`;
  }
  const swapped = [
    ...steps.slice(0, low),
    { ...second, ops: [...withoutTrailingJump(second.ops), ...trailingJump(first.ops)] },
    { ...first, ops: [...withoutTrailingJump(first.ops), ...trailingJump(second.ops)] },
    ...steps.slice(high + 1),
  ];
  // Labels keep their position: a jump to the first of the two still reaches the first.
  const label = (to: string): string =>
    to === first.id ? second.id : to === second.id ? first.id : to;
  const relabelled = (op: Op): readonly Op[] => [
    (op.kind === 'goto' || op.kind === 'fail' || op.kind === 'fallible') && op.to !== undefined
      ? { ...op, to: label(op.to) }
      : op,
  ];
  return swapped.map((s) => ({ ...s, ops: mapOps(s.ops, relabelled) }));
}

/** The unconditional jump at the end of the operations, with its enclosing operations. */
function trailingJump(ops: readonly Op[]): readonly Op[] {
  const last = ops.at(-1);
  switch (last?.kind) {
    case 'goto':
    case 'ret':
      return [last];
    case 'spin':
    case 'withPointer':
      return trailingJump(last.ops);
    case 'staticTest': {
      const then = trailingJump(last.then);
      const otherwise = trailingJump(last.otherwise);
      return then.length + otherwise.length === 0 ? [] : [{ ...last, then, otherwise }];
    }
    case 'test':
      return branchesEndAlike(last) ? trailingJump(last.then) : [];
    default:
      return [];
  }
}

/** The operations without their trailing jump. */
function withoutTrailingJump(ops: readonly Op[]): readonly Op[] {
  const before = ops.slice(0, -1);
  const last = ops.at(-1);
  switch (last?.kind) {
    case 'goto':
    case 'ret':
      return before;
    case 'spin':
    case 'withPointer':
      return [...before, { ...last, ops: withoutTrailingJump(last.ops) }];
    case 'staticTest':
      return [
        ...before,
        {
          ...last,
          then: withoutTrailingJump(last.then),
          otherwise: withoutTrailingJump(last.otherwise),
        },
      ];
    case 'test':
      return branchesEndAlike(last)
        ? [
            ...before,
            {
              ...last,
              then: withoutTrailingJump(last.then),
              otherwise: withoutTrailingJump(last.otherwise),
            },
          ]
        : ops;
    default:
      return ops;
  }
}

function branchesEndAlike(op: Extract<Op, { kind: 'test' }>): boolean {
  const then = trailingJump(op.then);
  return then.length > 0 && JSON.stringify(then) === JSON.stringify(trailingJump(op.otherwise));
}

const NESTED_OP_KEYS = ['ops', 'then', 'otherwise', 'onZero', 'before', 'onTimeout'] as const;

/** Rewrites operations, outer ones first. */
function mapOps(ops: readonly Op[], change: (op: Op) => readonly Op[]): readonly Op[] {
  return ops.flatMap((op) =>
    change(op).map((changed) => {
      const lists = changed as unknown as Readonly<
        Partial<Record<(typeof NESTED_OP_KEYS)[number], readonly Op[]>>
      >;
      return {
        ...changed,
        ...Object.fromEntries(
          NESTED_OP_KEYS.flatMap((key) => (lists[key] ? [[key, mapOps(lists[key], change)]] : [])),
        ),
      } as Op;
    }),
  );
}

/** The operations without the first of this kind; undefined if there is none. */
function withoutFirstOp(ops: readonly Op[], kind: string): readonly Op[] | undefined {
  let found = false;
  const rest = mapOps(ops, (op) => {
    if (found || op.kind !== kind) return [op];
    found = true;
    return [];
  });
  return found ? rest : undefined;
}

function opKinds(ops: readonly Op[]): readonly string[] {
  const kinds = new Set<string>();
  mapOps(ops, (op) => {
    kinds.add(op.kind);
    return [op];
  });
  return [...kinds];
}

function withoutOrdering(op: Op): readonly Op[] {
  if (op.kind === 'store' && op.release)
    return [{ kind: 'store', field: op.field, value: op.value }];
  return [
    op.kind === 'test' || op.kind === 'warnOn' ? { ...op, cond: withoutAcquire(op.cond) } : op,
  ];
}

function withoutAcquire(c: Condition): Condition {
  if ('all' in c) return { all: c.all.map(withoutAcquire) };
  if ('any' in c) return { any: c.any.map(withoutAcquire) };
  if ('not' in c) return { not: withoutAcquire(c.not) };
  if ('exists' in c) return { ...c, where: withoutAcquire(c.where) };
  return 'cmp' in c ? { cmp: c.cmp, a: c.a, b: c.b } : c;
}
