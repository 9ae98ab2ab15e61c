import { compile } from '../../kernel/compiler/compile';
import type { Design } from '../../kernel/language/design';
import {
  enabled,
  initialState,
  makeEventBuffer,
  readEvents,
  step,
} from '../../kernel/machine/machine';
import type { Program } from '../../kernel/compiler/program';
import { locksHeld } from '../../kernel/properties/lockOrder';
import type { Call, World } from '../../kernel/language/world';

const lockName = (p: Program, field: number): string =>
  `${p.objects[p.fields[field]!.object]!.spec.role}.${p.fields[field]!.name}`;

/** Every "held > taken" of a sequential run, by role and field. */
export function lockOrdersOf(design: Design, world: World, calls: readonly Call[]): Set<string> {
  const program = compile(design, {}, world, calls);
  const state = initialState(program);
  const buffer = makeEventBuffer();
  const orders = new Set<string>();
  for (let able = enabled(program, state); able.length > 0; able = enabled(program, state)) {
    const task = able[0]!;
    const held = locksHeld(program, state, task);
    step(program, state, task, buffer);
    for (const { template: note } of readEvents(program, buffer)) {
      if (note.kind === 'unlock') held.splice(held.indexOf(note.field), 1);
      if (note.kind !== 'lock') continue;
      for (const h of held)
        orders.add(`${lockName(program, h)} > ${lockName(program, note.field)}`);
      held.push(note.field);
    }
  }
  return orders;
}
