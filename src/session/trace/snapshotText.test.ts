import { expect, it } from 'vitest';
import { sessionOf } from '../testing/sessionOf';
import { branchPath, snapshotAt } from './replay';
import { eventText, snapshotText, violationSentence } from './snapshotText';

it('says the whole sentence of a violation once, and its title beside what the step did', () => {
  const violated = branchPath(sessionOf('open-before-bind').getState())
    .map(snapshotAt)
    .filter(({ violations }) => violations.length > 0);
  expect(violated.length).toBeGreaterThan(0);
  for (const snapshot of violated)
    for (const violation of snapshot.violations) {
      const [, title = ''] =
        /^Property violated: ([^.]*)\. /.exec(violationSentence(violation)) ?? [];
      expect(snapshotText(snapshot)).toContain(`property violated: ${title}`);
      expect(snapshotText(snapshot)).not.toContain(violation.text);
      expect(eventText(snapshot)).not.toContain(title);
    }
});
