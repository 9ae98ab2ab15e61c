import { describe, expect, it } from 'vitest';
import { parseEmbedParameters } from './parseEmbedParameters';

describe('parseEmbedParameters', () => {
  it('fills in defaults and names each value that is not valid', () => {
    expect(parseEmbedParameters('')).toEqual({
      view: 'graph',
      theme: 'system',
      readOnly: false,
      step: undefined,
      play: false,
      speed: undefined,
      load: 'eager',
      errors: [],
    });
    expect(
      parseEmbedParameters('?embed=1&ro=1&theme=dark&view=both&step=4&play=1&speed=0.5&load=click'),
    ).toEqual({
      view: 'both',
      theme: 'dark',
      readOnly: true,
      step: 4,
      play: true,
      speed: 0.5,
      load: 'click',
      errors: [],
    });
    const { errors, ...rest } = parseEmbedParameters(
      '?view=3d&step=-1&speed=999&theme=pink&ro=yes',
    );
    expect(rest).toEqual({
      view: 'graph',
      theme: 'system',
      readOnly: false,
      step: undefined,
      play: false,
      speed: undefined,
      load: 'eager',
    });
    expect(errors).toEqual([
      'view: expected one of graph, timeline, both, compare, verdicts, got "3d"',
      'theme: expected one of auto, light, dark, got "pink"',
      'ro: expected one of 0, 1, got "yes"',
      'step: expected an integer from 0 to 100000, got "-1"',
      'speed: expected a number from 0.1 to 60, got "999"',
    ]);
  });
});
