import type { FieldView } from '../../../graph/model/graph';
import styles from './node.module.css';

const MEANINGS = {
  release: 'store-release: a load-acquire that reads this value also sees every store before it',
  acquire: 'load-acquire: also sees every store before the store-release of this value',
};

/** `release` or `acquire`, beside the field that a step accessed that way. */
export function MemoryOrderTag({
  order,
}: {
  readonly order: NonNullable<FieldView['memoryOrder']>;
}) {
  return (
    <span className={styles.memoryOrder} data-part="memory-order" data-tooltip={MEANINGS[order]}>
      {order}
    </span>
  );
}
