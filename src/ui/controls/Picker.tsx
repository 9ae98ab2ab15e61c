import { Select } from '@base-ui/react/select';
import { Icon } from './Icon';
import styles from './controls.module.css';

export interface PickerItem {
  readonly value: string;
  readonly label: string;
  readonly about?: string | undefined;
}

export interface PickerGroup {
  readonly label: string | undefined;
  readonly items: readonly PickerItem[];
}

interface PickerProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly placeholder: string;
  readonly groups: readonly PickerGroup[];
  readonly onPick: (value: string) => void;
  readonly className?: string;
}

/** A labelled single choice with groups and a line about each item. */
export function Picker({ label, value, placeholder, groups, onPick, className = '' }: PickerProps) {
  const items = groups.flatMap((group) => group.items);
  return (
    <Select.Root
      items={items.map((item) => ({ value: item.value, label: item.label }))}
      value={value ?? null}
      onValueChange={(picked) => {
        if (picked !== null) onPick(picked);
      }}
    >
      <Select.Trigger className={`${styles.button} ${className}`} aria-label={label}>
        <Select.Value className={styles.value}>
          {(picked: string | null) => items.find((item) => item.value === picked)?.label ?? placeholder}
        </Select.Value>
        <Select.Icon>
          <Icon name="chevron" />
        </Select.Icon>
      </Select.Trigger>
      <Select.Portal>
        <Select.Positioner className={styles.positioner} sideOffset={4} alignItemWithTrigger={false}>
          <Select.Popup className={styles.popup}>
            {groups.map((group) => (
              <Select.Group key={group.label ?? ''}>
                {group.label !== undefined && <Select.GroupLabel className={styles.groupLabel}>{group.label}</Select.GroupLabel>}
                {group.items.map((item) => (
                  <Select.Item key={item.value} value={item.value} label={item.label} className={styles.item}>
                    <Select.ItemIndicator className={styles.itemMark}>
                      <Icon name="check" />
                    </Select.ItemIndicator>
                    <Select.ItemText className={styles.itemText}>{item.label}</Select.ItemText>
                    {item.about !== undefined && <span className={styles.itemAbout}>{item.about}</span>}
                  </Select.Item>
                ))}
              </Select.Group>
            ))}
          </Select.Popup>
        </Select.Positioner>
      </Select.Portal>
    </Select.Root>
  );
}
