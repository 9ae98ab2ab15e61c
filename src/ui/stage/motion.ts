import type { Motion } from './effect';
import { planEffects } from './plan';
import { measure, playEffects } from './playEffects';

/** What plans and plays the movements of a step. */
export const motion: Motion = { planEffects, measure, playEffects };
