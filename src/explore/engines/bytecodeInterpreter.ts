import { NOT_COMPILED } from './bytecode';
import type { Bytecode } from './bytecode';
import type { PackedLayout } from './packedLayout';
import { stepName } from './model';
import type { Model } from './model';

/** Runs single actions on packed words. */
export interface BytecodeInterpreter {
  /** The packed successor; valid after `step` returned true. */
  readonly next: Int32Array;
  /** Runs the next action of `task` from the words at `offset`. False if the task is blocked or has ended. */
  readonly step: (words: Int32Array, offset: number, task: number) => boolean;
  /** Properties that the last step itself violated, as a mask of `propertyBit`. */
  readonly stepViolations: () => number;
  /** Those, and the properties that the successor violates, among those that the step can affect. */
  readonly violationsAfterStep: () => number;
}

/** Makes an interpreter with its own buffers. */
export function makeBytecodeInterpreter(
  model: Model,
  layout: PackedLayout,
  bytecode: Bytecode,
): BytecodeInterpreter {
  const { entries, bases } = bytecode;
  const { words: width } = layout;
  const next = new Int32Array(width);
  const stack = new Int32Array(64);
  const controlStateFields = model.controlStates.map((_, task) =>
    layout.bitFieldOf.get(model.program.fields.length + task),
  );
  const controlStateWord = Int32Array.from(controlStateFields, (bitField) => bitField?.word ?? 0);
  const controlStateShift = Int32Array.from(controlStateFields, (bitField) => bitField?.shift ?? 0);
  const controlStateMask = Int32Array.from(controlStateFields, (bitField) => bitField?.mask ?? 0);
  const base = Int32Array.from(bases);
  let violated = 0;
  let propertySet = 0;

  const outOfRange = (action: number, value: number): never => {
    throw new Error(
      `${stepName(model, action)} stores ${value}, which is out of the range of the field`,
    );
  };

  const run = (start: number): boolean => {
    const code = bytecode.code();
    let at = start;
    let top = 0;
    for (;;) {
      // The numbers of OPCODE as literals: only these compile to a jump table.
      switch (code[at]!) {
        case 0:
          /* push */ stack[top++] = code[at + 1]!;
          at += 2;
          break;
        case 1:
          /* load */ stack[top++] =
            ((next[code[at + 1]!]! >>> code[at + 2]!) & code[at + 3]!) + code[at + 4]!;
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
          /* jumpNonZero */ at = stack[--top] === 0 ? at + 2 : code[at + 1]!;
          break;
        case 10:
          /* jumpUnless */ at =
            (next[code[at + 1]!]! & code[at + 2]!) === code[at + 3]! ? at + 5 : code[at + 4]!;
          break;
        case 11:
          /* jumpIf */ at =
            (next[code[at + 1]!]! & code[at + 2]!) === code[at + 3]! ? code[at + 4]! : at + 5;
          break;
        case 12: /* set */ {
          const word = code[at + 1]!;
          next[word] = (next[word]! & code[at + 2]!) | code[at + 3]!;
          at += 4;
          break;
        }
        case 13: /* store */ {
          const value = stack[--top]!;
          if (value < code[at + 4]! || value > code[at + 5]!) outOfRange(code[at + 6]!, value);
          const word = code[at + 1]!;
          const shift = code[at + 2]!;
          next[word] =
            (next[word]! & ~(code[at + 3]! << shift)) | ((value - code[at + 4]!) << shift);
          at += 7;
          break;
        }
        case 14: /* addConstant */ {
          const word = code[at + 1]!;
          const shift = code[at + 2]!;
          const value = ((next[word]! >>> shift) & code[at + 3]!) + code[at + 5]!;
          if (value < 0 || value > code[at + 4]!) outOfRange(code[at + 6]!, value);
          next[word] = (next[word]! & ~(code[at + 3]! << shift)) | (value << shift);
          at += 7;
          break;
        }
        case 15:
          /* violate */ violated |= 1 << code[at + 1]!;
          at += 2;
          break;
        case 16:
          /* done */ propertySet = code[at + 1]!;
          return true;
        case 17:
          /* blocked */ return false;
        case 18:
          /* loadTable */ stack[top++] =
            code[code[at + 4]! + ((next[code[at + 1]!]! >>> code[at + 2]!) & code[at + 3]!)]!;
          at += 5;
          break;
        case 19:
          /* jumpUnlessTable */ at =
            code[code[at + 4]! + ((next[code[at + 1]!]! >>> code[at + 2]!) & code[at + 3]!)] === 0
              ? code[at + 5]!
              : at + 6;
          break;
        case 20:
          /* jumpIfTable */ at =
            code[code[at + 4]! + ((next[code[at + 1]!]! >>> code[at + 2]!) & code[at + 3]!)] === 0
              ? at + 6
              : code[at + 5]!;
          break;
        default:
          throw new Error(`unknown instruction ${code[at]} at ${at}`);
      }
    }
  };

  return {
    next,
    step: (words, offset, task) => {
      const at =
        base[task]! +
        ((words[offset + controlStateWord[task]!]! >>> controlStateShift[task]!) &
          controlStateMask[task]!);
      let entry = entries[at]!;
      if (entry === NOT_COMPILED) entry = bytecode.compileAction(at);
      if (entry < 0) return false;
      for (let i = 0; i < width; i++) next[i] = words[offset + i]!;
      violated = 0;
      return run(entry);
    },
    stepViolations: () => violated,
    violationsAfterStep: () => {
      if (propertySet !== 0) for (const start of bytecode.propertyTestsOf(propertySet)) run(start);
      return violated;
    },
  };
}
