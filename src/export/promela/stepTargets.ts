import type { Program, Step } from '../../kernel/compiler/program';
import type { Statement } from '../../kernel/language/statements';
import { foldConstants } from '../foldConstants';

/** The pcs to which a step can lead. */
export function stepTargets(program: Program, step: Step): readonly number[] {
  const targets = new Set<number>();
  if (collectJumps(program, step.body, targets)) targets.add(step.pc + 1);
  return [...targets];
}

/** Adds the targets of the jumps. Returns whether the end of the body can be reached. */
function collectJumps(program: Program, body: readonly Statement[], targets: Set<number>): boolean {
  for (const s of body) {
    if (s.op === 'jump') {
      targets.add(s.pc);
      return false;
    }
    if (s.op !== 'if') continue;
    const cond = foldConstants(program, s.cond);
    const then =
      (cond.op !== 'const' || cond.value !== 0) && collectJumps(program, s.then, targets);
    const otherwise =
      (cond.op !== 'const' || cond.value === 0) && collectJumps(program, s.otherwise, targets);
    if (!then && !otherwise) return false;
  }
  return true;
}
