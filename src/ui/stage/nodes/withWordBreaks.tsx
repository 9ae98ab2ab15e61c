import { Fragment, type ReactNode } from 'react';

/** The name with a possible line break after each `_` and `.`. */
export function withWordBreaks(name: string): ReactNode {
  const parts = name.split(/(?<=[_.])/);
  return parts.length > 1
    ? parts.map((part, i) => (
        <Fragment key={i}>
          {i > 0 && <wbr />}
          {part}
        </Fragment>
      ))
    : name;
}
