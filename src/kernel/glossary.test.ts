import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIRST_TERMS, FURTHER_TERMS, type GlossaryEntry } from './glossary';

const withoutSource = ({ term, meaning }: GlossaryEntry): string => `- **${term}**: ${meaning}\n`;
const withSource = (entry: GlossaryEntry): string =>
  entry.source === undefined
    ? withoutSource(entry)
    : `- **${entry.term}**: ${entry.meaning} (${entry.source})\n`;

describe('the glossary', () => {
  it('starts in the README', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    expect(readme).toContain(FIRST_TERMS.map(withoutSource).join(''));
  });

  // Update the file after a change: npx vitest run src/kernel/glossary.test.ts -u
  it('is docs/glossary.md', async () => {
    const sections = [
      '# Glossary\n\nThe terms of the playground. This file is written from `src/kernel/glossary.ts`.\n',
      `## To start with\n\n${FIRST_TERMS.map(withSource).join('')}`,
      `## More terms\n\n${FURTHER_TERMS.map(withSource).join('')}`,
    ];
    await expect(sections.join('\n')).toMatchFileSnapshot('../../docs/glossary.md');
  });

  it('explains each term once', () => {
    const terms = [...FIRST_TERMS, ...FURTHER_TERMS].map(({ term }) => term);
    expect(new Set(terms).size).toBe(terms.length);
  });
});
