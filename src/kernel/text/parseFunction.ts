import type { Routine, StepSpec } from '../language/design';
import { lockCall, printPath } from '../language/printOps';
import type { Op } from '../language/primitives';
import type { Span } from './diagnostic';
import { quoted } from './diagnostic';
import type { OpParser } from './parseOps';

/** Where a step is in a text. */
export interface StepPlace extends Span {
  /** The function's name in the text: `ioctl@2`. */
  readonly function: string;
  readonly id: string;
}

const CONFIDENCE = ['SRC', 'THREAD', 'MINE', 'DERIVED', 'MEM'] as const;
const CITE = /^cite(?: \((SRC|THREAD|MINE|DERIVED|MEM)\))?: (.*)$/;
const CONFIDENCE_ONLY = /^\((SRC|THREAD|MINE|DERIVED|MEM)\)$/;

/** Parses `{ LABEL: … }` after the head of a function. */
export function parseFunctionBody(
  parser: OpParser,
  head: Pick<Routine, 'name' | 'cite'>,
  handle: string,
  places: StepPlace[],
): Routine {
  const { reader } = parser;
  parser.jumps = [];
  reader.expect('{');
  const steps: StepSpec[] = [];
  const labels = new Map<string, Span>();
  while (reader.raw.kind === 'comment') reader.at++;
  while (!reader.is('}') && reader.next.kind !== 'end' && !reader.atDeclaration) {
    const label = reader.next;
    if (label.kind !== 'label') {
      reader.diagnostics.add(
        label,
        `expected the label of a step, such as "STEP.1:", got ${quoted(label.text)}`,
      );
      reader.skipLine(reader.at);
      continue;
    }
    reader.take();
    if (labels.has(label.text))
      reader.diagnostics.add(
        label,
        `expected a label that is new in this function, got "${label.text}"`,
      );
    labels.set(label.text, label);
    const step = parseStep(parser, label.text);
    steps.push(step);
    places.push({
      function: handle,
      id: label.text,
      from: label.from,
      to: reader.previous?.to ?? label.to,
    });
    checkBlocking(parser, step.ops);
    checkReaders(parser, step.ops);
  }
  const end = reader.next;
  reader.expect('}');
  for (const { span, label } of parser.jumps)
    if (!labels.has(label))
      reader.diagnostics.addUnknown(span, 'the label of a step of this function', label, [
        ...labels.keys(),
      ]);
  if (!ends(steps.at(-1)?.ops ?? []))
    reader.diagnostics.add(end, 'expected "return ret;" or a goto at the end of the last step');
  return { ...head, steps };
}

function parseStep(parser: OpParser, id: string): StepSpec {
  const { reader } = parser;
  const title = reader.trailingComment() ?? '';
  let source: Pick<StepSpec, 'cite' | 'confidence'> = {};
  const { raw } = reader;
  const confidenceOf = (word: string | undefined): Pick<StepSpec, 'confidence'> => {
    const confidence = CONFIDENCE.find((c) => c === word);
    return confidence === undefined ? {} : { confidence };
  };
  const cited = raw.kind === 'comment' ? CITE.exec(raw.text) : null;
  const sure = raw.kind === 'comment' ? CONFIDENCE_ONLY.exec(raw.text) : null;
  if (cited) source = { cite: cited[2] ?? '', ...confidenceOf(cited[1]) };
  else if (sure) source = confidenceOf(sure[1]);
  if (cited || sure) reader.at++;
  const ops = parser.block(new Map());
  return { id, title, ops, ...source };
}

/** Whether control never reaches the end of these operations. */
function ends(ops: readonly Op[]): boolean {
  const last = ops.at(-1);
  switch (last?.kind) {
    case 'ret':
    case 'goto':
    case 'fail':
      return true;
    case 'spin':
      return ends(last.ops);
    case 'test':
      return ends(last.then) && ends(last.otherwise);
    // Which branch is taken depends on the scenario, which may only use one.
    case 'staticTest':
      return ends(last.then) || ends(last.otherwise);
    default:
      return false;
  }
}

/** A step can wait only before it changes anything: reports each lock or wait that is not at the start of the step. */
function checkBlocking(parser: OpParser, ops: readonly Op[]): void {
  const allowed = new Set<Op>();
  const findLeading = (list: readonly Op[]): void => {
    const op = list.find((o) => o.kind !== 'say');
    if (!op) return;
    allowed.add(op);
    if (op.kind === 'test' || op.kind === 'staticTest') {
      findLeading(op.then);
      findLeading(op.otherwise);
    }
    if (op.kind === 'withPointer') findLeading(op.ops);
  };
  findLeading(ops);
  const visit = (op: Op): void => {
    if ((op.kind === 'mutexLock' || op.kind === 'waitForCompletion') && !allowed.has(op))
      parser.reader.diagnostics.add(
        parser.places.get(op) ?? parser.reader.next,
        `expected ${op.kind === 'mutexLock' ? lockCall('lock', op.rwsem) : 'a wait'} at the start of a step, since a step that has begun cannot wait: put a label before it`,
      );
    nestedOps(op).forEach(visit);
  };
  ops.forEach(visit);
}

/** A reader is in no field, so a step that takes a semaphore for reading also drops it. */
function checkReaders(parser: OpParser, ops: readonly Op[]): void {
  const readers = new Map<string, Op>();
  const visit = (op: Op): void => {
    if (op.kind === 'mutexLock' && op.rwsem === 'read') readers.set(op.mutex, op);
    if (op.kind === 'mutexUnlock' && op.rwsem === 'read') readers.delete(op.mutex);
    nestedOps(op).forEach(visit);
  };
  ops.forEach(visit);
  for (const [mutex, op] of readers)
    parser.reader.diagnostics.add(
      parser.places.get(op) ?? parser.reader.next,
      `expected up_read(&${printPath(mutex)}) in the same step: between steps only a writer holds a semaphore`,
    );
}

function nestedOps(op: Op): readonly Op[] {
  const parts = op as unknown as Readonly<Record<string, readonly Op[] | undefined>>;
  return (['ops', 'then', 'otherwise', 'onZero', 'before', 'onTimeout'] as const).flatMap(
    (key) => parts[key] ?? [],
  );
}
