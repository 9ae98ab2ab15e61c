import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runInMemory } from './testing/runInMemory';

const root = join(import.meta.dirname, '../..');

it('the picture of the README is what npm run picture writes', async () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const [, command = '', file = ''] = /-- (.*) -o (\S+)$/.exec(scripts['picture'] ?? '') ?? [];
  const { out, err } = await runInMemory(command);
  expect(err).toBe('');
  const picture = readFileSync(join(root, file), 'utf8');
  expect(picture === out, `${file} is out of date; run: npm run picture`).toBe(true);
});
