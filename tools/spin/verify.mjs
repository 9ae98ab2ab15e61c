// `npm run verify:spin`: SPIN and our own search over the same models, neither with any reduction, must agree exactly.
//
// SPIN's states are ours. Its transitions are ours, one more for the initial state, and one for each state in which no
// task can move: there the watching process of the model looks for deadlocks.
//
// `npm run verify:spin -- WORD ...` takes only the models whose name contains one of the words, such as `linux=7.0`.
// `--quick` (a stage of `npm test`) takes the smallest models of each design; without spin or gcc it says so and exits with
// NOT_RUN, which is neither a pass nor a failure.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runnerImport } from 'vite';
import { NOT_RUN } from '../test/cache.mjs';
import { missingSpin, runSpin } from './spin.mjs';

/** Larger scenarios are left out, and named. */
const maxStates = 2_000_000;
/** From this many states on the optimiser of the C compiler pays. */
const large = 300_000;
/** Models of each design in a quick run. */
const quickModels = 4;

const quick = process.argv.includes('--quick');
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));

/**
 * What SPIN finds in `text` and our search does not, or the other way round.
 * @param {string} text
 * @param {NonNullable<ReturnType<import('./models').SpinModel['search']>>} ours
 */
async function differences(text, ours) {
  const found = await runSpin(text, ours.states >= large);
  const transitions = ours.transitions + 1 + (text.includes('timeout ->') ? ours.ends : 0);
  const list = (/** @type {readonly string[]} */ ids) => ids.toSorted().join(', ') || 'none';
  return [
    ...(found.states === ours.states
      ? []
      : [`${found.states} states in SPIN, ${ours.states} here`]),
    ...(found.transitions === transitions
      ? []
      : [`${found.transitions} transitions in SPIN, ${transitions} expected`]),
    ...(list(found.broken) === list(ours.broken)
      ? []
      : [`broken in SPIN: ${list(found.broken)}; here: ${list(ours.broken)}`]),
  ];
}

/** Asks for one model what another should give: a comparison that could not fail would prove nothing. @param {readonly import('./models').SpinModel[]} models */
async function expectDifference([a, b]) {
  const ours = a?.search(maxStates);
  if (!a || !ours || !b) throw new Error('there are no two models to tell apart');
  if ((await differences(b.text, ours)).length === 0)
    throw new Error(`${a.name} and ${b.name} pass for the same model`);
}

/** @param {import('./models').SpinModel} model @returns {Promise<'equal' | 'differs' | 'left out'>} */
async function verifyModel(model) {
  const started = performance.now();
  const ours = model.search(maxStates);
  if (!ours) {
    console.log(`left out  ${model.name}: more than ${maxStates.toLocaleString('en-US')} states`);
    return 'left out';
  }
  // One model that SPIN cannot take must not hide what it says of the others.
  const differs = await differences(model.text, ours).catch((/** @type {unknown} */ error) => [
    String(error),
  ]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const broken = ours.broken.length === 0 ? 'holds' : `broken: ${ours.broken.join(', ')}`;
  console.log(
    `${differs.length === 0 ? 'equal   ' : 'DIFFERS '}  ${model.name}: ${ours.states} states, ${ours.transitions} transitions, ${broken} (${seconds} s)`,
  );
  for (const text of differs) console.log(`            ${text}`);
  return differs.length === 0 ? 'equal' : 'differs';
}

async function verify() {
  const missing = await missingSpin();
  if (missing !== undefined) {
    console.log(`spin: not run: ${missing}`);
    return quick ? NOT_RUN : 1;
  }
  /** @type {{ module: typeof import('./models') }} */
  const { module } = await runnerImport(join(import.meta.dirname, 'models.ts'), {
    configFile: false,
    logLevel: 'warn',
  });
  const all = module.spinModels(quick ? 4 : 40).toSorted((a, b) => a.text.length - b.text.length);
  const models = quick
    ? all.filter(
        (m) =>
          m.design === 'random' ||
          all.filter((o) => o.design === m.design).indexOf(m) < quickModels,
      )
    : all.filter((m) => words.length === 0 || words.some((word) => m.name.includes(word)));
  await expectDifference(models);
  const waiting = [...models];
  const count = { equal: 0, differs: 0, 'left out': 0 };
  const worker = async () => {
    for (let model = waiting.pop(); model; model = waiting.pop()) count[await verifyModel(model)]++;
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
  const some = quick ? `, the smallest of ${all.length}` : '';
  console.log(
    `spin: ${count.equal} of ${models.length} models${some}, agree in states, transitions and verdicts; ${count.differs} differ, ${count['left out']} left out`,
  );
  return count.differs === 0 && count.equal > 0 ? 0 : 1;
}

process.exitCode = await verify();
