import type { Statement } from '../../kernel/language/statements';
import { simplify } from './simplify';
import type { FieldFacts } from './simplify';

/** The value of a field at one point of a body; undefined if paths disagree. */
interface TrackedValue {
  value: number | undefined;
  /** The body ended with a jump. */
  ended: boolean;
}

/**
 * The body without `field`, if every path leaves the field at its value `start` and every read of it has one known value;
 * undefined otherwise. This removes, for example, a lock that is taken and released within one step.
 */
export function removeTransientField(
  body: readonly Statement[],
  field: number,
  start: number,
  facts: FieldFacts,
): readonly Statement[] | undefined {
  const at: TrackedValue = { value: start, ended: false };
  let removable = true;

  const rewrite = (statements: readonly Statement[]): Statement[] => {
    const out: Statement[] = [];
    for (const s of statements) {
      const here = at.value;
      const known: FieldFacts = {
        rangeOf: facts.rangeOf,
        constantOf: (f) => {
          if (f !== field) return facts.constantOf(f);
          if (here === undefined) removable = false;
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
          if (at.value !== start) removable = false;
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
  if (!at.ended && at.value !== start) removable = false;
  return removable ? out : undefined;
}
