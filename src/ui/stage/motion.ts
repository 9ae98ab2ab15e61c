import type { AnimationModule } from './effect';
import { planEffects } from './plan';
import { measureTargets, playEffects } from './playEffects';

/** What plans and plays the movements of a step. */
export const animationModule: AnimationModule = {
  planEffects,
  measureTargets: measureTargets,
  playEffects,
};
