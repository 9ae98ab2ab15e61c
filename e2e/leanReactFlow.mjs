import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './cache.mjs';

/** What is trimmed is known of this version only; another one is looked through anew. */
const VERSION = '12.12.1';

const nothing = 'return null;';
const noop = '';

/**
 * Bodies for functions of React Flow that the stage never comes to: nothing on it is dragged, connected, selected or deleted, no node
 * has a parent, every node is of a kind of its own and has the size that it says, the stage draws its edges itself, and the view is set by the camera. A name that is missing stops the build.
 * @type {Record<string, Record<string, string>>}
 */
const BODIES = {
  react: {
    A11yDescriptions: nothing,
    Attribution: nothing,
    BatchProvider: 'return children;',
    ConnectionLineWrapper: nothing,
    EdgeRendererComponent: nothing,
    MarkerDefinitions: nothing,
    NodesSelection: nothing,
    SelectionListener: nothing,
    UserSelection: nothing,
    Pane: `const dragging = useStore(state => state.paneDragging);
      const draggable = panOnDrag === true || (Array.isArray(panOnDrag) && panOnDrag.includes(0));
      return jsx('div', { className: cc(['react-flow__pane', { draggable, dragging, selection: isSelecting }]), style: containerStyle, children });`,
    applyEdgeChanges: 'return edges;',
    applyNodeChanges: 'return nodes;',
    handleNodeClick: noop,
    useDrag: 'return false;',
    useGlobalKeyHandler: noop,
    useMoveSelectedNodes: noop,
    useNodeObserver: 'return useRef(null);',
    useOnInitHandler: noop,
    useResizeObserver: nothing,
    useReactFlow: `const view = useViewportHelper();
      const viewportInitialized = useStore(selector$j);
      return useMemo(() => ({ ...view, viewportInitialized }), [viewportInitialized]);`,
    useViewportSync: noop,
  },
  system: {
    fitViewport: 'return false;',
    handleExpandParent: 'return [];',
    updateChildNode: noop,
    updateConnectionLookup: noop,
    updateNodeInternals: 'return { changes: [], updatedInternals: false };',
  },
};

/**
 * Functions within those of React Flow that nobody calls, for the same reasons, by the function that they are in.
 * @type {Record<string, readonly string[]>}
 */
const UNCALLED = {
  createStore: [
    'addSelectedEdges',
    'addSelectedNodes',
    'panBy',
    'resetSelectedElements',
    'resolveFitView',
    'setCenter',
    'setNodeExtent',
    'triggerEdgeChanges',
    'triggerNodeChanges',
    'unselectNodesAndEdges',
    'updateConnection',
    'updateNodeInternals',
    'updateNodePositions',
  ],
  NodeWrapper: ['onFocus', 'onKeyDown', 'onSelectNodeHandler'],
};

/**
 * Values for constants, for the same reasons.
 * @type {Record<string, Record<string, string>>}
 */
const VALUES = {
  react: {
    builtinEdgeTypes: '{}',
    builtinNodeTypes: '{}',
    useViewportHelper: `() => {
      const store = useStoreApi();
      return useMemo(() => ({
        setViewport: async (view, options) => {
          const { panZoom } = store.getState();
          await panZoom?.setViewport(view, options);
          return panZoom !== null;
        },
      }), []);
    }`,
  },
  system: {
    defaultAriaLabelConfig: '{}',
    getViewportForBounds: '() => ({ x: 0, y: 0, zoom: 1 })',
    errorMessages: `Object.fromEntries(Array.from({ length: 16 }, (_none, i) => {
      const code = 'error' + String(i).padStart(3, '0');
      return [code, () => 'React Flow, ' + code];
    }))`,
  },
};

/** Props that would do nothing. */
const TRIMMED =
  /^\s*(onInit|fitView|viewport|onConnect\w*|onNodesChange|onEdgesChange|onNodeClick|onNodeDrag\w*|onPane\w+|onReconnect\w*|onSelection\w+|connectionLine\w+)\b[ =]?/m;

