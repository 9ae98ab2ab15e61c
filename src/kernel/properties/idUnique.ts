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
    'No two live objects of a type have the same minor or index, a number is reused only after it is freed, and a number is mapped exactly while its device is registered.',
  consequence:
    'Two live objects have the same number, or the cdev map does not match the registration.',
  appliesTo: (p) => p.fields.some((f) => f.kind === 'number'),
  detectedIn: 'state',
  checks: (p) => [...mappingChecks(p), ...duplicateNumberChecks(p)],
};

/** While neither register nor unregister runs for a device, its cdev is mapped exactly if its driver is bound. */
function mappingChecks(p: Program): StateCheck[] {
  return p.objects
    .filter((o) => o.type === 'cdev' && o.key.device !== undefined)
    .flatMap((cdev) => {
      const { device } = cdev.key;
      const mapped = cdev.fields['mapped'];
      const driver = p.objects.find((o) => o.type === 'device' && o.key.device === device)?.fields[
        'driver'
      ];
      if (mapped === undefined || driver === undefined) return [];
      const running = p.calls
        .filter(
          (c) =>
            (c.call.call === 'register_device' || c.call.call === 'unregister_device') &&
            c.call.device === device,
        )
        .map((c) => {
          const pc = field(p.tasks[c.task]!.pc);
          return all([binary('lt', constant(c.start), pc), binary('lt', pc, constant(c.end))]);
        });
      const mismatch = (isMapped: 0 | 1, text: string): StateCheck => ({
        property: 'id-unique',
        text,
        object: cdev.index,
        violatedWhen: all([
          binary('eq', field(mapped), constant(isMapped)),
          binary('eq', field(driver), constant(1 - isMapped)),
          not(any(running)),
        ]),
      });
      return [
        mismatch(1, `the number of ${device} is mapped although the device is not registered`),
        mismatch(0, `${device} is registered, but its number is not mapped`),
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
