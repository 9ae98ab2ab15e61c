import type { Statement } from '../../kernel/language/statements';
import { simplify } from './simplify';
import type { FieldFacts } from './simplify';

/** A field's value at one point of a body: a number, or undefined when paths disagree. */
interface TrackedValue {
  value: number | undefined;
  /** The body ended here with a jump. */
  ended: boolean;
}

/**
 * The body without `field`, when every way through it leaves the field at `start` if it found it there and every read of
 * it has one known value; undefined otherwise. A lock taken and dropped within one step disappears this way.
 */
export function removeTransientField(
  body: readonly Statement[],
  field: number,
  start: number,
  about: FieldFacts,
): readonly Statement[] | undefined {
  const at: TrackedValue = { value: start, ended: false };
  let broken = false;

  const rewrite = (statements: readonly Statement[]): Statement[] => {
    const out: Statement[] = [];
    for (const s of statements) {
      const here = at.value;
      const known: FieldFacts = {
        rangeOf: about.rangeOf,
        constantOf: (f) => {
          if (f !== field) return about.constantOf(f);
          if (here === undefined) broken = true;
          return here;
        },
      };
      switch (s.op) {
        case 'emit':
          break;
        case 'violate':
          out.push(s);
          break;
        case 'jump':
          if (at.value !== start) broken = true;
          at.ended = true;
          out.push(s);
          return out;
        case 'set': {
          const value = simplify(s.value, known);
          if (s.field === field) at.value = value.op === 'const' ? value.value : undefined;
          else out.push({ op: 'set', field: s.field, value });
          break;
        }
        case 'if': {
          const cond = simplify(s.cond, known);
          if (cond.op === 'const') {
            out.push(...rewrite(cond.value === 0 ? s.otherwise : s.then));
            if (at.ended) return out;
            break;
          }
          const before = at.value;
          const then = rewrite(s.then);
          const afterThen = { ...at };
          at.value = before;
          at.ended = false;
          const otherwise = rewrite(s.otherwise);
          if (at.ended) {
            at.value = afterThen.value;
            at.ended = afterThen.ended;
          } else if (!afterThen.ended && afterThen.value !== at.value) at.value = undefined;
          out.push({ op: 'if', cond, then, otherwise });
          if (at.ended) return out;
        }
      }
    }
    return out;
  };

  const out = rewrite(body);
  if (!at.ended && at.value !== start) broken = true;
  return broken ? undefined : out;
}
