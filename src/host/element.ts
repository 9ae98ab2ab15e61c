import { parsePlaygroundBase } from './playgroundBase';
import { connect, type PlaygroundClient } from './client';
import type { EMBED_PARAMETERS } from './parameters';
import type { PlaygroundState, Theme, ViolationReport } from './protocol';

/** Tag name of the element. */
export const TAG = 'vfio-playground';

/** Attributes that become query parameters of the frame unchanged. */
const FORWARDED_ATTRIBUTES = [
  'design',
  'option',
  'view',
  'theme',
  'step',
  'play',
  'speed',
  'ro',
] as const satisfies readonly ('design' | 'option' | keyof typeof EMBED_PARAMETERS)[];
const OBSERVED_ATTRIBUTES = [
  'scenario',
  'base',
  'theme',
  ...FORWARDED_ATTRIBUTES.filter((name) => name !== 'theme'),
] as const;
const MIN_HEIGHT = 160;
const MAX_HEIGHT = 2000;
const INITIAL_HEIGHT = 480;

const STYLE = `
:host { display: block; position: relative; max-width: 100%; }
:host([hidden]) { display: none; }
iframe { display: block; width: 100%; border: 0; color-scheme: normal; }
iframe:not(.live) { position: absolute; inset: 0; visibility: hidden; }
.live ~ slot { display: none; }
button {
  display: block; margin: 0 0 10px; padding: 8px 18px; border: 0; border-radius: 8px;
  font: 600 14px/1.4 system-ui, sans-serif; cursor: pointer;
  color: light-dark(#ffffff, #12151b); background: light-dark(#2553c7, #8fb2ff);
}
button:hover { filter: brightness(1.1); }
button:focus-visible { outline: 2px solid light-dark(#2553c7, #8fb2ff); outline-offset: 2px; }
@media print { iframe, button { display: none; } .live ~ slot { display: contents; } }
`;

/** The attributes of the element; all values are strings, as in HTML. */
export interface PlaygroundAttributes {
  /** Id of a built-in scenario, or a permalink (`#v1.…`, or a URL with that hash). Default: the first built-in scenario. */
  readonly scenario?: string;
  /** Id of the design that runs the built-in scenario. Default: the first design of the scenario. */
  readonly design?: string;
  /** Options of the design, `KEY=VALUE,…`. Default: those of the scenario. */
  readonly option?: string;
  /** URL of the folder that holds the playground. Default: the folder of the script; required if the element is imported as a module. */
  readonly base?: string;
  /** The graph of kernel objects (default), the timeline of the tasks, both, all designs side by side, or the verdicts of all designs. */
  readonly view?: 'graph' | 'timeline' | 'both' | 'compare' | 'verdicts';
  /** Colour theme; `auto` (default) follows the setting of the reader. A change does not reload the frame. */
  readonly theme?: Theme;
  /** Initial step, 0 to 100,000. Default: the step of the link, else 0. */
  readonly step?: string;
  /** `1` or no value: starts to play when it opens. */
  readonly play?: string;
  /** Playback speed in steps per second, 0.1 to 60. Default 2. */
  readonly speed?: string;
  /** `1` or no value: read-only. The reader can step, seek and check, but not run calls. */
  readonly ro?: string;
  /** When it opens: at once, when it scrolls near the viewport (default), or when the reader presses a button. The content of the element shows until then. */
  readonly load?: 'eager' | 'lazy' | 'click';
  /** Fixed height in px. Default: the height of the content. */
  readonly height?: string;
  /** If present, the frame has no origin, so it cannot reach data of its site. */
  readonly sandbox?: string;
  /** Accessible name of the frame and of the button of `load="click"`. */
  readonly title?: string;
}

/** The events that the element dispatches. */
export interface PlaygroundElementEvents {
  /** `client` is connected. */
  readonly ready: CustomEvent<null>;
  /** The state on screen has changed; at most ten times a second. */
  readonly statechanged: CustomEvent<PlaygroundState>;
  /** A step violates a property. */
  readonly violation: CustomEvent<ViolationReport>;
  /** The reader left the frame with Escape; the element now has the focus. */
  readonly focusexit: CustomEvent<null>;
  /** The playground did not open; the content of the element stays visible. */
  readonly failed: CustomEvent<unknown>;
}

