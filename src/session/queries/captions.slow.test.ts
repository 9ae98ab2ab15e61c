import { expect, it } from 'vitest';
import { LIBRARY } from '../../scenario/library/library';
import { openScenario } from '../trace/openScenario';
import { createSession } from '../store/session';
import { runTask, seekTo } from '../actions/stepping';
import { branchCaptions, currentCaption } from './captions';

it('says every caption of a walkthrough', () => {
  for (const entry of LIBRARY)
    for (const scenario of entry.variants) {
      const opened = openScenario(scenario, entry.id);
      if (!opened.ok) expect.fail(entry.id);
      const shown = branchCaptions({ run: opened.run });
      const missing = scenario.beats.filter((caption) => !shown.includes(caption));
      expect(missing, `${entry.id} in ${scenario.design}`).toEqual([]);
    }
});

it('leaves out a caption about another task if that task is elsewhere', () => {
  const variant = LIBRARY.find(({ id }) => id === 'first-race')?.variantsIn('parked-shim')[0];
  const opened = variant && openScenario(variant, 'first-race');
  if (!opened?.ok) expect.fail('first-race');
  const session = createSession(opened.run.setup, opened.run);
  const waiting = branchCaptions(session.getState()).findIndex((caption) =>
    caption?.say.includes('waits until qemu releases it'),
  );
  seekTo(session, waiting);
  expect(currentCaption(session.getState())).toBeDefined();
  // dpdk alone makes the same steps, but waits for no other task.
  seekTo(session, 0);
  for (let call = 0; call < 3; call++) runTask(session, 'dpdk');
  const said = branchCaptions(session.getState()).flatMap((caption) => caption?.say ?? []);
  expect(said.filter((say) => say.includes('qemu'))).toEqual([]);
});
