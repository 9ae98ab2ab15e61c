import { lazyModule } from './lazyModule';

/** The actions that open built-in scenarios and files, and switch designs; with them the library, all designs and the file format. */
export const libraryPart = lazyModule('The scenario library', async () => ({
  ...(await import('./showScenario')),
  ...(await import('./nextScenario')),
  ...(await import('./switchDesign')),
  ...(await import('./openScenarioFile')),
}));

/** The permalink codec, and the synchronisation of the address bar with the session. */
export const urlSyncPart = lazyModule('The permalink codec', async () => {
  // A link may name any built-in scenario or design.
  await import('../../scenario/library/library');
  return import('../url/tabSession');
});

/** Checks, modified designs, and counterexamples. */
export const checkPart = lazyModule('The checker', async () => ({
  ...(await import('./check')),
  ...(await import('./mutations')),
  ...(await import('./showCounterexample')),
  ...(await import('./editDesign')),
  ...(await import('./liveCheck')),
  ...(await import('./explainViolation')),
}));

/** The verdict matrix. */
export const verdictsPart = lazyModule('The verdicts', () => import('./verdicts'));

/** The designs side by side on one timeline. */
export const comparisonPart = lazyModule('The comparison', async () => ({
  ...(await import('../queries/comparison')),
  ...(await import('./comparison')),
}));

/** The window with the speaker notes; with it the permalink codec. */
export const notesPart = lazyModule('The speaker notes', async () => {
  await import('../../scenario/library/library');
  return import('../url/notesWindow');
});

/** The guided tour. */
export const tourPart = lazyModule('The tour', () => import('./tour'));

/** The edits of a scenario, and the scenario that they change. */
export const scenarioEditPart = lazyModule('The scenario editor', () => import('./editScenario'));
