import { useEffect } from 'react';
import { designTitle } from '../kernel/language/design';
import { useSession } from './useSession';

const SITE_TITLE = 'VFIO playground';

/** Names the scenario and the design in the title of the window, the history and bookmarks. */
export function useDocumentTitle(): void {
  const scenario = useSession((state) => state.run.setup.scenario.title);
  const design = useSession(({ run: { setup } }) =>
    designTitle(setup.design, setup.scenario.options),
  );
  useEffect(() => {
    document.title = [scenario, design, SITE_TITLE].filter((part) => part !== '').join(' · ');
  }, [scenario, design]);
}
