import { useRef, useState, type ReactNode } from 'react';
import { altText } from '../../../export/altText';
import { EXPORTS } from '../../../export/exports';
import { fileStem, SNIPPETS } from '../../../export/snippets';
import { makeMutation } from '../../../kernel/language/mutation';
import type { Trace } from '../../../scenario/run/trace';
import { permalinkOf } from '../../../session/url/permalink';
import { currentTraceNode } from '../../../session/trace/replay';
import { traceForExport } from '../../../session/trace/traceForExport';
import { Icon } from '../../controls/Icon';
import { Modal } from '../../controls/Modal';
import buttons from '../../controls/controls.module.css';
import { downloadBlob, downloadText } from '../download';
import { useSession, useSessionStore } from '../../useSession';
import { EmbedReference } from './EmbedReference';
import { svgToPng } from './svgToPng';
import styles from './ShareDialog.module.css';

/** One thing to take away. */
interface ShareItem {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly fileName: string | undefined;
  readonly isPicture: boolean;
  /** Puts a live playground into another page, which may tell it how to be. */
  readonly isEmbed?: boolean;
  readonly text: (trace: Trace) => string;
}

interface ShareItemGroup {
  readonly title: string;
  readonly items: readonly ShareItem[];
}

/** Link, embeds and exports of what is on screen, each with a preview of what the other side will see. */
export function ShareDialog() {
  const session = useSessionStore();
  const state = useSession((each) => each);
  const [chosen, choose] = useState('link');
  const { mutations, scenario } = state.run.setup;
  const link = permalinkOf(state);
  const page = location.href.replace(/[?#].*$/s, '');
  const dark =
    document.documentElement.dataset['theme'] === 'dark' ||
    (document.documentElement.dataset['theme'] === undefined &&
      matchMedia('(prefers-color-scheme: dark)').matches);
  const changes = mutations
    ? ` It opens the design with its changed rows, and says so there: ${mutations.map(makeMutation).join(' ')}`
    : '';
  const all: readonly ShareItemGroup[] = [
    {
      title: 'Link',
      items: [
        {
          id: 'link',
          title: 'Link to this moment',
          about: `${(page.length + link.length).toLocaleString('en-US')} characters; everything that matters is in it, nothing is stored anywhere.${changes}`,
          fileName: undefined,
          isPicture: false,
          text: () => page + link,
        },
      ],
    },
    {
      title: 'Embed',
      items: SNIPPETS.map(({ id, title, about, make }) => ({
        id,
        title,
        about,
        fileName: undefined,
        isPicture: false,
        isEmbed: id !== 'github',
        text: (trace) => make(trace, { base: page, link }),
      })),
    },
    {
      title: 'Export',
      items: EXPORTS.map(({ id, title, extension, make }) => ({
        id: `export-${id}`,
        title,
        about:
          extension === 'svg'
            ? 'A picture that needs no script and carries its scenario: drop it back onto this page.'
            : `A .${extension} file, the same as from the command line.`,
        fileName: `${fileStem(scenario.title)}${id === 'svg-graph' ? '-graph' : ''}.${extension}`,
        isPicture: extension === 'svg',
        text: (trace) => make(trace, { base: page, theme: dark ? 'dark' : 'light' }),
      })),
    },
  ];
  const groups = mutations ? all.filter(({ title }) => title === 'Link') : all;
  const offer = groups.flatMap(({ items: offers }) => offers).find(({ id }) => id === chosen);
  return (
    <Modal title="Share" placement="sheet" wide>
      <div className={styles.body}>
        <div className={styles.menu} role="group" aria-label="What to take away">
          {groups.map((group) => (
            <section key={group.title} aria-label={group.title}>
              <h3>{group.title}</h3>
              {group.items.map(({ id, title }) => (
                <button
                  key={id}
                  type="button"
                  aria-pressed={id === chosen}
                  onClick={() => choose(id)}
                >
                  {title}
                </button>
              ))}
            </section>
          ))}
          {mutations && (
            <p className={styles.note}>
              Embeds and exports tell of designs as they are: go back to the design itself for them.
            </p>
          )}
        </div>
        {offer && (
          <ShareItemPreview
            key={offer.id}
            offer={offer}
            trace={traceForExport(currentTraceNode(session.getState()))}
          />
        )}
      </div>
    </Modal>
  );
}

function ShareItemPreview({ offer, trace }: { readonly offer: ShareItem; readonly trace: Trace }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [said, say] = useState('');
  const text = offer.text(trace);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      say('Copied.');
    } catch {
      // Frames and insecure pages are refused the clipboard: the text is selected for the reader's own copy.
      area.current?.select();
      say('This page may not copy by itself: everything is selected, press the copy key.');
    }
  };
  const { fileName: file } = offer;
  return (
    <div className={styles.preview}>
      <p>{offer.about}</p>
      {offer.isPicture && (
        <img src={`data:image/svg+xml;utf8,${encodeURIComponent(text)}`} alt={altText(trace)} />
      )}
      <textarea
        ref={area}
        readOnly
        wrap={offer.id === 'link' ? 'soft' : 'off'}
        rows={offer.isPicture ? 4 : 14}
        value={text}
        aria-label={offer.title}
        onFocus={(event) => event.target.select()}
      />
      <div className={styles.actions}>
        <ShareButton
          icon="share"
          onPress={() => {
            void copy();
          }}
          primary
        >
          Copy
        </ShareButton>
        {file !== undefined && (
          <ShareButton
            icon="save"
            onPress={() =>
              downloadText(file, text, offer.isPicture ? 'image/svg+xml' : 'text/plain')
            }
          >
            Save {file}
          </ShareButton>
        )}
        {offer.isPicture && file !== undefined && (
          <ShareButton
            icon="save"
            onPress={() => {
              void (async () => {
                const png = await svgToPng(text);
                if (typeof png === 'string') say(png);
                else downloadBlob(file.replace(/svg$/, 'png'), png);
              })();
            }}
          >
            Save as PNG
          </ShareButton>
        )}
        <span role="status">{said}</span>
      </div>
      {offer.isEmbed && <EmbedReference />}
    </div>
  );
}

function ShareButton({
  icon,
  onPress,
  primary = false,
  children,
}: {
  readonly icon: 'share' | 'save';
  readonly onPress: () => void;
  readonly primary?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <button
      type="button"
      className={`${buttons.button} ${primary ? buttons.primary : ''}`}
      onClick={onPress}
    >
      <Icon name={icon} />
      {children}
    </button>
  );
}
