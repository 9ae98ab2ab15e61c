import { lazy, Suspense, type ReactNode } from 'react';
import type { DialogId } from '../../session/session';
import { useSession } from '../useSession';

const HelpDialog = lazy(async () => ({ default: (await import('./HelpDialog')).HelpDialog }));
const LibraryDialog = lazy(async () => ({ default: (await import('./LibraryDialog')).LibraryDialog }));
const PaletteDialog = lazy(async () => ({ default: (await import('./PaletteDialog')).PaletteDialog }));
const PredictCard = lazy(async () => ({ default: (await import('../predict/PredictCard')).PredictCard }));
const ShareDialog = lazy(async () => ({ default: (await import('../share/ShareDialog')).ShareDialog }));

const dialogs: Readonly<Partial<Record<DialogId, ReactNode>>> = {
  help: <HelpDialog />,
  library: <LibraryDialog />,
  palette: <PaletteDialog />,
  predict: <PredictCard />,
  share: <ShareDialog />,
};

/** The open dialog, loaded when it is first opened. */
export function Dialogs() {
  const id = useSession((state) => state.dialog);
  return id && <Suspense fallback={<span data-loading="" />}>{dialogs[id]}</Suspense>;
}
