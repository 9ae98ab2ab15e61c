/** @typedef {import('vite').HtmlTagDescriptor} Tag */

/**
 * Adds tags to pages, by their file names.
 * @param {Readonly<Record<string, Tag[]>>} tags
 * @returns {import('vite').Plugin}
 */
export function pageTags(tags) {
  return {
    name: 'page-tags',
    // After the tags that Vite itself adds.
    transformIndexHtml: { order: 'post', handler: (_html, { path }) => tags[path.slice(1)] },
  };
}

/** @param {string} src @returns {Tag} */
export function moduleScript(src) {
  return { tag: 'script', attrs: { type: 'module', src }, injectTo: 'body' };
}
