import type { Motion } from './effect';
import { planEffects } from './plan';
import { playEffects } from './playEffects';

/** What plans and plays the movements of a step. */
export const motion: Motion = { planEffects, playEffects };
