import { useMemo, type ReactNode } from 'react';
import { useNodeId } from '@xyflow/react';
import { fieldText, counterHolders } from '../../../kernel/machine/describeEvent';
import { currentSnapshot, type Snapshot } from '../../../session/trace/replay';
import { PopoverButton } from '../../controls/PopoverButton';
import { useSession } from '../../useSession';
import type { FieldView } from '../../../graph/model/graph';
import { useNodeState } from './useNodeState';
import styles from './node.module.css';

/** A counter or completion as a button that opens the list of its holders. */
export function HoldersPopup({
  row,
  children,
}: {
  readonly row: FieldView;
  readonly children: ReactNode;
}) {
  const { controlsTabbable } = useNodeState(useNodeId() ?? '');
  return (
    <PopoverButton
      skipInTabOrder={!controlsTabbable}
      className={styles.holdersButton}
      popoverClassName={styles.holdersPopup}
      label={`Holders of ${row.name}`}
      buttonLabel={`${row.name} ${row.text}: who holds it?`}
      content={<HolderList row={row} />}
    >
      {children}
    </PopoverButton>
  );
}

function HolderList({ row }: { readonly row: FieldView }) {
  const snapshot = useSession(currentSnapshot);
  const { title, lines } = useMemo(() => holdersText(snapshot, row), [snapshot, row]);
  return (
    <>
      <h3 className={styles.holdersTitle}>{title}</h3>
      <ul>
        {lines.map((line, i) => (
          <li key={`${i} ${line}`}>{line}</li>
        ))}
      </ul>
    </>
  );
}

/** The holders of a counter. For a completion, those of the counter that it waits for. */
function holdersText(
  { program, state }: Snapshot,
  row: FieldView,
): { readonly title: string; readonly lines: readonly string[] } {
  const field = program.fields[row.index ?? -1];
  if (!field) return { title: row.name, lines: [] };
  const object = program.objects[field.object];
  const spec = object?.spec.fields[field.name];
  const counter = spec?.kind === 'completion' ? object?.fields[spec.counter] : field.index;
  const holders = counter === undefined ? [] : counterHolders(program, state, counter);
  const lines = holders.map(
    ({ name, label, weight }) => `${name}: ${label}${weight === 1 ? '' : ` (${weight})`}`,
  );
  const count = counter === undefined ? '' : fieldText(program, state, counter);
  const title =
    spec?.kind === 'completion'
      ? row.text === 'done'
        ? `${field.title} is done`
        : `${field.title} completes when ${spec.counter} (now ${count}) reaches 0`
      : `${field.title} is ${count}`;
  const noHolders = Number(count) > 0 ? 'This design does not record who holds it.' : 'No holders.';
  return { title, lines: lines.length > 0 ? lines : [noHolders] };
}
