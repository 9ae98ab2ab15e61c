import { expect, it } from 'vitest';
import { LIBRARY } from '../scenario/library/library';
import { galleryFiles } from './gallery';

const files = new Map(galleryFiles().map(({ fileName, text }) => [fileName, text]));
const page = files.get('index.html') ?? '';

it('shows every scenario with its picture, its text and a link for each design', () => {
  expect(files.size).toBe(LIBRARY.length + 1);
  for (const { id, designs, scenario } of LIBRARY) {
    const article = page.split(`<article id="scenario-${id}">`)[1]?.split('</article>')[0] ?? '';
    expect(article, id).toContain(`<img src="${id}.svg" alt="`);
    expect(files.get(`${id}.svg`)).toContain('<svg ');
    expect(article.match(/<th scope="row">/g)).toHaveLength(designs.length);
    for (const design of designs)
      expect(article).toContain(
        `href="../index.html?scenario=${id}${design === scenario.design ? '' : `&amp;design=${design}`}"`,
      );
    expect(article).toContain('<pre>');
  }
});

it('pictures the step that decides a run, with its caption', () => {
  const article = (id: string): string =>
    page.split(`<article id="scenario-${id}">`)[1]?.split('</article>')[0] ?? '';
  // The refusal, and not the end, where the fds are closed again.
  expect(files.get('bind-race.svg')).toContain('>-EINVAL<');
  expect(files.get('hot-reset.svg')).not.toContain('no fd open');
  // A run in which no call fails.
  expect(files.get('cdev-path.svg')).not.toContain('no fd open');
  for (const { id } of LIBRARY)
    expect(article(id)).toMatch(/<figcaption>Step \d+ of \d+(: [^<]+)?<\/figcaption>/);
  expect(page.match(/<figcaption>Step \d+ of \d+: /g)?.length).toBeGreaterThan(LIBRARY.length / 2);
});

it('says which properties a design violates', () => {
  const article = page.split('<article id="scenario-bind-race">')[1]?.split('</article>')[0] ?? '';
  const row = (design: string): string =>
    article.split('<tr>').find((text) => text.includes(`>${design}</a>`)) ?? '';
  expect(row('upstream')).toContain('<td>holds</td>');
  expect(row('rfc-opened')).toMatch(/<td class="violated">violated: .*no-ops-before-bind/);
});
