import { expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { makeTextChange } from '../../designs/textChange';
import { printDesign } from '../../kernel/text/printDesign';
import { libraryEntry } from '../../scenario/library/library';
import { makeLink } from '../../scenario/link/link';
import { linkOfTrace } from '../../scenario/link/linkOfTrace';
import { runScenario } from '../../scenario/run/runScenario';
import { openPermalink } from './permalink';

it('says that the calls of a link cannot run in its changed design', () => {
  const base = printDesign(DESIGNS.find(({ id }) => id === 'upstream') ?? expect.fail());
  const unfit = base.replace('if (live(cdev)) {', 'if (live(ioas)) {');
  const change = makeTextChange(base, unfit) ?? expect.fail();
  const outcome = runScenario(libraryEntry('bind-race')?.scenario ?? expect.fail());
  const link = linkOfTrace(outcome.ok ? outcome.trace : expect.fail());
  const opened = openPermalink(makeLink({ ...link, mutations: [change] }));
  expect(opened).toMatchObject({
    ok: true,
    dropped: [expect.stringMatching(/cannot run in its changed upstream: .*ioas.* is shown\.$/)],
  });
});
