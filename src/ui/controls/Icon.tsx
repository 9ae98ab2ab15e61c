const FILLED_PATHS = {
  play: 'M5 3.2v9.6L12.8 8z',
  pause: 'M4.5 3h2.4v10H4.5zM9.1 3h2.4v10H9.1z',
  forward: 'M4 3.2v9.6L10.2 8zM11 3h1.6v10H11z',
  back: 'M12 3.2v9.6L5.8 8zM3.4 3H5v10H3.4z',
  start: 'M13 3.2v9.6L8.2 8zM7.8 3.2v9.6L3 8zM1.6 3H3v10H1.6z',
  end: 'M3 3.2v9.6L7.8 8zM8.2 3.2v9.6L13 8zM13 3h1.4v10H13z',
} as const;

const STROKED_PATHS = {
  undo: 'M6.2 3 3 6.2l3.2 3.2M3.4 6.2h5.8a3.6 3.6 0 0 1 0 7.2H6.4',
  redo: 'M9.8 3 13 6.2 9.8 9.4M12.6 6.2H6.8a3.6 3.6 0 0 0 0 7.2h2.8',
  reset: 'M3 8a5 5 0 1 0 1.6-3.7M3 2.6v3h3',
  menu: 'M2.4 4.4h11.2M2.4 8h11.2M2.4 11.6h11.2',
  plus: 'M8 3.2v9.6M3.2 8h9.6',
  chevron: 'm4.5 6.5 3.5 3.5 3.5-3.5',
  up: 'm4.5 9.5 3.5-3.5 3.5 3.5',
  left: 'm9.5 4.5-3.5 3.5 3.5 3.5',
  right: 'm6.5 4.5 3.5 3.5-3.5 3.5',
  check: 'm3.5 8.5 3 3 6-7',
  close: 'm4 4 8 8M12 4l-8 8',
  warning: 'M8 2.4 14.2 13H1.8zM8 6.4v3M8 11v.2',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.4v1.4M8 13.2v1.4M1.4 8h1.4M13.2 8h1.4M3.3 3.3l1 1M11.7 11.7l1 1M12.7 3.3l-1 1M4.3 11.7l-1 1',
  moon: 'M13 9.6A5.4 5.4 0 0 1 6.4 3a5.4 5.4 0 1 0 6.6 6.6z',
  system: 'M8 2.2a5.8 5.8 0 1 0 0 11.6 5.8 5.8 0 0 0 0-11.6zM8 2.2v11.6M10.2 3v10M12 4.6v6.8',
  help: 'M5.8 6a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M8 12v.2',
  open: 'M2.2 12.6V3.8h4l1.4 1.6h6.2v7.2z',
  save: 'M8 2.6v7M5 7l3 3 3-3M2.8 12.8h10.4',
  sliders: 'M2.4 4.8h6M11.6 4.8h2M2.4 11.2h2M7.6 11.2h6M10 3.2v3.2M6 9.6v3.2',
  foot: 'M3 8h8M8 4.5 11.5 8 8 11.5M13.4 4v8',
  branch: 'M4.5 3v10M4.5 9.5c0-2.6 7-1.6 7-5M11.5 3.2v1.2M4.5 13v.2',
  search: 'M7 2.6a4.4 4.4 0 1 0 0 8.8 4.4 4.4 0 0 0 0-8.8zM10.4 10.4l3.2 3.2',
  share: 'M8 9.6V2.4M5.2 5 8 2.2 10.8 5M4.4 7.4H3v6.2h10V7.4h-1.4',
  shield: 'M8 1.9l5 1.9v3.8c0 3.2-2.1 5.4-5 6.5-2.9-1.1-5-3.3-5-6.5V3.8z',
  columns: 'M2.4 3h11.2v10H2.4zM6.1 3v10M9.9 3v10',
  screen: 'M2 3h12v8H2zM8 11v2.4M5 13.6h6',
  question: 'M2.6 3.2h10.8v7.4H7.6L4.8 13v-2.4H2.6zM6.6 5.6a1.5 1.5 0 1 1 2 1.4c-.4.2-.6.4-.6.8',
  flag: 'M4 14V2.6h8l-1.6 2.8L12 8.2H4',
  lanes: 'M2.4 4h6M6 8h7.6M2.4 12h4.4',
  table: 'M2.4 3h11.2v10H2.4zM2.4 6.3h11.2M2.4 9.7h11.2',
  lock: 'M4 7.4h8v6H4zM5.6 7.4V5.2a2.4 2.4 0 0 1 4.8 0v2.2',
} as const;

export type IconName = keyof typeof FILLED_PATHS | keyof typeof STROKED_PATHS;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  const filled = name in FILLED_PATHS;
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill={filled ? 'currentColor' : 'none'}
      stroke={filled ? 'none' : 'currentColor'}
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={{ ...FILLED_PATHS, ...STROKED_PATHS }[name]} />
    </svg>
  );
}
