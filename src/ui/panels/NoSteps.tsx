import { currentSnapshot } from '../../session/trace/replay';
import { useSession } from '../useSession';

/** Stands for the steps of a run without any: what to press first. */
export function NoSteps({ className }: { readonly className: string | undefined }) {
  const hasCalls = useSession((state) => currentSnapshot(state).program.calls.length > 0);
  return (
    <p className={className}>
      {hasCalls
        ? 'No steps yet. Run a call or press Play.'
        : 'No steps yet. Add a device and a process, then a call.'}
    </p>
  );
}
