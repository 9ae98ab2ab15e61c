import { expect, it } from 'vitest';
import { makeCheckClient } from '../../check-worker/checkClient';
import { workerFactories } from '../../check-worker/workerFactories';
import { EXAMPLE_DESIGN } from '../../designs/exampleDesign';
import { beginCheck } from '../../explore/checkRequest';
import type { CheckResult } from '../../explore/checkResult';
import type { PropertyId } from '../../kernel/language/propertyId';
import { currentCheckSubject } from '../queries/checkSubject';
import type { Session } from '../store/session';
import type { ExplanationState } from '../store/checkState';
import { sessionOf } from '../testing/sessionOf';
import { editDesign, openNewDesign } from './editDesign';
import { applyFix, explainViolation } from './explainViolation';
import { toggleMutation } from './mutations';

function check(session: Session): CheckResult {
  const running = beginCheck(currentCheckSubject(session.getState()));
  while (running.advance(100_000) === 'more');
  return running.result(0);
}

async function explained(session: Session, property: PropertyId): Promise<ExplanationState> {
  const client = makeCheckClient(workerFactories());
  const subject = currentCheckSubject(session.getState());
  await explainViolation(session, client, subject, check(session), property);
  const { explanation } = session.getState();
  if (!explanation) throw new Error('no explanation');
  return explanation;
}

it('offers to restore a removed step, and applies that', async () => {
  const session = sessionOf('bind-race');
  toggleMutation(session, { kind: 'without', step: 'upstream/bind_iommufd/BIND.10' });
  const { fixes, working, explanation } = await explained(session, 'counters');
  expect(working).toBe(false);
  expect(explanation).toMatchObject({ property: 'counters' });
  const [restore] = fixes;
  expect(restore?.title).toBe('Restore BIND.10');
  applyFix(session, restore!);
  expect(session.getState().run.setup.mutations).toBeUndefined();
  expect(check(session).verdict).toBe('holds');
});

it('finds the lock that an own design lacks, as a change of its text', async () => {
  const session = sessionOf('bind-race');
  openNewDesign(session);
  const raced = EXAMPLE_DESIGN.replace(/^(UN)?LOCK:.*\n/gm, '');
  expect(editDesign(session, raced)).toBeUndefined();
  const { fixes, explanation } = await explained(session, 'counters');
  expect(explanation).toMatchObject({
    decision: {
      before: { step: 'counter/add/ENTER' },
      after: { step: 'counter/add/COUNT' },
    },
    share: { violated: 18n, total: 20n },
  });
  const lock = fixes.find(({ title }) => title.startsWith('Hold a new mutex over ENTER to'));
  if (!lock) throw new Error(`no lock among ${fixes.map(({ title }) => title).join('; ')}`);
  applyFix(session, lock);
  expect(check(session)).toMatchObject({ verdict: 'holds', modified: true });
});

it('offers another design only if the attack is made there too', async () => {
  const session = sessionOf('group-file-one-process');
  const { fixes } = await explained(session, 'dma-owner');
  // In rfc-opened and parked-split the property holds, but only because SET_CONTAINER does not take an iommufd.
  expect(fixes.flatMap(({ title }) => /^The design ([^:]*)/.exec(title)?.[1] ?? [])).toEqual([
    'parked-shim',
  ]);
});

it('says in words what another option or design does', async () => {
  const { fixes } = await explained(sessionOf('mail-question'), 'dma-owner');
  const titles = fixes.map(({ title }) => title);
  expect(titles).toContain(
    'Each group counts its users under a lock and records which path they use',
  );
  for (const title of titles) expect(title).not.toMatch(/=|: (yes|no)$/);
});

it('offers no option that takes away what a property is about, and names values in words', async () => {
  const session = sessionOf('kvm-failed-bind');
  const { fixes } = await explained(session, 'counters');
  const titles = fixes.map(({ title }) => title);
  expect(titles).toContain(
    'BIND takes the KVM at the first open only (posted 2024-06-28, not merged)',
  );
  expect(titles).not.toContain('No device refers to a KVM');
});
