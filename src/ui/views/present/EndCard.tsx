import { designTitle } from '../../../kernel/language/design';
import { consequenceOf } from '../../../export/consequence';
import { branchPath, currentTraceNode } from '../../../session/trace/replay';
import { traceForExport } from '../../../session/trace/traceForExport';
import { permalinkOf } from '../../../session/url/permalink';
import { shortLinkOf } from '../../../session/url/shortLink';
import { useSession } from '../../useSession';
import styles from './PresenterBar.module.css';
import { QrLink } from './QrLink';

/** The last card of a presentation: what came out, and the link to the run from its start. */
export function EndCard() {
  const { scenario, design } = useSession((state) => state.run.setup);
  const outcome = useSession((state) => consequenceOf(traceForExport(currentTraceNode(state))));
  const steps = useSession((state) => branchPath(state).length - 1);
  const address = useSession((state) => {
    const atStart = { ...state, selection: undefined, run: { ...state.run, cursor: 0 } };
    return shortLinkOf(atStart) ?? permalinkOf(atStart);
  });
  const link = location.href.replace(/[?#].*$/s, '') + address;
  return (
    <section className={styles.end} aria-label="End of the presentation">
      <div>
        <h2>{scenario.title}</h2>
        <p>{outcome}</p>
        <p className={styles.endNote}>
          {designTitle(design, scenario.options)}, {steps} steps. Play it yourself, and try the
          other designs:
        </p>
      </div>
      <QrLink link={link} label="link to this run" />
    </section>
  );
}
