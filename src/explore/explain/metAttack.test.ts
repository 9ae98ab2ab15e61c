import { describe, expect, it } from 'vitest';
import { initialState, nextStep, step } from '../../kernel/machine/machine';
import { libraryEntry } from '../../scenario/library/library';
import { compileRequest } from '../checkRequest';
import { madeCalls, metAttack } from './metAttack';

const program = compileRequest({ scenario: libraryEntry('bind-race')!.scenario });
const [first, second] = program.tasks.map(({ name }) => name);
/** Both tasks open the device and an iommufd; the first binds, and the second is inside its bind. */
const calls = madeCalls(program, [`${first}*${stepsUntilIo()}`, `${second}*12`]);

/** The steps of the first task before its first access of the device. */
function stepsUntilIo(): number {
  const state = initialState(program);
  const io = program.calls.findIndex(({ call }) => call.call === 'device_io');
  for (let steps = 0; ; steps += 1) {
    if (nextStep(program, state, 0)?.call === io) return steps;
    step(program, state, 0);
  }
}

/** All calls succeed but these. */
const outcome = (results: Readonly<Record<string, string>>) => ({
  calls: program.calls.map(({ call: { by, call } }) => ({
    by,
    call,
    result: results[`${by} ${call}`] ?? 'ok',
  })),
});

describe('the attack of a counterexample in another design', () => {
  it('makes the calls that the counterexample has begun', () => {
    expect(calls.map(({ by, call, succeeds }) => `${by} ${call} ${succeeds}`)).toEqual([
      `${first} open_cdev true`,
      `${second} open_cdev true`,
      `${first} open_iommufd true`,
      `${second} open_iommufd true`,
      `${first} bind_iommufd true`,
      `${second} bind_iommufd false`,
    ]);
  });

  it('is met if each call succeeds in some interleaving', () => {
    const outcomes = [
      outcome({ [`${first} bind_iommufd`]: '-EINVAL' }),
      outcome({ [`${second} bind_iommufd`]: '-EINVAL' }),
    ];
    expect(metAttack(calls, outcomes)).toEqual({ isMet: true });
  });

  it('names the last call of a task if that never succeeds', () => {
    const bind = `${first} bind_iommufd`;
    expect(
      metAttack(calls, [outcome({ [bind]: '-EBUSY' }), outcome({ [bind]: 'blocked' })]),
    ).toEqual({
      isMet: true,
      difference: `There, bind_iommufd of ${first} always fails with -EBUSY or blocks.`,
    });
  });

  it('is not met if a call is never made, or an earlier one never succeeds', () => {
    expect(metAttack(calls, [outcome({ [`${second} bind_iommufd`]: 'skipped' })]).isMet).toBe(
      false,
    );
    expect(metAttack(calls, [outcome({ [`${first} open_cdev`]: '-EBUSY' })]).isMet).toBe(false);
    expect(metAttack(calls, [{ calls: outcome({}).calls.slice(0, 4) }]).isMet).toBe(false);
  });
});
