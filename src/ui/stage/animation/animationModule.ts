import type { AnimationModule } from './effect';
import { measureTargets } from './measureTargets';
import { planEffects } from './planEffects';
import { playEffects } from './play';

/** Everything that loads lazily for animation, as one chunk. */
export const animationModule: AnimationModule = { planEffects, measureTargets, playEffects };
