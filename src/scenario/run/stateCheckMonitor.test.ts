import { expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { evaluate } from '../../kernel/language/expressions';
import { isEnabled, step } from '../../kernel/machine/machine';
import { stateChecks } from '../../kernel/properties/properties';
import type { StateCheck } from '../../kernel/properties/property';
import { StateCheckMonitor } from './stateCheckMonitor';
import { seededRandom } from './seededRandom';
import { randomScenario } from '../testing/randomScenario';
import { startScenarioRun } from './scenarioRun';

it('reports the same checks at the same steps as an evaluation of all checks after every step', () => {
  let reported = 0;
  for (const design of DESIGNS) {
    for (let seed = 1; seed <= 8; seed++) {
      const { program, state } = startScenarioRun(randomScenario(seed, design, {}));
      const below = seededRandom(seed);
      const monitor = new StateCheckMonitor(program);
      const violated = new Set<string>();
      const name = ({ property, text }: StateCheck): string => `${property} ${text}`;
      const checks = stateChecks(program);
      for (let made = 0; made < 120; made++) {
        const runnable = program.tasks.filter((task) => isEnabled(program, state, task.index));
        const task = runnable[below(Math.max(1, runnable.length))];
        if (!task) break;
        step(program, state, task.index);
        // Tampering with a field gives violations that no run of a design shows.
        if (below(6) === 0) {
          const field = program.fields[below(program.fields.length)];
          if (field && field.object >= 0 && !field.constant)
            state[field.index] = field.lo + below(field.hi - field.lo + 1);
        }
        const now = monitor.next(state).map(name);
        const expected = checks
          .filter((check) => evaluate(check.violatedWhen, state) !== 0)
          .map(name)
          .filter((each) => !violated.has(each));
        expect(now, `${design.id}, seed ${seed}`).toEqual(expected);
        for (const each of now) violated.add(each);
        reported += now.length;
      }
    }
  }
  expect(reported).toBeGreaterThan(10);
});
