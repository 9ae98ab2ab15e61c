import {
  ATTRIBUTE_ROWS,
  EVENT_ROWS,
  MESSAGE_ROWS,
  PARAMETER_ROWS,
  type ParameterRow,
} from '../../../host/parameters';
import styles from './ShareDialog.module.css';

/** The parameters, attributes and messages of an embed. */
export function EmbedReference() {
  return (
    <details className={styles.reference}>
      <summary>Parameters and messages</summary>
      <ParameterTable
        caption="Query parameters of the frame URL, also attributes of the element"
        rows={PARAMETER_ROWS}
      />
      <ParameterTable caption="Attributes of the element only" rows={ATTRIBUTE_ROWS} />
      <MessageTable
        caption="Messages to the frame: { source: 'vfio-playground', v: 1, id, type, … }"
        rows={MESSAGE_ROWS}
      />
      <MessageTable
        caption="Messages from the frame, and events of the element"
        rows={EVENT_ROWS}
      />
    </details>
  );
}

function ParameterTable({
  caption,
  rows,
}: {
  readonly caption: string;
  readonly rows: readonly ParameterRow[];
}) {
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Meaning</th>
          <th scope="col">Values</th>
          <th scope="col">Default</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, description, accepts, defaultText }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>{description}</td>
            <td>{accepts}</td>
            <td>{defaultText}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function MessageTable({
  caption,
  rows,
}: {
  readonly caption: string;
  readonly rows: typeof MESSAGE_ROWS;
}) {
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Type</th>
          <th scope="col">Meaning</th>
          <th scope="col">Fields</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ type, about, fields }) => (
          <tr key={type}>
            <th scope="row">
              <code>{type}</code>
            </th>
            <td>{about}</td>
            <td>{fields}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
