import { lazy, Suspense } from 'react';
import type { DialogId } from '../../session/session';
import { useSession } from '../useSession';

const dialogs: Readonly<Partial<Record<DialogId, ReturnType<typeof lazy>>>> = {
  help: lazy(async () => ({ default: (await import('./HelpDialog')).HelpDialog })),
  library: lazy(async () => ({ default: (await import('./LibraryDialog')).LibraryDialog })),
};

/** The open dialog, loaded when it is first opened. */
export function Dialogs() {
  const id = useSession((state) => state.dialog);
  const Dialog = id && dialogs[id];
  return Dialog && <Suspense fallback={<span data-loading="" />}><Dialog /></Suspense>;
}
