import { describe, expect, it } from 'vitest';
import { parsePlaygroundBase } from './playgroundBase';

describe('the address of a playground', () => {
  it.each([
    ['https://example.org/p', 'https://example.org/p/'],
    ['https://example.org/p/', 'https://example.org/p/'],
    ['https://example.org', 'https://example.org/'],
    ['https://example.org/v1.2', 'https://example.org/v1.2/'],
    ['https://example.org/p/vfio-playground.html', 'https://example.org/p/vfio-playground.html'],
    ['https://example.org/p/?scenario=x#v1.AA', 'https://example.org/p/'],
    ['./playground', './playground/'],
    ['/', '/'],
    ['', ''],
    ['file:///tmp/vfio-playground.html', 'file:///tmp/vfio-playground.html'],
  ])('%s is %s', (text, base) => {
    expect(parsePlaygroundBase(text)).toEqual({ ok: true, base });
  });

  it.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)//',
    'java\nscript:x',
    'data:text/html,x',
    'vbscript:x',
  ])('%s is refused', (text) => {
    expect(parsePlaygroundBase(text)).toMatchObject({
      ok: false,
      message: expect.stringContaining('expected an address with http, https, file') as string,
    });
  });
});