/** What pan and zoom do with a selection of d3-selection. The rest builds documents, which React does here. */
const SELECTING = new Set([
  'call',
  'constructor',
  'datum',
  'each',
  'filter',
  'node',
  'on',
  'property',
  'selection',
  'style',
]);

/** Kinds of d3-selection and d3-drag that nobody makes. */
const UNMADE = new Set(['DragEvent', 'EnterNode', 'Local']);

/** Of d3-transition, pan and zoom need so little that the colours, paths and clocks that it brings are left out. */
const TRANSITION = '\0d3-transition';
const transition = `import { selection } from 'd3-selection';
import { interrupt, viewMove } from ${JSON.stringify(join(root, 'src/ui/stage/viewMove.ts'))};
selection.prototype.interrupt = function () { return this.each(function () { interrupt(this); }); };
selection.prototype.transition = function () { return viewMove(this); };
export { interrupt };`;

/** Its store, made of the one that the page has and of what React does by itself now: every selector that makes an object brings its own equality. */
const STORE = '\0react-flow-store';
const store = `import { useRef, useSyncExternalStore } from 'react';
import { createStore } from ${JSON.stringify(join(root, 'node_modules/zustand/esm/vanilla.mjs'))};
export function useStoreWithEqualityFn(api, selector, isEqual = Object.is) {
  const last = useRef(undefined);
  const select = () => {
    const next = selector(api.getState());
    return last.current !== undefined && isEqual(last.current, next) ? last.current : last.current = next;
  };
  return useSyncExternalStore(api.subscribe, select);
}
export const createWithEqualityFn = createStore;`;

/** Modules that are written anew. @type {Readonly<Record<string, { readonly id: string, readonly code: string }>>} */
const ANEW = {
  'd3-transition': { id: TRANSITION, code: transition },
  'zustand/traditional': { id: STORE, code: store },
};

/** React Flow without what the stage does not use. @returns {import('vite').Plugin} */
export function leanReactFlow() {
  return {
    name: 'lean-react-flow',
    apply: 'build',
    enforce: 'pre',
    buildStart() {
      const { version } = JSON.parse(
        readFileSync(join(root, 'node_modules/@xyflow/react/package.json'), 'utf8'),
      );
      if (version !== VERSION)
        throw new Error(`React Flow ${version} is not the ${VERSION} that leanReactFlow.mjs knows`);
    },
    resolveId: (id) => ANEW[id]?.id,
    load(id) {
      const anew = Object.values(ANEW).find((each) => each.id === id);
      return anew && { code: anew.code, moduleSideEffects: id === TRANSITION };
    },
    transform(code, id) {
      const asked = id.endsWith('/src/ui/stage/Stage.tsx') ? TRIMMED.exec(code)?.[1] : undefined;
      if (asked !== undefined)
        throw new Error(`${asked} of React Flow is trimmed in e2e/leanReactFlow.mjs`);
      const part =
        /\/node_modules\/(?:@xyflow\/(react|system)\/dist\/esm\/index\.js|d3-(drag|interpolate|selection)\/dist\/d3-\w+\.mjs)$/.exec(
          id,
        );
      if (!part) return undefined;
      const name = part[1] ?? part[2] ?? '';
      // Names that are written onto parts keep them.
      const trimmed = replace(code, this.parse(code).body, name).replaceAll(
        /^\w+\.displayName = '\w+';$/gm,
        '',
      );
      return { code: name === 'system' ? withoutLinear(trimmed) : trimmed, map: null };
    },
  };
}

/** The view always moves along the curve that d3-zoom uses by itself, so what interpolates everything else is left out. @param {string} code */
function withoutLinear(code) {
  const parts = code
    .replace('import { interpolateZoom, interpolate } from', 'import { interpolateZoom } from')
    .split("options?.interpolate === 'linear' ? interpolate : interpolateZoom");
  if (parts.length !== 4)
    throw new Error(`React Flow interpolates in ${parts.length - 1} places, not in 3`);
  return parts.join('interpolateZoom');
}