/** An HTML element with typed listeners for the events of the playground. */
interface ElementWithEvents extends HTMLElement {
  addEventListener<Name extends keyof PlaygroundElementEvents>(
    type: Name,
    listener: (this: this, event: PlaygroundElementEvents[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Name extends keyof HTMLElementEventMap>(
    type: Name,
    listener: (this: this, event: HTMLElementEventMap[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'vfio-playground': PlaygroundElement;
  }
}

// On a server there is no HTMLElement; the module must still load there.
const BaseElement = (typeof HTMLElement === 'undefined'
  ? Object
  : HTMLElement) as unknown as new () => ElementWithEvents;

/**
 * `<vfio-playground scenario="bind-race">text for print and for pages without scripts</vfio-playground>`: a playground in a frame
 * that is as high as its content. Attributes: `PlaygroundAttributes`; events: `PlaygroundElementEvents`.
 */
export class PlaygroundElement extends BaseElement {
  static readonly observedAttributes: readonly string[] = OBSERVED_ATTRIBUTES;
  /** URL of the folder that holds the playground, for elements without `base`. */
  static folder: string | undefined;

  private frame: HTMLIFrameElement | undefined;
  private observer: IntersectionObserver | undefined;
  private button: HTMLButtonElement | undefined;
  private connectedClient: PlaygroundClient | undefined;

  /** The connection to the playground; undefined before the `ready` event. */
  get client(): PlaygroundClient | undefined {
    return this.connectedClient;
  }

  connectedCallback(): void {
    this.ensureShadowRoot();
    const load = this.getAttribute('load') ?? 'lazy';
    if (load === 'eager') this.createFrame();
    else if (load === 'click') this.showOpenButton();
    else {
      this.observer = new IntersectionObserver(
        (entries) => {
          if (entries.some((entry) => entry.isIntersecting)) this.createFrame();
        },
        { rootMargin: '300px' },
      );
      this.observer.observe(this);
    }
  }

  disconnectedCallback(): void {
    this.removeFrame();
    this.button?.remove();
    this.button = undefined;
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.frame || before === now) return;
    if (name === 'theme' && this.connectedClient)
      void this.connectedClient
        .setTheme(parseTheme(now))
        .catch((error: unknown) => this.fail(error));
    else {
      this.removeFrame();
      this.createFrame();
    }
  }

  private ensureShadowRoot(): ShadowRoot {
    if (this.shadowRoot) return this.shadowRoot;
    const root = this.attachShadow({ mode: 'open' });
    // A content security policy may forbid <style>, but not a constructed style sheet.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    root.append(document.createElement('slot'));
    return root;
  }

  private showOpenButton(): void {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Open the playground';
    if (this.title !== '') button.setAttribute('aria-label', `Open the playground: ${this.title}`);
    button.addEventListener('click', () => this.createFrame());
    this.button = button;
    this.ensureShadowRoot().prepend(button);
  }

  private removeFrame(): void {
    this.observer?.disconnect();
    this.connectedClient?.close();
    this.frame?.remove();
    this.observer = this.connectedClient = this.frame = undefined;
  }

  private createFrame(): void {
    if (this.frame) return;
    this.observer?.disconnect();
    const url = this.frameUrl();
    if (url instanceof Error) return this.fail(url);
    this.button?.remove();
    const frame = document.createElement('iframe');
    frame.title = this.title || 'VFIO playground';
    if (this.hasAttribute('sandbox'))
      frame.setAttribute('sandbox', 'allow-scripts allow-popups allow-popups-to-escape-sandbox');
    frame.style.height = `${this.requestedHeight() ?? INITIAL_HEIGHT}px`;
    frame.src = url;
    this.frame = frame;
    this.ensureShadowRoot().prepend(frame);
    connect(frame)
      .then((client) => (this.frame === frame ? this.attachClient(frame, client) : client.close()))
      .catch((error: unknown) => {
        if (this.frame === frame) this.fail(error);
      });
  }

  private attachClient(frame: HTMLIFrameElement, client: PlaygroundClient): void {
    this.connectedClient = client;
    frame.classList.add('live');
    client.on('resize', (height) => {
      if (this.requestedHeight() === undefined)
        frame.style.height = `${Math.max(MIN_HEIGHT, Math.min(MAX_HEIGHT, Math.ceil(height)))}px`;
    });
    client.on('stateChanged', (detail) =>
      this.dispatchEvent(new CustomEvent('statechanged', { detail })),
    );
    client.on('violation', (detail) =>
      this.dispatchEvent(new CustomEvent('violation', { detail })),
    );
    client.on('focusExit', () => {
      this.tabIndex = -1;
      this.focus({ preventScroll: true });
      this.dispatchEvent(new CustomEvent('focusexit'));
    });
    this.dispatchEvent(new CustomEvent('ready'));
  }

  /** Removes the frame, so that the content of the element shows, and reports the error. */
  private fail(error: unknown): void {
    this.removeFrame();
    console.error(error);
    this.dispatchEvent(new CustomEvent('failed', { detail: error }));
  }

  private requestedHeight(): number | undefined {
    const height = Number(this.getAttribute('height'));
    return height > 0 ? height : undefined;
  }

  /** The address of the frame, or what is wrong with the `base` attribute. */
  private frameUrl(): string | Error {
    const given = this.getAttribute('base') ?? PlaygroundElement.folder;
    const parsed = given === undefined ? undefined : parsePlaygroundBase(given);
    if (!parsed?.ok)
      return new Error(
        `<vfio-playground> base: ${parsed?.message ?? 'expected the URL of the folder that holds the playground, got nothing'}`,
      );
    const url = new URL('embed.html', new URL(parsed.base, document.baseURI));
    for (const name of FORWARDED_ATTRIBUTES) {
      const value = this.getAttribute(name);
      if (value !== null) url.searchParams.set(name, value === '' ? '1' : value);
    }
    const scenario = this.getAttribute('scenario') ?? '';
    const hash = scenario.lastIndexOf('#v');
    if (hash >= 0) url.hash = scenario.slice(hash);
    else if (scenario !== '') url.searchParams.set('scenario', scenario);
    return url.href;
  }
}

function parseTheme(value: string | null): Theme {
  return value === 'light' || value === 'dark' ? value : 'auto';
}

/** Defines the element once; `folder` is the URL of the playground for elements without `base`. */
export function defineElement(folder?: string): void {
  if (folder !== undefined) PlaygroundElement.folder = folder;
  if (typeof customElements !== 'undefined' && !customElements.get(TAG))
    customElements.define(TAG, PlaygroundElement);
}
