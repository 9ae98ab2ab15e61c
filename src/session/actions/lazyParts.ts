import { lazyModule } from './lazyModule';

/** The built-in library, all designs, the file format, and the actions that open scenarios. */
export const libraryPart = lazyModule('The scenario library', async () => {
  const [scenario, next, design, file] = await Promise.all([
    import('./showScenario'),
    import('./nextScenario'),
    import('./switchDesign'),
    import('./openScenarioFile'),
  ]);
  return { ...scenario, ...next, ...design, ...file };
});

/** The permalink codec, and the synchronisation of the address bar with the session. */
export const urlSyncPart = lazyModule('The permalink codec', async () => {
  // A link may name any built-in scenario or design.
  const [tabSession] = await Promise.all([
    import('../url/tabSession'),
    import('../../scenario/library/library'),
  ]);
  return tabSession;
});

/** Checks, modified designs, and counterexamples. */
export const checkPart = lazyModule('The checker', async () => {
  const [check, mutations, counterexample] = await Promise.all([
    import('./check'),
    import('./mutations'),
    import('./showCounterexample'),
  ]);
  return { ...check, ...mutations, ...counterexample };
});

/** The verdict matrix. */
export const verdictsPart = lazyModule('The verdicts', () => import('./verdicts'));

/** The guided tour. */
export const tourPart = lazyModule('The tour', () => import('./tour'));
