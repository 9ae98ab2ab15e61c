import { useLayoutEffect, type ComponentType, type ReactNode } from 'react';
import type { DialogId } from '../../session/store/session';
import { lazyPart } from '../controls/lazyPart';
import { bufferTypeAhead } from './typeAhead';
import { useSession } from '../useSession';

function lazyDialog(load: () => Promise<ComponentType>): ComponentType {
  return lazyPart({
    name: 'This dialog',
    load,
    placeholder: <DialogLoading />,
    inDialog: true,
  });
}

const HelpDialog = lazyDialog(async () => (await import('./HelpDialog')).HelpDialog);
const LibraryDialog = lazyDialog(async () => (await import('./LibraryDialog')).LibraryDialog);
const PaletteDialog = lazyDialog(async () => (await import('./PaletteDialog')).PaletteDialog);
const RecordDialog = lazyDialog(async () => (await import('./record/RecordDialog')).RecordDialog);
const ShareDialog = lazyDialog(async () => (await import('./share/ShareDialog')).ShareDialog);
const TraceDialog = lazyDialog(async () => (await import('./TraceDialog')).TraceDialog);

const DIALOGS: Readonly<Partial<Record<DialogId, ReactNode>>> = {
  help: <HelpDialog />,
  library: <LibraryDialog />,
  palette: <PaletteDialog />,
  share: <ShareDialog />,
  record: <RecordDialog />,
  trace: <TraceDialog />,
};

/** The open dialog, loaded when it is first opened. */
export function DialogHost() {
  const id = useSession((state) => state.dialog);
  return id && DIALOGS[id];
}

/** While a dialog loads, buffers what is typed. */
function DialogLoading() {
  useLayoutEffect(() => bufferTypeAhead(document), []);
  return undefined;
}
