import { F_OP } from '../../kernel/language/vfs';
import type { CallBody, DesignModel, Routine, StepSpec } from '../../kernel/language/design';
import { allOf, driverOp, eq, fail, ne, NULL, ret, branch } from '../../kernel/language/primitives';
import { REVIEW_MAIL, kernelFacts } from '../shared/citations';
import { hotResetByGroups } from '../shared/hotReset';
import { deviceReset } from '../shared/deviceReset';
import { mmapBody } from '../shared/mmap';
import { supportedOn, rejectCommand } from './iommufd';

const CITE = `${kernelFacts('Parked fops: calls')}; ${REVIEW_MAIL}`;

/** The f_op of the file decides, before any driver code. */
const fopsCheck: StepSpec = {
  id: 'GATE.1',
  title: 'the VFS calls the handler of the file: parked or normal',
  cite: CITE,
  confidence: 'THREAD',
  ops: [
    branch(eq('file.f_op', F_OP.parked), [
      fail('EINVAL', 'the parked fops can only bind', { at: 'file' }),
    ]),
  ],
};

/** read, write, mmap or ioctl. */
const deviceCallRoutine: Routine = {
  name: 'file->f_op',
  cite: CITE,
  steps: [
    fopsCheck,
    {
      id: 'GATE.3',
      title: 'the normal handler runs the op of the driver',
      confidence: 'THREAD',
      ops: [driverOp('read, write, mmap or ioctl', { file: 'file' }), ret()],
    },
  ],
};

/** device_io: read, write, mmap or ioctl on a device fd. */
export const deviceIo: CallBody = supportedOn(
  { cdev: deviceCallRoutine, device: deviceCallRoutine },
  'GATE.1',
);

/** VFIO_DEVICE_PCI_HOT_RESET of vfio-pci, once the fops are normal; no mail says how a user without groups resets. */
export const hotReset = (driver: boolean): CallBody => {
  const routine = hotResetByGroups({
    entry: [fopsCheck],
    ready: driver
      ? allOf(ne('g/group.container', NULL), eq('g/group.container.iommu_driver', 1))
      : ne('g/group.container', NULL),
  });
  return supportedOn({ cdev: routine, device: routine }, 'HRESET.1');
};

const resetRoutine = deviceReset({
  entry: [fopsCheck],
  cite: 'drivers/vfio/pci/vfio_pci.c, VFIO_DEVICE_RESET, v5.14',
  pciCite: 'drivers/pci/pci.c, pci_try_reset_function, v5.14',
});

/** reset: VFIO_DEVICE_RESET through normal fops. */
export const reset: CallBody = supportedOn({ cdev: resetRoutine, device: resetRoutine }, 'GATE.1');

/** mmap(2): the VFS calls the handler of the file, parked or normal. */
export const mapDevice: CallBody = mmapBody(CITE, (onError) => [
  {
    ...fopsCheck,
    ops: [
      branch(eq('file.f_op', F_OP.parked), [
        fail('EINVAL', 'the parked fops can only bind', { at: 'file', to: onError }),
      ]),
    ],
  },
]);

/** The calls of KVM in a design that does not model it; `limit` says what is left out. KVM of v5.14 accepts group files only. */
export function callsWithoutKvm(
  limit: string,
): Pick<DesignModel['calls'], 'kvm_add' | 'kvm_del' | 'vm_exit'> {
  const accepted = (id: string, name: string): Routine => ({
    name,
    cite: 'virt/kvm/vfio.c, v5.14',
    steps: [{ id, title: `a limit of the model: ${limit}`, ops: [ret()] }],
  });
  const ofGroup = (id: string): CallBody => ({
    byKind: { group: accepted(id, 'kvm_vfio_set_group') },
    other: rejectCommand(id, 'EINVAL', 'KVM accepts group files only'),
  });
  return {
    kvm_add: ofGroup('KVM.1'),
    kvm_del: ofGroup('KVMDEL.1'),
    vm_exit: accepted('VMEXIT.1', 'kvm_vfio_destroy'),
  };
}
