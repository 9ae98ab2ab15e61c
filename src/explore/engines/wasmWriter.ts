/** The WebAssembly instructions that the emitter uses. */
export const WASM_OPCODE = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  load: 0x28,
  load8: 0x2d,
  store: 0x36,
  const: 0x41,
  eqz: 0x45,
  eq: 0x46,
  ne: 0x47,
  ltS: 0x48,
  ltU: 0x49,
  gtS: 0x4a,
  gtU: 0x4b,
  leS: 0x4c,
  geU: 0x4f,
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  and: 0x71,
  or: 0x72,
  xor: 0x73,
  shl: 0x74,
  shrU: 0x76,
} as const;

const I32 = 0x7f;
const EMPTY_BLOCK_TYPE = 0x40;

/** Writes one function body. Labels are names, so callers need not count nesting depths. */
export class FunctionWriter {
  readonly bytes: number[] = [];
  private readonly labels: string[] = [];
  private extraLocals = 0;

  constructor(private readonly parameters: number) {}

  /** A fresh 32-bit local. */
  local(): number {
    return this.parameters + this.extraLocals++;
  }

  op(...codes: readonly number[]): void {
    for (const code of codes) this.bytes.push(code);
  }

  constant(value: number): void {
    this.bytes.push(WASM_OPCODE.const);
    writeSleb128(this.bytes, value);
  }

  get(local: number): void {
    this.bytes.push(WASM_OPCODE.localGet);
    writeUleb128(this.bytes, local);
  }

  set(local: number): void {
    this.bytes.push(WASM_OPCODE.localSet);
    writeUleb128(this.bytes, local);
  }

  tee(local: number): void {
    this.bytes.push(WASM_OPCODE.localTee);
    writeUleb128(this.bytes, local);
  }

  /** Loads from the address on the stack plus `offset`. */
  load(offset: number): void {
    this.bytes.push(WASM_OPCODE.load, 2);
    writeUleb128(this.bytes, offset);
  }

  store(offset: number): void {
    this.bytes.push(WASM_OPCODE.store, 2);
    writeUleb128(this.bytes, offset);
  }

  /** Loads a byte from the address on the stack plus `offset`. */
  load8(offset: number): void {
    this.bytes.push(WASM_OPCODE.load8, 0);
    writeUleb128(this.bytes, offset);
  }

  call(index: number): void {
    this.bytes.push(WASM_OPCODE.call);
    writeUleb128(this.bytes, index);
  }

  block(label: string): void {
    this.labels.push(label);
    this.bytes.push(WASM_OPCODE.block, EMPTY_BLOCK_TYPE);
  }

  loop(label: string): void {
    this.labels.push(label);
    this.bytes.push(WASM_OPCODE.loop, EMPTY_BLOCK_TYPE);
  }

  /** Opens an if on the value on the stack; `yields` if both branches leave one value. */
  if(yields = false): void {
    this.labels.push('');
    this.bytes.push(WASM_OPCODE.if, yields ? I32 : EMPTY_BLOCK_TYPE);
  }

  else(): void {
    this.bytes.push(WASM_OPCODE.else);
  }

  end(): void {
    this.labels.pop();
    this.bytes.push(WASM_OPCODE.end);
  }

  br(label: string): void {
    this.bytes.push(WASM_OPCODE.br);
    writeUleb128(this.bytes, this.depth(label));
  }

  brIf(label: string): void {
    this.bytes.push(WASM_OPCODE.brIf);
    writeUleb128(this.bytes, this.depth(label));
  }

  brTable(labels: readonly string[], otherwise: string): void {
    this.bytes.push(WASM_OPCODE.brTable);
    writeUleb128(this.bytes, labels.length);
    for (const label of [...labels, otherwise]) writeUleb128(this.bytes, this.depth(label));
  }

  /** The body with its locals, encoded for the code section. */
  finish(): number[] {
    const out: number[] = [];
    if (this.extraLocals > 0) {
      out.push(1);
      writeUleb128(out, this.extraLocals);
      out.push(I32);
    } else out.push(0);
    for (const byte of this.bytes) out.push(byte);
    out.push(WASM_OPCODE.end);
    const sized: number[] = [];
    writeUleb128(sized, out.length);
    for (const byte of out) sized.push(byte);
    return sized;
  }

  private depth(label: string): number {
    const at = this.labels.lastIndexOf(label);
    if (at < 0) throw new Error(`no label ${label}`);
    return this.labels.length - 1 - at;
  }
}

/** Number of i32 parameters, and whether it returns an i32. */
export interface FunctionSignature {
  readonly parameters: number;
  readonly result: boolean;
}

/** The bytes of a module that imports `env.memory` and functions, and exports its own functions by name. Imported functions are numbered first. */
export function moduleBytes(
  imports: readonly { readonly name: string; readonly signature: FunctionSignature }[],
  functions: readonly {
    readonly name: string;
    readonly signature: FunctionSignature;
    readonly body: readonly number[];
  }[],
): Uint8Array<ArrayBuffer> {
  const out: number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const all = [...imports, ...functions];
  writeSection(
    out,
    1,
    all.length,
    all.flatMap(({ signature }) => {
      const bytes = [0x60];
      writeUleb128(bytes, signature.parameters);
      for (let i = 0; i < signature.parameters; i++) bytes.push(I32);
      bytes.push(...(signature.result ? [1, I32] : [0]));
      return bytes;
    }),
  );
  writeSection(out, 2, imports.length + 1, [
    ...nameBytes('env'),
    ...nameBytes('memory'),
    0x02,
    0x00,
    0x01,
    ...imports.flatMap(({ name }, type) => [...nameBytes('env'), ...nameBytes(name), 0x00, type]),
  ]);
  writeSection(
    out,
    3,
    functions.length,
    functions.flatMap((_, i) => uleb128(imports.length + i)),
  );
  writeSection(
    out,
    7,
    functions.length,
    functions.flatMap(({ name }, i) => [...nameBytes(name), 0x00, ...uleb128(imports.length + i)]),
  );
  const bodies: number[] = [];
  for (const { body } of functions) for (const byte of body) bodies.push(byte);
  writeSection(out, 10, functions.length, bodies);
  return Uint8Array.from(out);
}

function writeSection(out: number[], id: number, count: number, content: readonly number[]): void {
  const head: number[] = [];
  writeUleb128(head, count);
  out.push(id);
  writeUleb128(out, head.length + content.length);
  for (const byte of head) out.push(byte);
  for (const byte of content) out.push(byte);
}

function uleb128(value: number): number[] {
  const out: number[] = [];
  writeUleb128(out, value);
  return out;
}

function nameBytes(value: string): number[] {
  return [value.length, ...Array.from(value, (letter) => letter.charCodeAt(0))];
}

function writeUleb128(out: number[], value: number): void {
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    out.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
}

function writeSleb128(out: number[], value: number): void {
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
      out.push(low);
      return;
    }
    out.push(low | 0x80);
  }
}
