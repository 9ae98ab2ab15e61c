import { expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { dispatch } from '../../../session/actions/dispatch';
import { scenarioEditPart } from '../../../session/actions/lazyParts';
import { editedScenario } from '../../../session/queries/editedScenario';
import { renderWithSession } from '../../testing/renderWithSession';
import { ScenarioPanel } from './ScenarioPanel';

it('builds a scenario in place, and undo takes one edit back', async () => {
  const { getByRole, session } = await renderWithSession(<ScenarioPanel />, 'bind-race');
  const scenario = () => editedScenario(session.getState());
  await scenarioEditPart.load();
  dispatch(session, 'new-scenario');
  await getByRole('button', { name: 'Process', exact: true }).click();
  await getByRole('button', { name: 'Device', exact: true }).click();
  await getByRole('button', { name: 'Add a call of qemu' }).click();
  await getByRole('button', { name: 'open_cdev', exact: true }).click();
  expect(scenario().calls).toEqual([{ by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' }]);
  // The name of the process is changed in its call, too.
  await getByRole('textbox', { name: 'Name of process qemu' }).fill('vmm');
  await userEvent.keyboard('{Enter}');
  expect(scenario().calls[0]?.by).toBe('vmm');
  // A name that is taken is refused, and the field shows the old one.
  await getByRole('button', { name: 'Process', exact: true }).click();
  await getByRole('textbox', { name: 'Name of process qemu' }).fill('vmm');
  await userEvent.keyboard('{Enter}');
  expect(scenario().world.processes).toEqual(['vmm', 'qemu']);
  await expect.element(getByRole('textbox', { name: 'Name of process qemu' })).toHaveValue('qemu');
  await getByRole('button', { name: 'Remove vfio0 and the calls that use it' }).click();
  expect(scenario().calls).toEqual([]);
  await getByRole('button', { name: 'Undo' }).click();
  expect(scenario().calls).toHaveLength(1);
  expect(scenario().world.devices).toHaveLength(1);
});
