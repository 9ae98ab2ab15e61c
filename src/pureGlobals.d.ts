// The platform globals that the pure rooms may use although they compile without the DOM library.
// Every other global of a browser or of Node stays unknown to the compiler there.

declare namespace WebAssembly {
  type ImportValue = Memory | ((...args: number[]) => number | void) | number;

  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer);
    private readonly brand: 'Module';
  }

  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, ImportValue>>);
    // As in the DOM library: an export may be a function, a memory, a table or a global.
    readonly exports: Record<string, unknown>;
  }

  class Memory {
    constructor(limits: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }

  function validate(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): boolean;
}

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: 'utf-8', options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array | ArrayBuffer): string;
}

declare function structuredClone<T>(value: T): T;
