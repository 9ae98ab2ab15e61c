import { useRef, useState, type ReactNode } from 'react';
import { altText } from '../../export/altText';
import { EXPORTS } from '../../export/exports';
import { fileStem, SNIPPETS } from '../../export/snippets';
import { makeMutation } from '../../kernel/mutationText';
import type { Trace } from '../../scenario/trace';
import { permalinkOf } from '../../session/permalink';
import { sharedTrace } from '../../session/sharedTrace';
import { Icon } from '../controls/Icon';
import { Modal } from '../controls/Modal';
import buttons from '../controls/controls.module.css';
import { saveBlob, saveFile } from '../saveFile';
import { useSession, useSessionStore } from '../useSession';
import { EmbedReference } from './EmbedReference';
import { pngOf } from './png';
import styles from './ShareDialog.module.css';

/** One thing to take away. */
interface Offer {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly file: string | undefined;
  readonly picture: boolean;
  /** Puts a live playground into another page, which may tell it how to be. */
  readonly live?: boolean;
  readonly text: (trace: Trace) => string;
}

interface OfferGroup {
  readonly title: string;
  readonly offers: readonly Offer[];
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
  const all: readonly OfferGroup[] = [
    {
      title: 'Link',
      offers: [
        {
          id: 'link',
          title: 'Link to this moment',
          about: `${(page.length + link.length).toLocaleString('en-US')} characters; everything that matters is in it, nothing is stored anywhere.${changes}`,
          file: undefined,
          picture: false,
          text: () => page + link,
        },
      ],
    },
    {
      title: 'Embed',
      offers: SNIPPETS.map(({ id, title, about, make }) => ({
        id,
        title,
        about,
        file: undefined,
        picture: false,
        live: id !== 'github',
        text: (trace) => make(trace, { base: page, link }),
      })),
    },
    {
      title: 'Export',
      offers: EXPORTS.map(({ id, title, extension, make }) => ({
        id: `export-${id}`,
        title,
        about:
          extension === 'svg'
            ? 'A picture that needs no script and carries its scenario: drop it back onto this page.'
            : `A .${extension} file, the same as from the command line.`,
        file: `${fileStem(scenario.title)}${id === 'svg-graph' ? '-graph' : ''}.${extension}`,
        picture: extension === 'svg',
        text: (trace) => make(trace, { base: page, theme: dark ? 'dark' : 'light' }),
      })),
    },
  ];
  const groups = mutations ? all.filter(({ title }) => title === 'Link') : all;
  const offer = groups.flatMap(({ offers }) => offers).find(({ id }) => id === chosen);
  return (
    <Modal title="Share" look="sheet" wide>
      <div className={styles.body}>
        <div className={styles.menu} role="group" aria-label="What to take away">
          {groups.map((group) => (
            <section key={group.title} aria-label={group.title}>
              <h3>{group.title}</h3>
              {group.offers.map(({ id, title }) => (
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
          <Preview key={offer.id} offer={offer} trace={sharedTrace(session.getState(), 'cursor')} />
        )}
      </div>
    </Modal>
  );
}

function Preview({ offer, trace }: { readonly offer: Offer; readonly trace: Trace }) {
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
  const { file } = offer;
  return (
    <div className={styles.preview}>
      <p>{offer.about}</p>
      {offer.picture && (
        <img src={`data:image/svg+xml;utf8,${encodeURIComponent(text)}`} alt={altText(trace)} />
      )}
      <textarea
        ref={area}
        readOnly
        wrap={offer.id === 'link' ? 'soft' : 'off'}
        rows={offer.picture ? 4 : 14}
        value={text}
        aria-label={offer.title}
        onFocus={(event) => event.target.select()}
      />
      <div className={styles.actions}>
        <Press
          icon="share"
          onPress={() => {
            void copy();
          }}
          primary
        >
          Copy
        </Press>
        {file !== undefined && (
          <Press
            icon="save"
            onPress={() => saveFile(file, text, offer.picture ? 'image/svg+xml' : 'text/plain')}
          >
            Save {file}
          </Press>
        )}
        {offer.picture && file !== undefined && (
          <Press
            icon="save"
            onPress={() => {
              void (async () => {
                const png = await pngOf(text);
                if (typeof png === 'string') say(png);
                else saveBlob(file.replace(/svg$/, 'png'), png);
              })();
            }}
          >
            Save as PNG
          </Press>
        )}
        <span role="status">{said}</span>
      </div>
      {offer.live && <EmbedReference />}
    </div>
  );
}

function Press({
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
