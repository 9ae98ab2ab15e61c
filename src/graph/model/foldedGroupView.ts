import { accessFlagOf } from './accessText';
import { evaluate } from '../../kernel/language/expressions';
import { processOf } from '../../kernel/language/world';
import type { ObjectSlot } from '../../kernel/compiler/program';
import { fieldViewsOf } from './fieldViews';
import { lastChangeIn } from './foldedChange';
import type { Badge, FoldedDevice, FoldedGroupView, PlacedNode } from './graph';
import { fieldValue, isLive, type GraphInput } from './graphInput';
import { devicesInGroup } from './groupFolding';
import { nodeIdOf } from './nodeCatalog';

/** The node of a folded group: its devices and their open files, held locks, the last change, and the badges of its members. */
export function foldedGroupView(
  input: GraphInput,
  group: string,
  placed: PlacedNode,
): FoldedGroupView {
  const { program, state, layout, options } = input;
  const members = program.objects.filter(
    (slot) => layout.foldedInto.get(nodeIdOf(slot)) === placed.id,
  );
  const live = members.filter((slot) => isLive(input, slot));
  const usedAfterFree = members.find(
    (slot) => options.useAfterFree?.objects.includes(slot.index) && !isLive(input, slot),
  );
  return {
    ...placed,
    kind: 'foldedGroup',
    group,
    devices: devicesInGroup(program, group).map((slot) => foldedDevice(input, slot)),
    locks: live.flatMap((slot) =>
      fieldViewsOf(program, state, undefined, slot).flatMap(
        ({ name, kind, owner, queue }): FoldedGroupView['locks'] =>
          kind === 'mutex' && owner ? [{ name: `${slot.name} ${name}`, owner, queue }] : [],
      ),
    ),
    lastChange: usedAfterFree
      ? { object: usedAfterFree.name, field: undefined, life: 'freed' }
      : lastChangeIn(program, state, members, options),
    accessFlag: accessFlagOf(program.model),
    name: undefined,
    objects: live.map((slot) => slot.index),
    badges: badgesOfMembers(input, members),
  };
}

function foldedDevice(input: GraphInput, slot: ObjectSlot): FoldedDevice {
  const { program, state } = input;
  const { registered } = slot.fields;
  return {
    name: slot.name,
    registered:
      isLive(input, slot) && (registered === undefined || fieldValue(input, registered) === 1),
    files: program.files.flatMap((file): FoldedDevice['files'] => {
      const struct = program.objects[file.object];
      if (!file.normalAccess || file.device !== slot.name || !struct || !isLive(input, struct))
        return [];
      return [
        {
          name: file.name,
          process: program.world.processes.indexOf(processOf(file.by)),
          access: evaluate(file.normalAccess, state) ? 'normal' : 'parked',
          bound: file.bound !== undefined && evaluate(file.bound, state) !== 0,
        },
      ];
    }),
  };
}

/** Violations first and the latest first: the node has room for one badge. A freed member keeps only its violations. */
function badgesOfMembers(input: GraphInput, members: readonly ObjectSlot[]): readonly Badge[] {
  const slots = new Map(members.map((slot) => [slot.name, slot]));
  return [...(input.options.badges ?? [])]
    .toReversed()
    .flatMap(([name, badges]) => {
      const slot = slots.get(name);
      return slot
        ? badges.filter(({ kind }) => kind === 'violation' || isLive(input, slot)).toReversed()
        : [];
    })
    .toSorted((a, b) => Number(b.kind === 'violation') - Number(a.kind === 'violation'));
}
