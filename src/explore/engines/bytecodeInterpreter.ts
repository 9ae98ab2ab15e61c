import type { Bytecode } from './bytecode';
import type { PackedLayout } from './packedLayout';
import { stepName } from './model';
import type { Model } from './model';

/** Runs single actions of the flat form on packed words. */
export interface BytecodeInterpreter {
  /** The packed successor, valid after a `step` that returned true. */
  readonly next: Int32Array;
  /** Runs the next action of `task` from the words at `offset`; false when it cannot move. */
  readonly step: (words: Int32Array, offset: number, task: number) => boolean;
  /** Properties that the last step itself broke, as a mask of `propertyBit`. */
  readonly stepViolations: () => number;
  /** Those, and what is wrong with the successor as far as the last step can have changed it. */
  readonly violationsAfterStep: () => number;
}

/** Makes an interpreter; its buffers are its own. */
export function makeBytecodeInterpreter(
  model: Model,
  layout: PackedLayout,
  bytecode: Bytecode,
): BytecodeInterpreter {
  const { code, entries, bases, propertySets: ruleSets } = bytecode;
  const { words: width } = layout;
  const n = new Int32Array(width);
  const stack = new Int32Array(64);
  const placeSlots = model.controlStates.map((_, task) =>
    layout.bitFieldOf.get(model.program.fields.length + task),
  );
  const placeWord = Int32Array.from(placeSlots, (slot) => slot?.word ?? 0);
  const placeShift = Int32Array.from(placeSlots, (slot) => slot?.shift ?? 0);
  const placeMask = Int32Array.from(placeSlots, (slot) => slot?.mask ?? 0);
  const base = Int32Array.from(bases);
  let bits = 0;
  let rules = 0;

  const leave = (action: number, value: number): never => {
    throw new Error(`${stepName(model, action)} stores ${value}, out of the field's range`);
  };

  const run = (start: number): boolean => {
    let at = start;
    let top = 0;
    for (;;) {
      // Plain numbers, those of OP: only they become a jump table.
      switch (code[at]!) {
        case 0:
          /* push */ stack[top++] = code[at + 1]!;
          at += 2;
          break;
        case 1:
          /* load */ stack[top++] =
            ((n[code[at + 1]!]! >>> code[at + 2]!) & code[at + 3]!) + code[at + 4]!;
          at += 5;
          break;
        case 2:
          /* add */ top--;
          stack[top - 1] = stack[top - 1]! + stack[top]!;
          at++;
          break;
        case 3:
          /* sub */ top--;
          stack[top - 1] = stack[top - 1]! - stack[top]!;
          at++;
          break;
        case 4:
          /* eq */ top--;
          stack[top - 1] = stack[top - 1] === stack[top] ? 1 : 0;
          at++;
          break;
        case 5:
          /* lt */ top--;
          stack[top - 1] = stack[top - 1]! < stack[top]! ? 1 : 0;
          at++;
          break;
        case 6:
          /* le */ top--;
          stack[top - 1] = stack[top - 1]! <= stack[top]! ? 1 : 0;
          at++;
          break;
        case 7:
          /* jump */ at = code[at + 1]!;
          break;
        case 8:
          /* jumpZero */ at = stack[--top] === 0 ? code[at + 1]! : at + 2;
          break;
        case 9:
          /* jumpOther */ at = stack[--top] === 0 ? at + 2 : code[at + 1]!;
          break;
        case 10:
          /* jumpUnless */ at =
            (n[code[at + 1]!]! & code[at + 2]!) === code[at + 3]! ? at + 5 : code[at + 4]!;
          break;
        case 11:
          /* jumpIf */ at =
            (n[code[at + 1]!]! & code[at + 2]!) === code[at + 3]! ? code[at + 4]! : at + 5;
          break;
        case 12: /* set */ {
          const word = code[at + 1]!;
          n[word] = (n[word]! & code[at + 2]!) | code[at + 3]!;
          at += 4;
          break;
        }
        case 13: /* store */ {
          const value = stack[--top]!;
          if (value < code[at + 4]! || value > code[at + 5]!) leave(code[at + 6]!, value);
          const word = code[at + 1]!;
          const shift = code[at + 2]!;
          n[word] = (n[word]! & ~(code[at + 3]! << shift)) | ((value - code[at + 4]!) << shift);
          at += 7;
          break;
        }
        case 14: /* bump */ {
          const word = code[at + 1]!;
          const shift = code[at + 2]!;
          const value = ((n[word]! >>> shift) & code[at + 3]!) + code[at + 5]!;
          if (value < 0 || value > code[at + 4]!) leave(code[at + 6]!, value);
          n[word] = (n[word]! & ~(code[at + 3]! << shift)) | (value << shift);
          at += 7;
          break;
        }
        case 15:
          /* violate */ bits |= 1 << code[at + 1]!;
          at += 2;
          break;
        case 16:
          /* done */ rules = code[at + 1]!;
          return true;
        case 17:
          /* blocked */ return false;
        case 18:
          /* loadTable */ stack[top++] =
            code[code[at + 4]! + ((n[code[at + 1]!]! >>> code[at + 2]!) & code[at + 3]!)]!;
          at += 5;
          break;
        case 19:
          /* jumpUnlessTable */ at =
            code[code[at + 4]! + ((n[code[at + 1]!]! >>> code[at + 2]!) & code[at + 3]!)] === 0
              ? code[at + 5]!
              : at + 6;
          break;
        case 20:
          /* jumpIfTable */ at =
            code[code[at + 4]! + ((n[code[at + 1]!]! >>> code[at + 2]!) & code[at + 3]!)] === 0
              ? at + 6
              : code[at + 5]!;
          break;
        default:
          throw new Error(`instruction ${code[at]} at ${at}`);
      }
    }
  };

  return {
    next: n,
    step: (words, offset, task) => {
      const entry =
        entries[
          base[task]! +
            ((words[offset + placeWord[task]!]! >>> placeShift[task]!) & placeMask[task]!)
        ]!;
      if (entry < 0) return false;
      for (let i = 0; i < width; i++) n[i] = words[offset + i]!;
      bits = 0;
      return run(entry);
    },
    stepViolations: () => bits,
    violationsAfterStep: () => {
      if (rules !== 0) run(ruleSets[rules]!);
      return bits;
    },
  };
}
