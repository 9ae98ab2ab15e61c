import { expect, it } from 'vitest';
import { mutate } from '../../kernel/compiler/mutate';
import { parseMutation } from '../../kernel/language/mutation';
import { requireDesign } from '../../designs/registry';
import { libraryEntry } from '../../scenario/library/library';
import { runScenario } from '../../scenario/run/runScenario';
import { lockdepExport } from './lockdep';

it('reports the unlock of a lock that the task does not hold', () => {
  const { scenario } = libraryEntry('cdev-path') ?? expect.fail();
  const withoutLock = parseMutation('without', 'upstream/bind_iommufd/BIND.6#mutexLock');
  const changed = mutate(requireDesign('upstream'), {}, [withoutLock ?? expect.fail()]);
  if (!changed.ok) throw new Error(changed.message);
  const outcome = runScenario(scenario, { design: changed.design });
  if (!outcome.ok) throw new Error(outcome.errors[0]?.message);
  const report = lockdepExport.make(outcome.trace);
  expect(report).toContain('WARNING: bad unlock balance detected!');
  expect(report).toMatch(
    /qemu releases devset vfio0\.lock without holding it\n +at: upstream\/bind_iommufd\/BIND\./,
  );
});

it('says which locks it lists', () => {
  const { scenario } = libraryEntry('kvm-failed-bind') ?? expect.fail();
  const outcome = runScenario(scenario, {});
  if (!outcome.ok) throw new Error(outcome.errors[0]?.message);
  const report = lockdepExport.make(outcome.trace).replaceAll(/\s+/g, ' ');
  expect(report).toContain('Orders seen (outer -> inner):');
  expect(report).toContain('Mutexes and read-write semaphores only');
  expect(report).toContain('a spinlock (such as kvm_ref_lock or xa_lock) within one step');
});
