import { lazy, Suspense, useLayoutEffect, type ReactNode } from 'react';
import type { DialogId } from '../../session/store/session';
import { LoadErrorBoundary } from '../controls/LoadErrorBoundary';
import { bufferTypeAhead } from './typeAhead';
import { useSession } from '../useSession';

const HelpDialog = lazy(async () => ({ default: (await import('./HelpDialog')).HelpDialog }));
const LibraryDialog = lazy(async () => ({
  default: (await import('./LibraryDialog')).LibraryDialog,
}));
const PaletteDialog = lazy(async () => ({
  default: (await import('./PaletteDialog')).PaletteDialog,
}));
const ShareDialog = lazy(async () => ({
  default: (await import('./share/ShareDialog')).ShareDialog,
}));

const DIALOGS: Readonly<Partial<Record<DialogId, ReactNode>>> = {
  help: <HelpDialog />,
  library: <LibraryDialog />,
  palette: <PaletteDialog />,
  share: <ShareDialog />,
};

/** The open dialog, loaded when it is first opened. */
export function DialogHost() {
  const id = useSession((state) => state.dialog);
  return (
    id &&
    DIALOGS[id] && (
      <LoadErrorBoundary key={id} part="This dialog" inDialog>
        <Suspense fallback={<DialogLoading />}>{DIALOGS[id]}</Suspense>
      </LoadErrorBoundary>
    )
  );
}

/** Shown while a dialog loads; buffers what is typed meanwhile. */
function DialogLoading() {
  useLayoutEffect(() => bufferTypeAhead(document), []);
  return <span data-loading="" />;
}
