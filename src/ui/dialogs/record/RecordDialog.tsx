import { useEffect, useMemo, useRef, useState } from 'react';
import { svgAnimationExport } from '../../../export/formats/svgAnimation';
import { recordingOf, stillsOf, type Still } from '../../../export/recording';
import { altText } from '../../../export/altText';
import { fileStem } from '../../../export/snippets';
import { currentBranch } from '../../../session/trace/run';
import { branchPath, snapshotAt } from '../../../session/trace/replay';
import { snapshotText } from '../../../session/trace/snapshotText';
import { traceForExport } from '../../../session/trace/traceForExport';
import { Icon } from '../../controls/Icon';
import { Modal } from '../../controls/Modal';
import { Segmented } from '../../controls/Segmented';
import buttons from '../../controls/controls.module.css';
import { isDarkTheme } from '../../theme';
import { useSession } from '../../useSession';
import { downloadBlob, downloadText } from '../download';
import { canEncodeVideo, encodeGif, encodeVideo, type EncodedRecording } from './encodeRecording';
import styles from './RecordDialog.module.css';

/** Two points of the run, at most the whole branch. */
interface Range {
  readonly from: number;
  readonly until: number;
}

/** Records the run between two points as an animated SVG, a GIF or a video. */
export function RecordDialog() {
  const run = useSession((state) => state.run);
  const { tip } = currentBranch(run);
  const [range, setRange] = useState<Range>({ from: 0, until: tip.depth });
  const [theme, setTheme] = useState<'light' | 'dark'>(() => (isDarkTheme() ? 'dark' : 'light'));
  const [full, setFull] = useState(false);
  const trace = traceForExport(tip);
  const { from, until } = stepsOf(run, range);
  const options = useMemo(() => ({ theme, full, from, until }), [theme, full, from, until]);
  const svg = useMemo(() => svgAnimationExport.make(trace, options), [trace, options]);
  return (
    <Modal title="Record" placement="sheet" wide>
      <div className={styles.body}>
        <div className={styles.choices}>
          <PointSlider
            label="From step"
            value={range.from}
            min={0}
            max={tip.depth - 1}
            onChange={(start) =>
              setRange((old) => ({ from: start, until: Math.max(old.until, start + 1) }))
            }
          />
          <PointSlider
            label="Until step"
            value={range.until}
            min={1}
            max={tip.depth}
            onChange={(end) =>
              setRange((old) => ({ from: Math.min(old.from, end - 1), until: end }))
            }
          />
          <div className={styles.row}>
            <Segmented
              label="Theme"
              value={theme}
              onSelect={setTheme}
              segments={[
                { value: 'light', text: 'Light' },
                { value: 'dark', text: 'Dark' },
              ]}
            />
            <label>
              <input
                type="checkbox"
                checked={full}
                onChange={({ target }) => setFull(target.checked)}
              />{' '}
              All steps
            </label>
          </div>
          <SaveButtons
            key={JSON.stringify(options)}
            name={fileStem(run.setup.scenario.title)}
            svg={svg}
            stills={() => stillsOf(recordingOf(trace, options))}
          />
          <p className={styles.note}>
            800 px wide, drawn from the model, not from the screen. GIF and SVG loop; for a video
            turn on the loop of the player. Without “All steps” it has the steps that affect the
            outcome.
          </p>
        </div>
        <img
          className={styles.preview}
          src={`data:image/svg+xml;utf8,${encodeURIComponent(svg)}`}
          alt={altText(trace)}
        />
      </div>
    </Modal>
  );
}

/** The points as numbers of steps: a call that was made by hand is a point of the branch, but no step. */
function stepsOf(run: Parameters<typeof branchPath>[0]['run'], range: Range): Range {
  const path = branchPath({ run });
  const steps = (depth: number): number =>
    path.slice(0, depth + 1).filter(({ transition }) => transition?.kind === 'step').length;
  const until = Math.max(1, steps(range.until));
  return { from: Math.min(steps(range.from), until - 1), until };
}

function PointSlider({
  label,
  value,
  min,
  max,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
}) {
  const text = useSession((state) => {
    const node = branchPath(state)[value];
    return node ? snapshotText(snapshotAt(node)) : '';
  });
  return (
    <label className={styles.point}>
      <span>
        {label} <b>{value}</b>
      </span>
      <input
        type="range"
        aria-label={label}
        aria-valuetext={`${value}: ${text}`}
        min={min}
        max={max}
        value={value}
        onChange={({ target }) => onChange(target.valueAsNumber)}
      />
      <small>{text}</small>
    </label>
  );
}

function SaveButtons({
  name,
  svg,
  stills,
}: {
  readonly name: string;
  readonly svg: string;
  readonly stills: () => readonly Still[];
}) {
  const [progress, setProgress] = useState<{ readonly done: number; readonly of: number }>();
  const [status, setStatus] = useState('');
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  const save = async (encode: typeof encodeGif): Promise<void> => {
    const own = new AbortController();
    controller.current = own;
    setStatus('');
    const pictures = stills();
    setProgress({ done: 0, of: pictures.length });
    try {
      const { blob, extension }: EncodedRecording = await encode(pictures, {
        signal: own.signal,
        onProgress: (done) => setProgress({ done, of: pictures.length }),
      });
      downloadBlob(`${name}.${extension}`, blob);
      setStatus(`Saved ${name}.${extension}, ${Math.ceil(blob.size / 1024)} kB.`);
    } catch (error) {
      if (!own.signal.aborted)
        setStatus(
          `The recording failed: ${error instanceof Error ? error.message : String(error)}`,
        );
    } finally {
      if (!own.signal.aborted) setProgress(undefined);
    }
  };
  if (progress)
    return (
      <div className={styles.row}>
        <progress
          aria-label="Pictures encoded"
          data-loading=""
          max={progress.of}
          value={progress.done}
        />
        <button
          type="button"
          className={buttons.button}
          onClick={() => {
            controller.current?.abort();
            setProgress(undefined);
          }}
        >
          Cancel
        </button>
      </div>
    );
  return (
    <div className={styles.row}>
      <button
        type="button"
        className={`${buttons.button} ${buttons.primary}`}
        onClick={() => void save(encodeGif)}
      >
        <Icon name="save" />
        Save GIF
      </button>
      <button
        type="button"
        className={buttons.button}
        disabled={!canEncodeVideo()}
        onClick={() => void save(encodeVideo)}
      >
        <Icon name="save" />
        Save video
      </button>
      <button
        type="button"
        className={buttons.button}
        onClick={() => downloadText(`${name}-animation.svg`, svg, 'image/svg+xml')}
      >
        <Icon name="save" />
        Save SVG
      </button>
      <span role="status">
        {canEncodeVideo() ? status : status || 'This browser cannot encode videos on this page.'}
      </span>
    </div>
  );
}
