import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../designs/designs';
import { printDesign } from '../kernel/text/printDesign';
import { openLink } from '../scenario/link/openLink';
import { runInMemory } from './testing/runInMemory';

const upstream = DESIGNS.find((d) => d.id === 'upstream')!;
const text = printDesign(upstream);

describe('design', () => {
  it('prints a design as text, with its options', async () => {
    expect((await runInMemory('design upstream')).out).toBe(text);
    const { out } = await runInMemory('design upstream --option kvm=false');
    expect(out).toBe(
      printDesign(upstream, {
        ...Object.fromEntries(upstream.options.map((o) => [o.id, o.values[0]!])),
        kvm: 'false',
      }),
    );
  });

  it.each([
    ['design upstrem', 'design: expected rfc-opened'],
    ['design upstream --option kvm=maybe', '--option kvm: expected true, false, got "maybe"'],
    ['design upstream --option kwm=true', '--option: expected an option of upstream'],
    ['design missing.design', 'missing.design: expected a readable design file'],
  ])('%s', async (commandLine, message) => {
    const { status, err } = await runInMemory(commandLine);
    expect(err).toContain(message);
    expect(status).toBe(2);
  });
});

describe('--design FILE', () => {
  const withoutGrant = text.replace('\tsmp_store_release(&df->access_granted, 1);\n', '');

  it('takes the diff that design --diff prints', async () => {
    const { out: diff } = await runInMemory('design - --diff', withoutGrant);
    expect(diff).toMatch(/^--- upstream\n/);
    expect(diff.split('\n').filter((line) => /^[-+]\t/.test(line))).toEqual([
      '-\tsmp_store_release(&df->access_granted, 1);',
    ]);
    expect((await runInMemory('design -', diff)).out).toBe(withoutGrant);
  });

  it('says where a stated property is wrong', async () => {
    const wrong = `${text}\nproperty one: df->access_granted == 0;\nproperty one: 1 == 1;\n`;
    const { err } = await runInMemory('design -', wrong);
    expect(err).toContain(
      'expected an object that exists once, or a name bound by exists(), got "df"',
    );
    expect(err).toContain('expected the name of a property that is new, got "one"');
  });

  it('checks a stated property over all objects of a kind', async () => {
    const stated =
      'property one_owner: !exists(a, df: exists(b, df: a != b && a->access_granted && b->access_granted));';
    const own = `${text}\n${stated}\n`;
    expect((await runInMemory('design -', own)).out).toContain(stated);
    const result = await runInMemory('check bind-race --json --design -', own);
    expect(result.err).toBe('');
    expect(JSON.parse(result.out)).toMatchObject({
      properties: expect.arrayContaining([{ id: 'stated', status: 'holds' }]) as unknown,
    });
  });

  it('gives the results of the built-in design if the text is not changed', async () => {
    const json = (result: string): object => ({ ...(JSON.parse(result) as object), seconds: 0 });
    const own = await runInMemory('check bind-race --json --design -', text);
    const builtIn = await runInMemory('check bind-race --json');
    expect(own.err).toBe('');
    expect(json(own.out)).toEqual(json(builtIn.out));
  });

  it('checks, exports and compares a changed design', async () => {
    const checked = await runInMemory('check open-before-bind --json --design -', withoutGrant);
    expect(checked.err).toBe('');
    const said = { design: 'upstream', modified: true };
    expect(JSON.parse(checked.out)).toMatchObject({ ...said, coverage: 'complete' });
    const run = await runInMemory('run cdev-path --json --design -', withoutGrant);
    expect(JSON.parse(run.out)).toMatchObject(said);
    const exported = await runInMemory('export cdev-path --to text --design -', withoutGrant);
    expect(exported.out).toContain('upstream (modified design)');
    const svg = await runInMemory('export cdev-path --to svg --design -', withoutGrant);
    expect(svg.out).toContain('upstream, modified design');
    const matrix = await runInMemory('matrix cdev-path --json --design -', withoutGrant);
    expect(matrix.err).toBe('');
    expect(matrix.out).toContain('cdev-path');
  });

  it('leaves the built-in design as it is', async () => {
    const before = await runInMemory('run cdev-path --json');
    const changed = await runInMemory('run cdev-path --json --design -', withoutGrant);
    expect(changed.out).not.toBe(before.out);
    expect((await runInMemory('run cdev-path --json')).out).toBe(before.out);
  });

  it('reports line and column of what is wrong', async () => {
    const bad = text.replace('mutex_lock(&dev_set->lock)', 'mutex_lock(&dev_set->lok)');
    const { status, err } = await runInMemory('check bind-race --design -', bad);
    expect(status).toBe(2);
    expect(err).toMatch(
      /^standard input:\d+:\d+: expected a field of struct vfio_device_set, got "lok" \(did you mean "lock"\?\)\n$/,
    );
  });

  it('is in the link, with what has changed', async () => {
    const { out, err } = await runInMemory('link bind-race --design -', withoutGrant);
    expect(err).toBe('');
    const opened = openLink(out.trim());
    if (!opened.ok) throw new Error(opened.message);
    expect(opened.dropped).toEqual([]);
    expect(opened.mutations).toMatchObject([{ kind: 'text', hunks: [{ remove: 1, insert: [] }] }]);
    expect(opened.trace.program.design.modified).toEqual(opened.mutations);
  });
});
