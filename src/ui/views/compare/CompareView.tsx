import { designLabel, designShortTitle } from '../../../designs/catalog';
import { comparisonOf, MAX_COMPARED, MIN_COMPARED } from '../../../session/queries/comparison';
import { dispatch } from '../../../session/actions/dispatch';
import buttons from '../../controls/controls.module.css';
import { useSession, useSessionStore } from '../../useSession';
import { ComparedStage } from './ComparedStage';
import styles from './CompareView.module.css';
import { DifferenceHeadline } from './DifferenceHeadline';
import { ResultTable } from './ResultTable';
import { SharedTimelineBar } from './SharedTimelineBar';

/**
 * The current calls in two to four designs, or with several values of an option: their stages on one timeline, where results
 * differ, and what each call returns. `inPage` fits the stages into the height of the view; in an embed they have a fixed height.
 */
export function CompareView({ inPage = true }: { readonly inPage?: boolean }) {
  const { shown, timeline } = useSession(comparisonOf);
  return (
    <div
      className={styles.wrap}
      role="region"
      aria-label="Design comparison"
      tabIndex={0}
      data-in-page={inPage ? '' : undefined}
    >
      <div data-content="">
        <div className={styles.head}>
          <Choice />
          {timeline && <DifferenceHeadline timeline={timeline} />}
        </div>
        {timeline && (
          <>
            {shown.flatMap((column) =>
              'error' in column ? (
                <p key={column.name} className={styles.misfit}>
                  {column.error}
                </p>
              ) : (
                []
              ),
            )}
            <div className={styles.stages} data-count={timeline.runs.length}>
              {shown.flatMap((column) =>
                'compared' in column ? (
                  <ComparedStage
                    key={column.name}
                    column={column}
                    compared={column.compared}
                    line={timeline.runs.indexOf(column.compared)}
                    inPage={inPage}
                  />
                ) : (
                  []
                ),
              )}
            </div>
            <SharedTimelineBar timeline={timeline} />
          </>
        )}
        <ResultTable columns={shown} />
      </div>
    </div>
  );
}

/** What is compared: all designs or an option, and which columns are shown. */
function Choice() {
  const session = useSessionStore();
  const { design } = useSession((state) => state.run.setup);
  const { columns, shown } = useSession(comparisonOf);
  const option = useSession((state) => state.comparison.option);
  const isOption = design.options.some(({ id }) => id === option);
  return (
    <div className={styles.subject}>
      {design.options.length > 0 && (
        <label>
          Compare{' '}
          <select
            className={buttons.select}
            value={isOption ? option : ''}
            onChange={({ target }) =>
              dispatch(session, 'compare-option', {
                option: target.value === '' ? undefined : target.value,
              })
            }
          >
            <option value="">all designs</option>
            {design.options.map(({ id, title }) => (
              <option key={id} value={id}>
                {designShortTitle(design, {})}: {title}
              </option>
            ))}
          </select>
        </label>
      )}
      <div className={styles.choice} role="group" aria-label="Columns of the comparison">
        {columns.map(({ name, title, shortTitle }) => {
          const label = designLabel(shortTitle, { title, name });
          const isShown = shown.some((column) => column.name === name);
          const isFixed = isShown ? shown.length <= MIN_COMPARED : shown.length >= MAX_COMPARED;
          return (
            <button
              key={name}
              type="button"
              className={`${buttons.button} ${buttons.small}`}
              aria-label={label}
              aria-pressed={isShown}
              aria-disabled={isFixed}
              data-tooltip={
                isFixed
                  ? isShown
                    ? 'At least two columns stay'
                    : 'At most four columns are shown'
                  : label
              }
              onClick={() => dispatch(session, 'compare-column', { name })}
            >
              {shortTitle}
            </button>
          );
        })}
      </div>
    </div>
  );
}
