import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PlaygroundElement, type PlaygroundAttributes } from './element';
import {
  ATTRIBUTE_ROWS,
  EMBED_PARAMETERS,
  EVENT_ROWS,
  MESSAGE_ROWS,
  PARAMETER_ROWS,
} from './parameters';
import { makeMessage, parseRequest } from './protocol';

const documentation = readFileSync(join(import.meta.dirname, '../../docs/embedding.md'), 'utf8')
  // Prettier pads the cells of a table.
  .replaceAll(/ {2,}/g, ' ');

it('the parameter table lists every attribute of the element', () => {
  const listed = [...PARAMETER_ROWS, ...ATTRIBUTE_ROWS].map(({ name }) => name);
  expect(PlaygroundElement.observedAttributes.filter((name) => !listed.includes(name))).toEqual([]);
  const typed: Readonly<Record<keyof PlaygroundAttributes, true>> = {
    scenario: true,
    design: true,
    option: true,
    base: true,
    view: true,
    theme: true,
    step: true,
    play: true,
    speed: true,
    ro: true,
    load: true,
    height: true,
    sandbox: true,
    title: true,
  };
  expect(listed.toSorted()).toEqual(Object.keys(typed).toSorted());
  const defaults: Readonly<Pick<Required<PlaygroundAttributes>, 'view' | 'theme' | 'load'>>[] = [
    {
      view: EMBED_PARAMETERS.view.values[0],
      theme: EMBED_PARAMETERS.theme.values[0],
      load: EMBED_PARAMETERS.load.values[0],
    },
  ];
  expect(defaults).toEqual([{ view: 'graph', theme: 'auto', load: 'eager' }]);
});

it('the message tables list every request and every event', () => {
  const fields: Readonly<Record<string, object>> = {
    load: { scenario: 'bind-race' },
    seek: { to: 1 },
    setTheme: { theme: 'dark' },
  };
  for (const { type } of MESSAGE_ROWS)
    expect(
      parseRequest({ ...makeMessage({ type: 'ping' }), type, ...fields[type] }),
      type,
    ).toMatchObject({ ok: true });
  for (const { type } of EVENT_ROWS)
    expect(parseRequest({ ...makeMessage({ type: 'ping' }), type }), type).toBeUndefined();
});

it('docs/embedding.md contains the tables', () => {
  for (const { name, accepts, defaultText, description } of [...PARAMETER_ROWS, ...ATTRIBUTE_ROWS])
    expect(documentation).toContain(
      `| \`${name}\` | ${description} | ${accepts} | ${defaultText} |`,
    );
  for (const { type, fields, about } of [...MESSAGE_ROWS, ...EVENT_ROWS])
    expect(documentation).toContain(
      `| \`${type}\` | ${fields === '' ? '' : `${fields} `}| ${about} |`,
    );
});
