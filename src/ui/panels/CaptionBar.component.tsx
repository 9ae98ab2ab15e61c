import { expect, it } from 'vitest';
import { openScenarioText } from '../../session/actions/openScenarioFile';
import { seekTo } from '../../session/actions/stepping';
import { branchCaptions } from '../../session/queries/captions';
import { currentSnapshot } from '../../session/trace/replay';
import { stepSentence } from '../../session/trace/snapshotText';
import { renderWithSession } from '../testing/renderWithSession';
import { CaptionBar } from './CaptionBar';

const SECOND_BIND = JSON.stringify({
  format: 'vfio-playground/scenario@1',
  title: 'The second bind of a file',
  world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu'] },
  calls: [
    { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd' },
    { by: 'qemu', call: 'open_iommufd', as: 'ictx' },
    { by: 'qemu', call: 'bind_iommufd', fd: 'fd', iommufd: 'ictx' },
    { by: 'qemu', call: 'bind_iommufd', fd: 'fd', iommufd: 'ictx', fault: 'BIND.13' },
  ],
});

it('shows at the end of a run a fault that no step reached', async () => {
  const { getByRole, session } = await renderWithSession(<CaptionBar />, 'bind-race');
  openScenarioText(session, 'second-bind.json', SECOND_BIND);
  const bar = getByRole('region', { name: 'Caption' });
  seekTo(session, 3);
  await expect.element(bar).not.toHaveTextContent('fault');
  seekTo(session, 1e6);
  await expect
    .element(bar)
    .toHaveTextContent(
      /Error: calls\[3\]\.fault: expected a step that bind_iommufd of qemu reaches/,
    );
});

it('says what a step does, and the last caption quietly, between two captions', async () => {
  const { getByRole, session } = await renderWithSession(<CaptionBar />, 'hot-unplug');
  const bar = getByRole('region', { name: 'Caption' });
  const main = (): string | null | undefined => bar.element().querySelector('p')?.textContent;
  const captions = branchCaptions(session.getState());
  const depth = captions.findIndex((each) => each?.say.startsWith('The wait is over'));
  seekTo(session, depth);
  await expect.poll(main).toBe(captions[depth]?.say);
  await expect.element(bar).not.toHaveTextContent('Earlier');
  seekTo(session, depth + 1);
  await expect.poll(main).toBe(stepSentence(currentSnapshot(session.getState())));
  await expect.element(bar).toHaveTextContent(`Earlier: ${captions[depth]?.say}`);
});

it('says of a refused call only how it fails: the step can read many fields before', async () => {
  const { getByRole, session } = await renderWithSession(<CaptionBar />, 'hot-reset');
  const bar = getByRole('region', { name: 'Caption' });
  seekTo(
    session,
    branchCaptions(session.getState()).findIndex((each) => each?.say.startsWith('vfio1 is not')),
  );
  await expect.element(bar).toHaveTextContent('HRESET.8qemu fails with -EINVAL at vfio2');
});
