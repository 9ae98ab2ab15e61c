/** In a 12 px box: two bars for parked, a check mark for normal. */
export const ACCESS_ICON_PATHS = {
  parked: 'M4 2.6v6.8M8 2.6v6.8',
  normal: 'm2 6.4 2.8 2.8L10 3.4',
} as const;
