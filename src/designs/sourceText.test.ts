import { expect, it } from 'vitest';
import { pointerTest, printOps } from '../kernel/language/printOps';
import { parseDesign } from '../kernel/text/parseDesign';
import { DESIGNS } from './designs';

/** The steps of every routine, as the source panel prints them, with the versions of a design. */
const SOURCES = DESIGNS.flatMap((design) =>
  (design.options.find((o) => o.id === 'linux')?.values ?? [undefined]).map((linux) => {
    const model = design.model(linux === undefined ? {} : { linux });
    const style = { modelOnly: false, isPointer: pointerTest(model.objects) };
    const routines = new Set([
      ...Object.values(model.calls).flatMap((body) =>
        'steps' in body ? [body] : [...Object.values(body.byKind), body.other],
      ),
      ...Object.values(model.releases),
    ]);
    const steps = [...routines].flatMap((routine) => routine?.steps ?? []);
    return {
      name: `${design.id} ${linux ?? ''}`,
      lines: steps.flatMap((step) =>
        printOps(step.ops, style).map((line) => ({ id: step.id, line })),
      ),
    };
  }),
);

it.each(SOURCES)('asks in no cited source what the scenario has: $name', ({ lines }) => {
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.filter(({ line }) => /scenario|stale_node/.test(line))).toEqual([]);
});

// fs/char_dev.c, chrdev_open: cdev_lock is dropped before kobj_lookup, which takes chrdevs_lock (drivers/base/map.c).
it.each(SOURCES)('looks up the cdev without cdev_lock: $name', ({ lines }) => {
  const open = lines.filter(({ id }) => id === 'CHR.1').map(({ line }) => line);
  expect(open.join('\n')).toMatch(/kobj_lookup\(.*under chrdevs_lock/);
  expect(open.join('\n')).not.toContain('spin_lock');
});

// struct vfio_pci_core_device: struct rw_semaphore memory_lock.
it('takes memory_lock for reading in an access and for writing in a reset', () => {
  const { lines } = SOURCES.find(({ name }) => name === 'upstream 6.12')!;
  expect([
    ...new Set(
      lines.flatMap(({ id, line }) => {
        const call = /(\w+)\(&\w+->memory_lock\)/.exec(line)?.[1];
        return call === undefined ? [] : [`${id} ${call}`];
      }),
    ),
  ]).toEqual([
    'GATE.3 down_read',
    'GATE.3 up_read',
    'RESET.1b down_write',
    'RESET.7 up_write',
    'HRESET.8 down_write_trylock',
    'HRESET.10 up_write',
  ]);
});

it('lets a reader hold a semaphore only within one step', () => {
  const text = (end: string): string => `design d "D";
struct thing thing: per global { mutex sem; int n: max 1; };
call read() = thing_read;
int thing_read()
{
READ.1:	down_read(&thing->sem);
${end}	return ret;
}
`;
  expect(parseDesign(text('	up_read(&thing->sem);\n')).diagnostics).toEqual([]);
  expect(
    parseDesign(text('READ.2:	up_read(&thing->sem);\n')).diagnostics.map((d) => d.message),
  ).toEqual([
    'expected up_read(&thing->sem) in the same step: between steps only a writer holds a semaphore',
  ]);
});
