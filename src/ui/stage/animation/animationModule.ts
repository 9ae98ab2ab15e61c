import type { AnimationModule } from './effect';
import { planEffects } from './planEffects';
import { measureTargets, playEffects } from './play';

/** What plans and plays the movements of a step. */
export const animationModule: AnimationModule = {
  planEffects,
  measureTargets: measureTargets,
  playEffects,
};
