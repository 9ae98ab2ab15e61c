import {
  ATTRIBUTE_ROWS,
  EVENT_ROWS,
  MESSAGE_ROWS,
  PARAMETER_ROWS,
  type ParameterRow,
} from '../../../host/parameters';
import styles from './ShareDialog.module.css';

/** What an embed can be told: by its address or attributes, and by messages. */
export function EmbedReference() {
  return (
    <details className={styles.reference}>
      <summary>Parameters and messages</summary>
      <ParameterTable
        caption="Behind ? in the address of a frame, or as attributes of the element"
        rows={PARAMETER_ROWS}
      />
      <ParameterTable caption="Attributes that the element alone has" rows={ATTRIBUTE_ROWS} />
      <MessageTable
        caption="Messages to the frame: { source: 'vfio-playground', v: 1, id, type, … }"
        rows={MESSAGE_ROWS}
      />
      <MessageTable caption="Messages of the frame, and events of the element" rows={EVENT_ROWS} />
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
          <th scope="col">Accepts</th>
          <th scope="col">Without it</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, description: about, accepts, defaultText: without }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>{about}</td>
            <td>{accepts}</td>
            <td>{without}</td>
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
