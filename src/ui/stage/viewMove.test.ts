import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { interrupt, viewMove } from './viewMove';

let frames: Map<number, () => void>;
let now: number;

beforeEach(() => {
  frames = new Map();
  now = 0;
  let id = 0;
  vi.stubGlobal('performance', { now: () => now });
  vi.stubGlobal('requestAnimationFrame', (act: () => void) => {
    id += 1;
    frames.set(id, act);
    return id;
  });
  vi.stubGlobal('cancelAnimationFrame', (frame: number) => frames.delete(frame));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function frameAt(time: number): void {
  now = time;
  const due = [...frames];
  for (const [id, act] of due) if (frames.delete(id)) act();
}

/** A move of 100 ms that logs under its name. */
function move(node: object, name: string, log: string[]): void {
  const selection = { node: () => node };
  const made = viewMove(selection)
    .duration(100)
    .ease((at) => at * at)
    .on('start.zoom', () => log.push(`${name} starts`))
    .on('interrupt.zoom end.zoom', () => log.push(`${name} is over`))
    .on('end', () => log.push(`${name} has arrived`))
    .tween('zoom', function make(...args) {
      expect([this, ...args]).toEqual([node, undefined, 0, [node]]);
      return (at) => log.push(`${name} ${at}`);
    });
  expect(made.selection()).toBe(selection);
}

test('a move starts in the next frame, follows its curve and ends where it should', () => {
  const log: string[] = [];
  move({}, 'a', log);
  expect(log).toEqual([]);
  for (const time of [10, 50, 130, 140]) frameAt(time);
  expect(log).toEqual([
    'a starts',
    'a 0.010000000000000002',
    'a 0.25',
    'a 1',
    'a is over',
    'a has arrived',
  ]);
  expect(frames.size).toBe(0);
});

test('a hand on the view stops it there', () => {
  const [log, node]: [string[], object] = [[], {}];
  move(node, 'a', log);
  frameAt(50);
  interrupt(node);
  interrupt(node);
  frameAt(60);
  expect(log).toEqual(['a starts', 'a 0.25', 'a is over']);
  expect(frames.size).toBe(0);
});

test('a move that has not started is never told of', () => {
  const [log, node]: [string[], object] = [[], {}];
  move(node, 'a', log);
  interrupt(node);
  frameAt(60);
  expect(log).toEqual([]);
});

test('the next move takes over from where the last one is', () => {
  const [log, node]: [string[], object] = [[], {}];
  move(node, 'a', log);
  frameAt(50);
  move(node, 'b', log);
  frameAt(100);
  frameAt(150);
  expect(log).toEqual([
    'a starts',
    'a 0.25',
    'a 1',
    'a is over',
    'a has arrived',
    'b starts',
    'b 0.25',
    'b 1',
    'b is over',
    'b has arrived',
  ]);
  log.length = 0;
  move(node, 'c', log);
  frameAt(160);
  move(node, 'd', log);
  frameAt(170);
  frameAt(300);
  expect(log.filter((line) => !/\d/.test(line))).toEqual([
    'c starts',
    'c is over',
    'd starts',
    'd is over',
    'd has arrived',
  ]);
});

test('a move and what waits behind it stop together, others go on', () => {
  const [log, node, other]: [string[], object, object] = [[], {}, {}];
  move(node, 'a', log);
  move(other, 'o', log);
  frameAt(50);
  move(node, 'b', log);
  interrupt(node);
  frameAt(100);
  expect(log).toEqual([
    'a starts',
    'a 0.25',
    'o starts',
    'o 0.25',
    'a is over',
    'o 1',
    'o is over',
    'o has arrived',
  ]);
});
