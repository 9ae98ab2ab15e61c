/** What every design is called, in the order of menus and tables: what a menu needs before the designs themselves are loaded. */
export const DESIGN_NAMES = {
  rfcOpened: { id: 'rfc-opened', title: 'The RFC as posted' },
  parkedShim: { id: 'parked-shim', title: 'Parked fops, type1 as a shim' },
  parkedSplit: { id: 'parked-split', title: 'Parked fops, type1 kept separate' },
  upstream: { id: 'upstream', title: 'Linux v6.6' },
} as const;
