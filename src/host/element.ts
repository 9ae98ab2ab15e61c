import { connect, type PlaygroundClient } from './client';
import type { EMBED_PARAMETERS } from './parameters';
import type { PlaygroundState, Theme, ViolationReport } from './protocol';

/** The tag of the element. */
export const TAG = 'vfio-playground';

/** Attributes that go into the frame's address as they stand. */
const FORWARDED_ATTRIBUTES = [
  'view',
  'theme',
  'step',
  'play',
  'speed',
  'ro',
] as const satisfies readonly (keyof typeof EMBED_PARAMETERS)[];
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
button { display: block; margin: 0 0 8px; padding: 6px 14px; font: inherit; cursor: pointer; }
@media print { iframe, button { display: none; } .live ~ slot { display: contents; } }
`;

/** The attributes of the element; each is a text, as in HTML. */
export interface PlaygroundAttributes {
  /** What to show: the id of a built-in scenario, or a permalink (`#v1.…`, or a whole address that ends so). The first of the library where left out. */
  readonly scenario?: string;
  /** Folder of the playground. Where left out, that of the script that defined the element; a page that imported the element has to say it. */
  readonly base?: string;
  /** The graph of kernel objects (what holds where left out), the lanes of the tasks, both, or every design side by side. */
  readonly view?: 'graph' | 'timeline' | 'both' | 'compare';
  /** Colours; `auto`, where left out, follows the reader's setting. A change does not load the frame anew. */
  readonly theme?: Theme;
  /** Where to stand: moves from the beginning, 0 to 100,000. Where left out, as the link says, else 0. */
  readonly step?: string;
  /** `1`, or no value: plays as soon as it is open. */
  readonly play?: string;
  /** Steps per second while playing, 0.1 to 60; 2 where left out. */
  readonly speed?: string;
  /** `1`, or no value: the reader steps, seeks and checks, but cannot act for anybody. */
  readonly ro?: string;
  /** When it opens: at once, when it comes near the view (where left out), or when the reader presses a button. Until then the content of the tag is shown. */
  readonly load?: 'eager' | 'lazy' | 'click';
  /** Height in CSS pixels that stays; where left out it is as high as its content wants. */
  readonly height?: string;
  /** Present: the frame has no origin and reaches nothing of its site. */
  readonly sandbox?: string;
  /** Name of the frame, and of the button of `load="click"`. */
  readonly title?: string;
}

/** The events of the element beside those of every element. */
export interface PlaygroundElementEvents {
  /** `client` is there. */
  readonly ready: CustomEvent<null>;
  /** Something else is on screen; at most ten times a second. */
  readonly statechanged: CustomEvent<PlaygroundState>;
  /** A move broke a rule. */
  readonly violation: CustomEvent<ViolationReport>;
  /** The reader left the frame with Escape; the element has the focus now. */
  readonly focusexit: CustomEvent<null>;
  /** The playground did not open; the fallback stays. */
  readonly failed: CustomEvent<unknown>;
}

declare global {
  interface HTMLElementTagNameMap {
    'vfio-playground': PlaygroundElement;
  }
}

// Where a page is rendered on a server there are no elements: the module loads, and the fallback is what is sent.
const BaseElement =
  typeof HTMLElement === 'undefined' ? (Object as unknown as typeof HTMLElement) : HTMLElement;

/**
 * `<vfio-playground scenario="bind-race">text for print and for pages without scripts</vfio-playground>`: a playground in a frame,
 * as high as its content. Its attributes are `PlaygroundAttributes`, its events `PlaygroundElementEvents`.
 */
export class PlaygroundElement extends BaseElement {
  static readonly observedAttributes: readonly string[] = OBSERVED_ATTRIBUTES;
  /** Where the playground lies when there is no `base`: the folder of the loading script. */
  static folder: string | undefined;

  private frame: HTMLIFrameElement | undefined;
  private observer: IntersectionObserver | undefined;
  private button: HTMLButtonElement | undefined;
  private connectedClient: PlaygroundClient | undefined;

  /** The playground, once it answers; dispatches a `ready` event then, and `statechanged`, `violation` and `focusexit` later. */
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
    // A sheet made by script is admitted by every content security policy, a <style> is not.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    root.append(document.createElement('slot'));
    return root;
  }

  private showOpenButton(): void {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = `Open: ${this.title || 'VFIO playground'}`;
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
    const address = this.frameUrl();
    if (address === undefined)
      return this.fail(new Error('<vfio-playground> needs base="…", the folder of the playground'));
    this.button?.remove();
    const frame = document.createElement('iframe');
    frame.title = this.title || 'VFIO playground';
    if (this.hasAttribute('sandbox'))
      frame.setAttribute('sandbox', 'allow-scripts allow-popups allow-popups-to-escape-sandbox');
    frame.style.height = `${this.requestedHeight() ?? INITIAL_HEIGHT}px`;
    frame.src = address;
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

  /** The fallback stays; what went wrong is an event and on the console. */
  private fail(error: unknown): void {
    this.removeFrame();
    console.error(error);
    this.dispatchEvent(new CustomEvent('failed', { detail: error }));
  }

  /** Height in pixels that the page asks for. */
  private requestedHeight(): number | undefined {
    const height = Number(this.getAttribute('height'));
    return height > 0 ? height : undefined;
  }

  private frameUrl(): string | undefined {
    const base = this.getAttribute('base') ?? PlaygroundElement.folder;
    if (base === undefined) return undefined;
    const url = new URL(
      'embed.html',
      new URL(base.endsWith('/') ? base : `${base}/`, document.baseURI),
    );
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

/** Defines the element, once; `folder` is where the playground lies, for elements without `base`. */
export function defineElement(folder?: string): void {
  if (folder !== undefined) PlaygroundElement.folder = folder;
  if (typeof customElements !== 'undefined' && !customElements.get(TAG))
    customElements.define(TAG, PlaygroundElement);
}