/** @typedef {{ start: number, end: number, by: string }} Change */

/** @param {string} code @param {readonly any[]} statements of the module @param {string} name of the module */
function replace(code, statements, name) {
  const [bodies, values] = [
    new Map(Object.entries(BODIES[name] ?? {})),
    new Map(Object.entries(VALUES[name] ?? {})),
  ];
  /** @type {Change[]} */
  const changes = [];
  /** @param {Map<string, string>} from @param {string} of @param {{ start: number, end: number }} at @param {(by: string) => string} [as] */
  const put = (from, of, { start, end }, as = (by) => by) => {
    const by = from.get(of);
    if (by !== undefined) changes.push({ start, end, by: as(by) });
    from.delete(of);
  };
  for (const statement of statements) {
    if (statement.type === 'FunctionDeclaration') {
      put(bodies, statement.id.name, statement.body, inBraces);
      changes.push(...withoutUncalled(statement.id.name, statement.body));
    }
    if (statement.type === 'ExpressionStatement') changes.push(...leanPrototype(code, statement));
    for (const { id, init } of statement.declarations ?? []) {
      if (init?.body?.type === 'BlockStatement') put(bodies, id.name, init.body, inBraces);
      if (init) {
        put(values, id.name, init);
        changes.push(...withoutUncalled(id.name, init));
      }
      // What a module makes when it is loaded is dropped where nobody uses it.
      for (let call = init; call?.type === 'CallExpression'; [call] = call.arguments)
        changes.push({ start: call.start, end: call.start, by: '/* @__PURE__ */ ' });
    }
  }
  const missing = [...bodies.keys(), ...values.keys()];
  if (missing.length > 0) throw new Error(`React Flow has no ${missing.join(', ')}`);
  return changes
    .toSorted((a, b) => b.start - a.start)
    .reduce((text, { start, end, by }) => text.slice(0, start) + by + text.slice(end), code);
}

/** @param {string} name of a function of the module @param {any} within it @returns {Change[]} */
function withoutUncalled(name, within) {
  const uncalled = new Set(UNCALLED[name]);
  if (uncalled.size === 0) return [];
  /** @type {Change[]} */
  const changes = [];
  /** @param {any} part */
  const look = (part) => {
    if (typeof part !== 'object' || part === null) return;
    const called = part.key?.name ?? part.id?.name;
    const body = (part.value ?? part.init ?? part).body;
    if (typeof called === 'string' && body?.type === 'BlockStatement' && uncalled.delete(called))
      changes.push({ start: body.start, end: body.end, by: '{}' });
    else Object.values(part).forEach(look);
  };
  look(within);
  if (uncalled.size > 0)
    throw new Error(`${name} of React Flow has no ${[...uncalled].join(', ')}`);
  return changes;
}

/** @param {string} body */
function inBraces(body) {
  return `{${body}}`;
}

/** Of `Kind.prototype = …` only the methods in use stay, or nothing. @param {string} code @param {any} statement @returns {Change[]} */
function leanPrototype(code, { expression: { type, left, right }, start, end }) {
  if (type !== 'AssignmentExpression') return [];
  const kind = left.object?.object?.name ?? left.object?.name;
  if (UNMADE.has(kind)) return [{ start, end, by: '' }];
  if (kind !== 'Selection') return [];
  const all = right.right;
  const methods = all.properties.filter((/** @type {any} */ { key }) => SELECTING.has(key.name));
  if (methods.length !== SELECTING.size)
    throw new Error('d3-selection has not all that pan and zoom need');
  return [
    {
      start: all.start,
      end: all.end,
      by: inBraces(
        methods.map((/** @type {any} */ method) => code.slice(method.start, method.end)).join(', '),
      ),
    },
  ];
}
