import { notify } from '../store/notifications';
import type { Session } from '../store/session';

/** A module that is loaded when it is first needed. */
export interface LazyModule<Module> {
  /** Loads the module; after a failure the next call tries again. */
  readonly load: () => Promise<Module>;
  /** The module if it is loaded. */
  readonly loaded: () => Module | undefined;
  /** Calls `act` at once if the module is loaded, else after loading it; in the order of the calls. A failure notifies the user and changes nothing. */
  readonly whenLoaded: (session: Session, act: (module: Module) => void) => void;
}

/** A lazy module; `name` appears in the notification about a failed load. */
export function lazyModule<Module>(name: string, get: () => Promise<Module>): LazyModule<Module> {
  let module: Module | undefined;
  let loading: Promise<Module> | undefined;
  let waiting = 0;
  const load = async (): Promise<Module> => {
    loading ??= get();
    try {
      return (module = await loading);
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
  const loadThen = async (session: Session, act: (loaded: Module) => void): Promise<void> => {
    waiting++;
    session.setState(({ pendingLoads }) => ({ pendingLoads: pendingLoads + 1 }));
    try {
      act(await load());
    } catch (error) {
      notify(session, 'error', `${name} could not be loaded. The session is unchanged.`, [
        error instanceof Error ? error.message : String(error),
      ]);
    } finally {
      waiting--;
      session.setState(({ pendingLoads }) => ({ pendingLoads: pendingLoads - 1 }));
    }
  };
  return {
    load,
    loaded: () => module,
    whenLoaded: (session, act) =>
      module === undefined || waiting > 0 ? void loadThen(session, act) : act(module),
  };
}
