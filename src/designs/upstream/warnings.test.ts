import { expect, it } from 'vitest';
import { design as upstream } from './design';
import { cdevPathCalls, ONE_DEVICE } from '../testing/upstreamCalls';
import { compile } from '../../kernel/compiler/compile';
import { mutate } from '../../kernel/compiler/mutate';
import { initialState, isEnabled, step } from '../../kernel/machine/machine';
import { checkState, stateChecks } from '../../kernel/properties/properties';

/** The texts of the violations in one run of an attached device up to its close. */
function violations(without?: string): readonly string[] {
  const changed = without ? mutate(upstream, {}, [{ kind: 'without', step: without }]) : undefined;
  if (changed?.ok === false) throw new Error(changed.message);
  const program = compile(changed?.design ?? upstream, {}, ONE_DEVICE, [
    ...cdevPathCalls('a', 1),
    { by: 'a', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas1' },
    { by: 'a', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas1' },
    { by: 'a', call: 'close', fd: 'fd1' },
  ]);
  const checks = stateChecks(program).filter((c) => c.property === 'warnings');
  const state = initialState(program);
  const found: string[] = [];
  while (isEnabled(program, state, 0)) {
    found.push(...checkState(checks, state).map((v) => v.text));
    step(program, state, 0);
  }
  return found;
}

it('reports the step whose WARN_ON fires, with values that the step itself has set', () => {
  expect(violations('upstream/release_cdev/CLOSE.3:IDETACH.3')).toEqual([
    'the next step of a, upstream/release_cdev/CLOSE.3:IUNBIND.3, fires a WARN_ON: the object is still in use',
  ]);
});

it('reports nothing in the design itself', () => {
  expect(violations()).toEqual([]);
});
