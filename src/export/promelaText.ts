import type { Expr } from '../kernel/expr';
import type { PromelaContext } from './promelaContext';
import { ascii } from './words';

const SIGN = {
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  add: '+',
  sub: '-',
  and: '&&',
  or: '||',
} as const;

/** An expression in Promela, with what numbers mean where they are compared with a field. */
export function expression(context: PromelaContext, e: Expr): string {
  switch (e.op) {
    case 'const':
      return String(e.value);
    case 'field':
      return context.names.field(e.field);
    case 'not':
      return `!${operand(context, e.a)}`;
    case 'select':
      return `(${expression(context, e.cond)} -> ${expression(context, e.a)} : ${expression(context, e.b)})`;
    case 'and':
    case 'or':
      return `${joined(context, e.a, e.op)} ${SIGN[e.op]} ${joined(context, e.b, e.op)}`;
    default: {
      const meaning =
        (e.op === 'eq' || e.op === 'ne') && e.a.op === 'field' && e.b.op === 'const'
          ? context.names.value(e.a.field, e.b.value)
          : undefined;
      return `${operand(context, e.a)} ${SIGN[e.op]} ${operand(context, e.b)}${meaning === undefined ? '' : ` /* ${ascii(meaning)} */`}`;
    }
  }
}

function operand(context: PromelaContext, e: Expr): string {
  return e.op === 'const' || e.op === 'field' || e.op === 'select'
    ? expression(context, e)
    : `(${expression(context, e)})`;
}

function joined(context: PromelaContext, e: Expr, op: 'and' | 'or'): string {
  return e.op === op ||
    e.op === 'eq' ||
    e.op === 'ne' ||
    e.op === 'lt' ||
    e.op === 'le' ||
    e.op === 'not'
    ? expression(context, e)
    : operand(context, e);
}
