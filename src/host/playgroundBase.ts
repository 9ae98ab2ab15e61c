/** The address of a playground with the slash of a folder, or what is wrong with it. */
export type PlaygroundBase =
  { readonly ok: true; readonly base: string } | { readonly ok: false; readonly message: string };

const PROTOCOLS = ['http', 'https', 'file'];

/**
 * Parses the address of a playground: its folder, with or without the slash, or a page in it (`…/vfio-playground.html`).
 * Relative addresses are kept. Query and hash are dropped. Another protocol than http, https or file is refused: a link to
 * `javascript:` would run code.
 */
export function parsePlaygroundBase(text: string): PlaygroundBase {
  // As in a URL parser: leading spaces and control characters, and tabs and line breaks anywhere, do not count.
  const address = text.replaceAll(/[\t\n\r]|^[\0-\x20]+|[\0-\x20]+$/g, '').replace(/[?#].*$/s, '');
  const protocol = /^([a-z][a-z\d+.-]*):/i.exec(address)?.[1]?.toLowerCase();
  if (protocol !== undefined && !PROTOCOLS.includes(protocol))
    return {
      ok: false,
      message: `expected an address with ${PROTOCOLS.join(', ')} or no protocol, got ${JSON.stringify(text.slice(0, 60))}`,
    };
  const path = address.replace(/^[a-z]+:\/\/[^/]*/i, '');
  const isPage = /\/?[^/]*\.html?$/i.test(path);
  return {
    ok: true,
    base: isPage || address === '' || address.endsWith('/') ? address : `${address}/`,
  };
}
