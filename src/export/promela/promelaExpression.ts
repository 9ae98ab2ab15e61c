import type { Expr } from '../../kernel/language/expressions';
import type { PromelaContext } from './promelaContext';
import { toAscii } from '../format';

const OPERATORS = {
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  add: '+',
  sub: '-',
  and: '&&',
  or: '||',
} as const;

/** An expression in Promela; a number compared with a field has its meaning in a comment. */
export function promelaExpression(context: PromelaContext, e: Expr): string {
  switch (e.op) {
    case 'const':
      return String(e.value);
    case 'field':
      return context.names.field(e.field);
    case 'not':
      return `!${operand(context, e.a)}`;
    case 'select':
      return `(${promelaExpression(context, e.cond)} -> ${promelaExpression(context, e.a)} : ${promelaExpression(context, e.b)})`;
    case 'and':
    case 'or':
      return `${logicalOperand(context, e.a, e.op)} ${OPERATORS[e.op]} ${logicalOperand(context, e.b, e.op)}`;
    default: {
      const meaning =
        (e.op === 'eq' || e.op === 'ne') && e.a.op === 'field' && e.b.op === 'const'
          ? context.names.value(e.a.field, e.b.value)
          : undefined;
      return `${operand(context, e.a)} ${OPERATORS[e.op]} ${operand(context, e.b)}${meaning === undefined ? '' : ` /* ${toAscii(meaning)} */`}`;
    }
  }
}

function operand(context: PromelaContext, e: Expr): string {
  return e.op === 'const' || e.op === 'field' || e.op === 'select'
    ? promelaExpression(context, e)
    : `(${promelaExpression(context, e)})`;
}

function logicalOperand(context: PromelaContext, e: Expr, op: 'and' | 'or'): string {
  return e.op === op ||
    e.op === 'eq' ||
    e.op === 'ne' ||
    e.op === 'lt' ||
    e.op === 'le' ||
    e.op === 'not'
    ? promelaExpression(context, e)
    : operand(context, e);
}
