import { useRef, useState, type ReactNode } from 'react';
import type { Export, ExportOptions } from '../../../export/export';
import { altText } from '../../../export/altText';
import { exportFileName, EXPORTS } from '../../../export/exports';
import { SNIPPETS } from '../../../export/snippets';
import type { Trace } from '../../../scenario/run/trace';
import { permalinkOf } from '../../../session/url/permalink';
import { shortLinkOf } from '../../../session/url/shortLink';
import { currentTraceNode } from '../../../session/trace/replay';
import { traceForExport } from '../../../session/trace/traceForExport';
import { CommandButton } from '../../controls/CommandButton';
import { Icon } from '../../controls/Icon';
import { IS_MAC } from '../../controls/hotkeys';
import { Modal } from '../../controls/Modal';
import { changeText } from '../../../session/queries/changeText';
import buttons from '../../controls/controls.module.css';
import { downloadBlob, downloadText } from '../download';
import { formatCount } from '../../formatCount';
import { isDarkTheme } from '../../theme';
import { useSession, useSessionStore } from '../../useSession';
import { chosenExport, DEFAULT_CHOICE, ExportChoices } from './ExportChoices';
import { EmbedReference } from './EmbedReference';
import { svgToPng } from './svgToPng';
import styles from './ShareDialog.module.css';

/** A link, snippet or file to share. */
interface ShareItem {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly fileName: string | undefined;
  readonly isPicture: boolean;
  /** Embeds a live playground, which takes parameters and messages. */
  readonly isEmbed?: boolean;
  /** An export of a chosen run and property. */
  readonly isExport?: boolean;
  readonly text: (trace: Trace, options: ExportOptions) => string;
  readonly companions?: Export['companions'];
}

interface ShareItemGroup {
  readonly title: string;
  readonly items: readonly ShareItem[];
}

/** Link, embed snippets and exports of the current run, with previews. */
export function ShareDialog() {
  const session = useSessionStore();
  const state = useSession((whole) => whole);
  const [selectedId, select] = useState('link');
  const [choice, choose] = useState(DEFAULT_CHOICE);
  const trace = traceForExport(currentTraceNode(session.getState()));
  const { mutations, scenario } = state.run.setup;
  const link = permalinkOf(state);
  const shortLink = shortLinkOf(state);
  const page = location.href.replace(/[?#].*$/s, '');
  const theme = isDarkTheme() ? 'dark' : 'light';
  const modifiedDesign = mutations
    ? ` It opens the modified design: ${mutations.map(changeText).join('; ')}`
    : '';
  const aboutPermalink = `${formatCount(page.length + link.length)} characters. The link contains the whole run; nothing is stored on a server.${modifiedDesign}`;
  const all: readonly ShareItemGroup[] = [
    {
      title: 'Link',
      items: [
        {
          id: 'link',
          title: 'Link to this step',
          about: shortLink
            ? 'A short link to the built-in scenario. If a later version changes the scenario, the link shows the new one.'
            : aboutPermalink,
          fileName: undefined,
          isPicture: false,
          text: () => page + (shortLink ?? link),
        },
        ...(shortLink
          ? [
              {
                id: 'permalink',
                title: 'Link with the run',
                about: aboutPermalink,
                fileName: undefined,
                isPicture: false,
                text: () => page + link,
              },
            ]
          : []),
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
      items: EXPORTS.map((each) => ({
        id: `export-${each.id}`,
        title: each.title,
        about:
          each.extension === 'svg'
            ? `${each.isAnimated ? 'An animation' : 'A static picture'} that contains its scenario: drop the file on this page to open it.`
            : `A .${each.extension} file, the same as the command line writes.`,
        fileName: exportFileName(scenario.title, each),
        isPicture: each.extension === 'svg',
        isExport: true,
        text: (trace, options) => each.make(trace, { ...options, base: page, theme }),
        ...(each.companions ? { companions: each.companions } : {}),
      })),
    },
  ];
  // A scenario file has no changes of a design.
  const groups = mutations
    ? all.map((group) => ({
        ...group,
        items: group.items.filter(({ id }) => id !== 'export-scenario'),
      }))
    : all;
  const item = groups.flatMap(({ items }) => items).find(({ id }) => id === selectedId);
  return (
    <Modal title="Share" placement="sheet" wide>
      <div className={styles.body}>
        <div className={styles.menu} role="group" aria-label="Formats">
          {groups.map((group) => (
            <section key={group.title} aria-label={group.title}>
              <h3>{group.title}</h3>
              {group.items.map(({ id, title }) => (
                <button
                  key={id}
                  type="button"
                  aria-pressed={id === selectedId}
                  onClick={() => select(id)}
                >
                  {title}
                </button>
              ))}
              {group.title === 'Export' && (
                <CommandButton command="record" text="GIF or video …" variant="plain" />
              )}
            </section>
          ))}
          {mutations && (
            <p className={styles.note}>
              A scenario file does not contain the changes of a design. The link and the embeds do.
            </p>
          )}
        </div>
        {item && (
          <ShareItemPreview
            key={item.id}
            item={item}
            {...(item.isExport ? chosenExport(state, trace, choice) : { trace, options: {} })}
          >
            {item.isExport && (
              <ExportChoices state={state} trace={trace} choice={choice} onChange={choose} />
            )}
          </ShareItemPreview>
        )}
      </div>
    </Modal>
  );
}

function ShareItemPreview({
  item,
  trace,
  options,
  children,
}: {
  readonly item: ShareItem;
  readonly trace: Trace;
  readonly options: ExportOptions;
  /** What there is to choose, below the description. */
  readonly children: ReactNode;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [status, setStatus] = useState('');
  const text = item.text(trace, options);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setStatus('Copied.');
    } catch {
      // Browsers refuse the clipboard to frames and insecure pages.
      area.current?.select();
      setStatus(
        `Clipboard access was denied. The text is selected: press ${IS_MAC ? '⌘C' : 'Ctrl+C'}.`,
      );
    }
  };
  const { fileName } = item;
  return (
    <div className={styles.preview}>
      <p>{item.about}</p>
      {children}
      {item.isPicture && (
        <img
          src={`data:image/svg+xml;utf8,${encodeURIComponent(text)}`}
          alt={altText(trace, options.property)}
        />
      )}
      <textarea
        ref={area}
        readOnly
        wrap={item.id === 'link' ? 'soft' : 'off'}
        rows={item.isPicture ? 4 : 14}
        value={text}
        aria-label={item.title}
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
        {fileName !== undefined && (
          <ShareButton
            icon="save"
            onPress={() => {
              downloadText(fileName, text, item.isPicture ? 'image/svg+xml' : 'text/plain');
              for (const companion of item.companions?.(trace, options) ?? [])
                downloadText(companion.fileName, companion.text, 'image/svg+xml');
            }}
          >
            Save {fileName}
          </ShareButton>
        )}
        {item.isPicture && fileName !== undefined && (
          <ShareButton
            icon="save"
            onPress={() => {
              void (async () => {
                const png = await svgToPng(text);
                if (typeof png === 'string') setStatus(png);
                else downloadBlob(fileName.replace(/svg$/, 'png'), png);
              })();
            }}
          >
            Save as PNG
          </ShareButton>
        )}
        <span role="status">{status}</span>
      </div>
      {item.isEmbed && <EmbedReference />}
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
