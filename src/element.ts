import { defineElement } from './host/element';

export { connect, type PlaygroundClient, type PlaygroundEvents } from './host/client';
export {
  defineElement,
  PlaygroundElement,
  TAG,
  type PlaygroundAttributes,
  type PlaygroundElementEvents,
} from './host/element';
export type {
  LoadTarget,
  Message,
  MessageId,
  PlaygroundState,
  Report,
  Request,
  Theme,
  ViolationReport,
} from './host/protocol';

// A classic script knows its own URL; a module does not, so its elements need `base`.
const elementScript = typeof document === 'undefined' ? undefined : document.currentScript;
defineElement(
  elementScript && 'src' in elementScript && elementScript.src !== ''
    ? new URL('./', elementScript.src).href
    : undefined,
);
