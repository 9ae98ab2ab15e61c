import { changedLines, type DesignChange } from '../../kernel/language/mutation';

/** A change of a design in words: `BIND.9 disabled`, `1 line added, 2 removed`. */
export function changeText(change: DesignChange): string {
  switch (change.kind) {
    case 'text':
      return linesText(change);
    case 'swap':
      return `${stepId(change.a)} and ${stepId(change.b)} swapped`;
    case 'plain':
      return `${stepId(change.step)} with plain loads and stores`;
    case 'split':
      return `${stepId(change.step)} split into a read and a write`;
    case 'without':
      return change.op === undefined
        ? `${stepId(change.step)} disabled`
        : `${stepId(change.step)} without its ${change.op}`;
  }
}

/** The label of a step: `BIND.9` of `upstream/bind_iommufd/BIND.9`. */
function stepId(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function linesText(change: Extract<DesignChange, { kind: 'text' }>): string {
  const { inserted, removed } = changedLines(change);
  const lines = (count: number): string => `${count} line${count === 1 ? '' : 's'}`;
  if (change.own) return lines(inserted);
  if (inserted === 0) return `${lines(removed)} removed`;
  return `${lines(inserted)} added${removed === 0 ? '' : `, ${removed} removed`}`;
}
