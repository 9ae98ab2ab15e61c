import { dispatch } from '../../session/actions/dispatch';
import {
  offeredAdditions,
  selectionEdits,
  type EditSection,
  type OfferedEdit,
} from '../../session/queries/offeredEdits';
import { useSession, useSessionStore } from '../useSession';

/** What can be added to the scenario. */
export function AddMenu() {
  const run = useSession((state) => state.run);
  return (
    <>
      <p>
        Changes the scenario on screen: <b>{run.setup.scenario.title}</b>
      </p>
      {offeredAdditions({ run }).map((section) =>
        section.title === '' ? (
          <Edits key="" section={section} label="Process or device" />
        ) : (
          <details key={section.title} name="additions">
            <summary>{section.title}</summary>
            <Edits section={section} label={section.title} />
          </details>
        ),
      )}
    </>
  );
}

/** What can be done with the selection. */
export function ChangeMenu() {
  const run = useSession((state) => state.run);
  const selection = useSession((state) => state.selection);
  const edits = selectionEdits({ run, selection });
  if (!edits || (edits.sections.length === 0 && !edits.removal))
    return <p>The scenario does not list {selection}: it follows from the devices and calls.</p>;
  return (
    <>
      {edits.sections.map((section) => (
        <div key={section.title}>
          <h3>{section.title}</h3>
          <Edits section={section} label={section.title} />
        </div>
      ))}
      {edits.removal && <EditButton offered={edits.removal} />}
    </>
  );
}

function Edits({ section, label }: { readonly section: EditSection; readonly label: string }) {
  return (
    <div role="group" aria-label={label}>
      {section.edits.map((offered) => (
        <EditButton key={offered.title} offered={offered} />
      ))}
    </div>
  );
}

function EditButton({ offered: { title, edit } }: { readonly offered: OfferedEdit }) {
  const session = useSessionStore();
  return (
    <button
      type="button"
      onClick={(event) => {
        event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover();
        dispatch(session, 'edit-scenario', { edit });
      }}
    >
      {title}
    </button>
  );
}
