/** Small marks in a 12 × 12 box; drawn, since the fonts of the page and of many hosts lack these characters. */
const SYMBOL_PATHS = {
  idle: 'M6 2.5a3.5 3.5 0 1 0 .01 0z',
  running: 'M3.5 2v8l6-4z',
  waiting: 'M8.5 2v8l-6-4z',
  done: 'M2.5 6.5 5 9l4.5-6',
  refused: 'M3 3l6 6M9 3 3 9',
  swap: 'M2 4h7M7 2l2 2-2 2M10 8H3M5 6 3 8l2 2',
} as const;

type SymbolName = keyof typeof SYMBOL_PATHS;

const FILLED: ReadonlySet<SymbolName> = new Set(['running', 'waiting']);

/** A symbol in the colour and size of the text around it. */
export function SymbolIcon({ symbol }: { readonly symbol: SymbolName }) {
  return (
    <svg
      viewBox="0 0 12 12"
      width="0.8em"
      height="0.8em"
      fill={FILLED.has(symbol) ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth={FILLED.has(symbol) ? 0 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      style={{ verticalAlign: '-0.12em' }}
    >
      <path d={SYMBOL_PATHS[symbol]} />
    </svg>
  );
}
