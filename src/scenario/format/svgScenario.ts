import { MAX_SCENARIO_CHARACTERS } from './parseScenario';

/** XML namespace of the `scenario` element in the metadata of an exported SVG. */
const SCENARIO_NAMESPACE = 'urn:vfio-playground:scenario@1';

/** The SVG `metadata` element that holds the text of a scenario file. */
export function makeSvgScenario(file: string): string {
  return `<metadata><scenario xmlns="${SCENARIO_NAMESPACE}">${file.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</scenario></metadata>`;
}

const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** The scenario file text in an exported SVG; undefined for any other text. Never throws. */
export function scenarioInSvg(text: string): string | undefined {
  if (!/^\s*<(\?xml|svg)/.test(text.slice(0, 200))) return undefined;
  const start = text.indexOf(`<scenario xmlns="${SCENARIO_NAMESPACE}">`);
  const end = text.indexOf('</scenario>', start);
  if (start < 0 || end < 0) return undefined;
  const escaped = text.slice(text.indexOf('>', start) + 1, end);
  // An entity is at most six characters long.
  if (escaped.length > MAX_SCENARIO_CHARACTERS * 6) return undefined;
  return escaped.replaceAll(
    /&(?:#(\d{1,7})|#x([\dA-Fa-f]{1,6})|(\w{2,4}));/g,
    (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
      if (name !== undefined)
        return Object.hasOwn(NAMED_ENTITIES, name) ? (NAMED_ENTITIES[name] ?? whole) : whole;
      const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
