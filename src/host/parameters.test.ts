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

// Prettier pads the cells of a table.
const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8').replaceAll(
  / {2,}/g,
  ' ',
);

it('are what the element watches', () => {
  const told = [...PARAMETER_ROWS, ...ATTRIBUTE_ROWS].map(({ name }) => name);
  expect(PlaygroundElement.observedAttributes.filter((name) => !told.includes(name))).toEqual([]);
  const typed: Readonly<Record<keyof PlaygroundAttributes, true>> = {
    scenario: true,
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
  expect(told.toSorted()).toEqual(Object.keys(typed).toSorted());
  const words: Readonly<Pick<Required<PlaygroundAttributes>, 'view' | 'theme' | 'load'>>[] = [
    {
      view: EMBED_PARAMETERS.view.values[0],
      theme: EMBED_PARAMETERS.theme.values[0],
      load: EMBED_PARAMETERS.load.values[0],
    },
  ];
  expect(words).toEqual([{ view: 'graph', theme: 'auto', load: 'eager' }]);
});

it('tell of every message that is understood', () => {
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

it('stand in the README as they are here', () => {
  for (const { name, accepts, defaultText: without, description: about } of [
    ...PARAMETER_ROWS,
    ...ATTRIBUTE_ROWS,
  ])
    expect(readme).toContain(`| \`${name}\` | ${about} | ${accepts} | ${without} |`);
  for (const { type, fields } of MESSAGE_ROWS)
    expect(readme).toContain(fields === '' ? `\`${type}\`` : `\`${type}\` (${fields})`);
  for (const { type } of EVENT_ROWS) expect(readme).toContain(`\`${type}\``);
});
