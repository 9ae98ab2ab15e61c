import { lazy, Suspense, useLayoutEffect, type ReactNode } from 'react';
import type { DialogId } from '../../session/session';
import { LoadGuard } from '../LoadGuard';
import { typeAhead } from './typedAhead';
import { useSession } from '../useSession';

const HelpDialog = lazy(async () => ({ default: (await import('./HelpDialog')).HelpDialog }));
const LibraryDialog = lazy(async () => ({
  default: (await import('./LibraryDialog')).LibraryDialog,
}));
const PaletteDialog = lazy(async () => ({
  default: (await import('./PaletteDialog')).PaletteDialog,
}));
const ShareDialog = lazy(async () => ({
  default: (await import('../share/ShareDialog')).ShareDialog,
}));

const dialogs: Readonly<Partial<Record<DialogId, ReactNode>>> = {
  help: <HelpDialog />,
  library: <LibraryDialog />,
  palette: <PaletteDialog />,
  share: <ShareDialog />,
};

/** The open dialog, loaded when it is first opened. */
export function Dialogs() {
  const id = useSession((state) => state.dialog);
  return (
    id &&
    dialogs[id] && (
      <LoadGuard key={id} what="This dialog" dialog>
        <Suspense fallback={<Waiting />}>{dialogs[id]}</Suspense>
      </LoadGuard>
    )
  );
}

/** While a dialog loads: what is typed meanwhile is kept for it. */
function Waiting() {
  useLayoutEffect(() => typeAhead(document), []);
  return <span data-loading="" />;
}
