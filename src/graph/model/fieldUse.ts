import type { ObjectSlot, Program } from '../../kernel/compiler/program';

/** What the steps of a program do, by field key. */
interface FieldUse {
  readonly touched: ReadonlySet<string>;
  readonly written: ReadonlySet<string>;
}

const fieldUses = new WeakMap<Program, FieldUse>();

/** Whether some step of the program, or of the calls that it replaced, may read or write a field of an object. */
export function isTouched(program: Program, slot: ObjectSlot, name: string): boolean {
  return fieldUseOf(program).touched.has(fieldKey(slot, name));
}

/** Whether some step of the program, or of the calls that it replaced, may write a field of an object. */
export function isWritten(program: Program, slot: ObjectSlot, name: string): boolean {
  return fieldUseOf(program).written.has(fieldKey(slot, name));
}

/** The same in every program of a scenario. */
function fieldKey(slot: ObjectSlot, name: string): string {
  return `${slot.type}:${slot.name}.${name}`;
}

function fieldUseOf(program: Program): FieldUse {
  const cached = fieldUses.get(program);
  if (cached) return cached;
  const replaced = program.replaced && fieldUseOf(program.replaced);
  const indices = new Set(
    program.tasks.flatMap(({ steps }) => steps.flatMap(({ touches }) => touches)),
  );
  const touched = new Set(replaced?.touched);
  const written = new Set(replaced?.written);
  for (const slot of program.objects)
    for (const [name, index] of Object.entries(slot.fields)) {
      if (indices.has(index)) touched.add(fieldKey(slot, name));
      if (program.fields[index]?.constant === false) written.add(fieldKey(slot, name));
    }
  const use = { touched, written };
  fieldUses.set(program, use);
  return use;
}
