import { json } from '@codemirror/lang-json';
import { EditorState } from '@codemirror/state';
import { expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { completeScenario, scenarioDiagnostics } from './scenarioLanguage';

registerDesigns(DESIGNS);

/** The labels that complete at `|`, and the text that they replace. */
function complete(marked: string): {
  readonly labels: readonly string[];
  readonly replaced: string;
} {
  const pos = marked.indexOf('|');
  const state = EditorState.create({ doc: marked.replace('|', ''), extensions: [json()] });
  const result = completeScenario({ state, pos, explicit: true });
  return {
    labels: result?.options.map(({ label }) => label) ?? [],
    replaced: state.sliceDoc(result?.from ?? pos, result?.to ?? pos),
  };
}

const WORLD = '"world": { "devices": [{ "name": "vfio0", "group": "12" }], "processes": ["qemu"] }';

it('completes keys, also of the object that a call is', () => {
  expect(complete('{ "ti|" }')).toMatchObject({ replaced: '"ti"' });
  expect(complete('{ "ti|" }').labels).toContain('"title"');
  expect(complete('{ "world": { "devices": [{ "name": "a", "k|" }] } }').labels).toContain(
    '"kernelDriver"',
  );
  expect(complete('{ "calls": [{ "by": "qemu", "call": "bind_iommufd", | }] }').labels).toEqual(
    expect.arrayContaining(['"fd"', '"iommufd"']),
  );
  expect(complete('{ "calls": [{ "by": "qemu", "call": "close", "|": "x" }] }').labels).toContain(
    '"fd"',
  );
});

it('completes words of the format and names of the file', () => {
  expect(complete('{ "format": "|" }').labels).toEqual(['"vfio-playground/scenario@1"']);
  expect(complete('{ "format": | }').labels).toEqual(['"vfio-playground/scenario@1"']);
  const call = (text: string): readonly string[] =>
    complete(`{ ${WORLD}, "calls": [{ "by": "qemu", "call": "open_cdev", "as": "fd1" }, ${text}] }`)
      .labels;
  expect(call('{ "by": "|" }')).toEqual(['"qemu"', '"driver"']);
  expect(call('{ "by": "qemu", "call": "op|" }')).toContain('"open_group"');
  expect(call('{ "by": "qemu", "call": "open_cdev", "device": "|" }')).toEqual(['"vfio0"']);
  expect(call('{ "by": "qemu", "call": "close", "fd": "|" }')).toEqual(['"fd1"']);
  expect(call('{ "by": "driver", "call": "register_device", "after": ["|"] }')).toContain('"fd1"');
});

it('reports errors at their places', () => {
  const problems = (doc: string) => {
    const state = EditorState.create({ doc, extensions: [json()] });
    return scenarioDiagnostics({ state }).map(({ from, message }) => ({
      line: state.doc.lineAt(from).number,
      message,
    }));
  };
  expect(problems('{\n"title": "A" x }')).toEqual([
    { line: 2, message: expect.stringMatching(/^[^{]*$/) },
  ]);
  const call = '{ "by": "qemu", "call": "close", "fd": "fd9" }';
  const scenario = `"format": "vfio-playground/scenario@1",\n"title": "A",\n${WORLD},\n"calls": [\n${call}\n]`;
  expect(problems(`{\n${scenario}\n}`)).toEqual([
    { line: 6, message: expect.stringMatching(/^calls\[0\]\.fd: expected .*got "fd9"/) },
  ]);
});
