import { expect, it } from 'vitest';
import { openScenarioText } from '../../session/actions/openScenarioFile';
import { seekTo } from '../../session/actions/stepping';
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
