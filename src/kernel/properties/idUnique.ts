import { all, any, binary, constant, field, not, TRUE } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { Field, Program } from '../compiler/program';
import { unorderedPairs } from './property';
import type { Property, StateCheck } from './property';

/** Numbers of live objects are distinct, and the cdev map matches the registration. */
export const idUnique: Property = {
  id: 'id-unique',
  order: 10,
  label: 'I9',
  cite: 'docs/kernel-facts.md, I9',
  title: 'Numbers are unique',
  statement:
    'No two live objects of a type have the same minor or index, a number is reused only after it is freed, and a number is mapped, and a device has its node, exactly while it is registered.',
  consequence:
    'Two live objects have the same number, or the cdev map does not match the registration.',
  appliesTo: (p) => p.fields.some((f) => f.kind === 'number'),
  detectedIn: 'state',
  checks: (p) => [...mappingChecks(p), ...duplicateNumberChecks(p)],
};

/** While neither register nor unregister runs, a number is mapped exactly if a driver of its devices is bound, and a bound device has a number. */
function mappingChecks(p: Program): StateCheck[] {
  return p.objects.flatMap((object) => {
    const { device, group } = object.key;
    const isGroup = object.type === 'vfio_group';
    if ((!isGroup && device === undefined) || object.key.generation !== undefined) return [];
    // VFIO makes no cdev for it.
    if (object.type === 'cdev' && p.world.devices.some((d) => d.name === device && d.noiommu))
      return [];
    const parents = p.objects.filter(
      (o) => o.type === 'device' && (isGroup ? o.key.group === group : o.key.device === device),
    );
    const bound = any(
      parents.flatMap(({ fields }) =>
        fields['driver'] === undefined ? [] : [binary('eq', field(fields['driver']), constant(1))],
      ),
    );
    const devices = parents.map((o) => o.key.device);
    const running = any(
      p.calls
        .filter(
          ({ call }) =>
            (call.call === 'register_device' || call.call === 'unregister_device') &&
            devices.includes(call.device),
        )
        .map((c) => {
          const pc = field(p.tasks[c.task]!.pc);
          return all([binary('lt', constant(c.start), pc), binary('lt', pc, constant(c.end))]);
        }),
    );
    const check = (violatedWhen: Expr, text: string): StateCheck => ({
      property: 'id-unique',
      text,
      object: object.index,
      violatedWhen: all([violatedWhen, not(running)]),
    });
    const name = isGroup ? `group ${group}` : device;
    // With a second object of this key, one of the two.
    const objects = p.objects.filter(
      (o) => o === object || (isGroup && o.type === object.type && o.key.group === group),
    );
    const each = (f: string, value: 0 | 1): Expr[] =>
      objects.map((o) => binary('eq', field(o.fields[f]!), constant(value)));
    const mapped =
      (isGroup || object.type === 'cdev') && 'mapped' in object.fields ? 'mapped' : undefined;
    const numbers = p.fields.filter((f) => f.object === object.index && f.kind === 'number');
    return [
      ...(mapped === undefined
        ? []
        : [
            check(
              all([any(each(mapped, 1)), not(bound)]),
              `the number of ${name} is mapped although the device is not registered`,
            ),
            check(
              all([...each(mapped, 0), bound]),
              `${name} is registered, but its number is not mapped`,
            ),
          ]),
      ...(object.type === 'cdev' && 'node' in object.fields
        ? [
            check(
              all([...each('node', 0), bound]),
              `${name} is registered, but it has no node in /dev`,
            ),
          ]
        : []),
      ...numbers.map(({ name: number, title }) =>
        check(all([...each(number, 0), bound]), `${name} is registered, but ${title} is not set`),
      ),
    ];
  });
}

function duplicateNumberChecks(p: Program): StateCheck[] {
  return unorderedPairs(p.fields.filter((f) => f.kind === 'number'))
    .filter(
      ([a, b]) => a.name === b.name && p.objects[a.object]!.type === p.objects[b.object]!.type,
    )
    .map(([a, b]) => ({
      property: 'id-unique',
      violatedWhen: all([
        isLive(p, a),
        isLive(p, b),
        binary('ne', field(a.index), constant(0)),
        binary('ne', field(b.index), constant(0)),
        binary('eq', field(a.index), field(b.index)),
      ]),
      text: `${a.title} and ${b.title} have the same number`,
      object: b.object,
    }));
}

function isLive(p: Program, f: Field): Expr {
  const { lifetime: life } = p.objects[f.object]!;
  return life === undefined ? TRUE : binary('eq', field(life), constant(1));
}
