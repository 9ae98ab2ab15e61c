import type { WorldDevice } from '../../../kernel/language/world';
import { DEVICE_DRIVERS, driverOf } from '../../../scenario/edit/deviceDrivers';
import { namesInUse, newGroupName, numberedName } from '../../../scenario/edit/newNames';
import { LIMITS } from '../../../scenario/format/limits';
import { AddButton, FormSection, IconButton, Select, type SectionProps } from './formParts';
import { TextField } from './TextField';
import styles from './ScenarioPanel.module.css';

const FLAGS = [
  ['vf', 'SR-IOV virtual function'],
  ['staleNode', 'A device node exists all the time'],
  ['noiommu', 'No IOMMU (noiommu mode)'],
] as const;

/** The devices, each with its group, its device set and its driver. */
export function DeviceSection({ scenario, edit }: SectionProps) {
  const { devices } = scenario.world;
  return (
    <FormSection
      title="Devices"
      add={
        devices.length < LIMITS.devices && (
          <AddButton onPress={() => edit({ kind: 'add-device', group: devices[0]?.group })}>
            Device
          </AddButton>
        )
      }
    >
      {devices.length === 0 && <p className={styles.note}>No device yet.</p>}
      <ul>
        {devices.map((device) => (
          <DeviceRow key={device.name} device={device} scenario={scenario} edit={edit} />
        ))}
      </ul>
    </FormSection>
  );
}

function DeviceRow({ device, scenario, edit }: SectionProps & { readonly device: WorldDevice }) {
  const { world, calls } = scenario;
  const { name } = device;
  const change = (changed: Partial<WorldDevice>): void =>
    edit({ kind: 'change-device', name, change: changed });
  const taken = namesInUse(world, calls);
  const groups = [...new Set(world.devices.map(({ group }) => group))];
  const sets = [...new Set(world.devices.flatMap(({ devset }) => devset ?? []))];
  return (
    <li className={styles.device}>
      <div className={styles.row}>
        <TextField
          label={`Name of device ${name}`}
          value={name}
          monospace
          onCommit={(text) => change({ name: text })}
        />
        <Select
          label={`Driver of ${name}`}
          value={driverOf(device)}
          options={Object.entries(DEVICE_DRIVERS).map(([value, { text }]) => ({ value, text }))}
          onChange={(value) => change(DEVICE_DRIVERS[value as keyof typeof DEVICE_DRIVERS].change)}
        />
        <IconButton
          icon="close"
          label={`Remove ${name} and the calls that use it`}
          onPress={() => edit({ kind: 'remove-device', name })}
        />
      </div>
      <div className={styles.row}>
        <Select
          label={`Group of ${name}`}
          value={device.group}
          options={[
            ...groups.map((group) => ({ value: group, text: `group ${group}` })),
            ...(groups.length < LIMITS.groups
              ? [{ value: newGroupName(taken), text: 'a new group' }]
              : []),
          ]}
          onChange={(group) => change({ group })}
        />
        <Select
          label={`Device set of ${name}`}
          value={device.devset ?? ''}
          options={[
            { value: '', text: 'own device set' },
            ...sets.map((set) => ({ value: set, text: `device set ${set}` })),
            { value: numberedName('set', taken), text: 'a new device set' },
          ]}
          onChange={(devset) => change({ devset: devset === '' ? undefined : devset })}
        />
      </div>
      <details>
        <summary>More</summary>
        {FLAGS.map(([key, text]) => (
          <label key={key}>
            <input
              type="checkbox"
              checked={device[key] ?? false}
              onChange={({ target }) => change({ [key]: target.checked })}
            />
            {text}
          </label>
        ))}
        <div className={styles.row}>
          <span>dev_name()</span>
          <TextField
            label={`dev_name of ${name}`}
            value={device.devName ?? name}
            monospace
            onCommit={(devName) => change({ devName: devName === '' ? undefined : devName })}
          />
        </div>
      </details>
    </li>
  );
}

/** The groups and the device sets that devices share, to rename and to remove. */
export function GroupSection({ scenario, edit }: SectionProps) {
  const { devices } = scenario.world;
  const groups = [...new Set(devices.map(({ group }) => group))];
  const sets = [...new Set(devices.flatMap(({ devset }) => devset ?? []))];
  const canAdd = devices.length < LIMITS.devices;
  const members = (key: 'group' | 'devset', name: string): string =>
    devices.flatMap((device) => (device[key] === name ? [device.name] : [])).join(', ');
  return (
    <FormSection
      title="Groups"
      add={
        canAdd &&
        groups.length < LIMITS.groups && (
          <AddButton onPress={() => edit({ kind: 'add-device' })}>Group</AddButton>
        )
      }
    >
      {groups.length === 0 && (
        <p className={styles.note}>The IOMMU isolates groups of devices from each other.</p>
      )}
      <ul>
        {groups.map((group) => (
          <li key={group} className={styles.row}>
            <span>group</span>
            <TextField
              label={`Number of group ${group}`}
              value={group}
              monospace
              onCommit={(to) => edit({ kind: 'rename-group', from: group, to })}
            />
            <code className={styles.members}>{members('group', group)}</code>
            {canAdd && (
              <AddButton
                label={`Add a device to group ${group}`}
                onPress={() => edit({ kind: 'add-device', group })}
              >
                Device
              </AddButton>
            )}
            <IconButton
              icon="close"
              label={`Remove group ${group} and its devices`}
              onPress={() => edit({ kind: 'remove-group', name: group })}
            />
          </li>
        ))}
        {sets.map((set) => (
          <li key={`set ${set}`} className={styles.row}>
            <span>set</span>
            <TextField
              label={`Name of device set ${set}`}
              value={set}
              monospace
              onCommit={(to) => edit({ kind: 'rename-device-set', from: set, to })}
            />
            <code className={styles.members}>{members('devset', set)}</code>
            <IconButton
              icon="close"
              label={`Remove device set ${set}`}
              onPress={() => edit({ kind: 'remove-device-set', name: set })}
            />
          </li>
        ))}
      </ul>
    </FormSection>
  );
}
