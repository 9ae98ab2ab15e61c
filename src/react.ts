import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type {
  PlaygroundAttributes,
  PlaygroundElement,
  PlaygroundElementEvents,
} from './host/element';

/** Event handlers of the element in JSX: `onready`, `onstatechanged`, … React 19 adds them as listeners. */
type PlaygroundEventHandlers = {
  readonly [Name in keyof PlaygroundElementEvents as `on${Name}`]?: (
    event: PlaygroundElementEvents[Name],
  ) => void;
};

/** The props of `<vfio-playground>` in JSX. */
export type PlaygroundProps = Omit<
  DetailedHTMLProps<HTMLAttributes<PlaygroundElement>, PlaygroundElement>,
  keyof PlaygroundAttributes
> &
  PlaygroundAttributes &
  PlaygroundEventHandlers;

// `import 'vfio-playground/react'` defines the element as `vfio-playground` does, and types its tag.
declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'vfio-playground': PlaygroundProps;
    }
  }
}
