// `npm run verify:spin`: SPIN and our own search over the same models, neither with any reduction, must agree exactly.
//
// SPIN's states are ours. Its transitions are ours, one more for the initial state, one for each property that the
// watching process of the model sees broken, and one for each state in which no task can move, where that process looks
// for deadlocks.
//
// `--quick` (a stage of `npm test`; with CI set it runs them all) takes the smallest models of each design; without spin or gcc it says so and is content.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runnerImport } from 'vite';
import { missingSpin, runSpin } from './spin.mjs';

/** Larger scenarios are left out, and named. */
const maxStates = 2_000_000;
/** From this many states on the optimiser of the C compiler pays. */
const large = 300_000;
/** Models of each design in a quick run. */
const quickModels = 3;

const quick = process.argv.includes('--quick') && !process.env['CI'];
const optional = process.argv.includes('--quick');

/** @param {import('./spinModels').SpinModel} model @returns {Promise<string[]>} what differs */
async function differences(model) {
  const found = await runSpin(model.text, model.states >= large);
  const ours = [...model.broken].sort().join(', ') || 'none';
  const theirs = [...new Set(found.broken)].sort().join(', ') || 'none';
  const transitions = model.transitions + 1 + found.watched + (model.text.includes('timeout ->') ? model.ends : 0);
  return [
    ...(found.states === model.states ? [] : [`${found.states} states in SPIN, ${model.states} here`]),
    ...(found.transitions === transitions ? [] : [`${found.transitions} transitions in SPIN, ${transitions} expected`]),
    ...(theirs === ours ? [] : [`broken in SPIN: ${theirs}; here: ${ours}`]),
  ];
}

/** Asks for one model what another should give: a comparison that could not fail would prove nothing. @param {readonly import('./spinModels').SpinModel[]} models */
async function expectDifference(models) {
  const [a] = models;
  const b = models.find((m) => m.states !== a?.states && m.transitions !== a?.transitions);
  if (!a || !b) throw new Error('there are no two models to tell apart');
  if ((await differences({ ...a, text: b.text })).length === 0) throw new Error(`${a.name} and ${b.name} pass for the same model`);
}

async function verify() {
  const missing = await missingSpin();
  if (missing !== undefined) {
    console.log(`spin: not run: ${missing}`);
    return optional ? 0 : 1;
  }
  /** @type {{ module: typeof import('./spinModels') }} */
  const { module } = await runnerImport(join(import.meta.dirname, 'spinModels.ts'), { configFile: false, logLevel: 'warn' });
  const { models: all, leftOut } = module.spinModels(maxStates, quick ? 6 : 40);
  for (const { name, why } of leftOut) console.log(`left out  ${name}: ${why}`);
  const bySize = all.toSorted((a, b) => a.text.length - b.text.length);
  const models = quick ? bySize.filter((m) => m.design === 'random' || bySize.filter((o) => o.design === m.design).indexOf(m) < quickModels) : bySize;
  await expectDifference(bySize);
  const waiting = [...models];
  let failed = 0;
  const worker = async () => {
    for (let model = waiting.pop(); model; model = waiting.pop()) {
      const started = performance.now();
      const differs = await differences(model);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const broken = model.broken.length === 0 ? 'holds' : `broken: ${model.broken.join(', ')}`;
      console.log(`${differs.length === 0 ? 'equal   ' : 'DIFFERS '}  ${model.name}: ${model.states} states, ${model.transitions} transitions, ${broken} (${seconds} s)`);
      for (const text of differs) console.log(`            ${text}`);
      failed += differs.length === 0 ? 0 : 1;
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
  const states = models.reduce((sum, m) => sum + m.states, 0);
  console.log(`spin: ${models.length - failed} of ${models.length}${quick ? ` (of ${all.length} in all)` : ''} models agree in states, transitions and verdicts; ${states} states`);
  return failed === 0 && models.length > 0 ? 0 : 1;
}

process.exitCode = await verify();
