/** Fractions of the duration of a `swap` or `access` effect: the f_op edge has left the old fops, starts towards the new ones, has arrived. */
export const DETACHED_AT = 0.36;
export const ATTACH_FROM = 0.48;
export const ATTACHED_AT = 0.9;
