import type { LinkWord } from '../../designs/designMeta';

/** base64url needs no escaping in a URL. */
const BASE64URL_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const BASE64URL_VALUES: ReadonlyMap<string, number> = new Map(
  BASE64URL_ALPHABET.split('').map((c, i) => [c, i]),
);

/** Bytes as base64url without padding. */
export function makeBase64url(bytes: readonly number[]): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const characters = Math.min(4, bytes.length - i + 1);
    for (let k = 0; k < characters; k++)
      text += BASE64URL_ALPHABET[(group >> (18 - 6 * k)) & 63] ?? '';
  }
  return text;
}

/** The bytes before the first character that is not base64url; `whole` if there is no such character. */
export function parseBase64url(text: string): {
  readonly bytes: readonly number[];
  readonly whole: boolean;
} {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const c of text) {
    const value = BASE64URL_VALUES.get(c);
    if (value === undefined) return { bytes, whole: false };
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
    }
  }
  return { bytes, whole: true };
}

/** CRC-CCITT, 16 bits. Continues from `before`, so that each checksum covers all bytes before it. */
export function crc16(bytes: readonly number[], before = 0xffff): number {
  let crc = before;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++)
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1;
  }
  return crc;
}

/** Appends to a list of bytes. A string of the dictionary, or one written before, is written as its number. */
export interface LinkWriter {
  /** An integer from 0 to 2^32 - 1 as a varint: 7 bits per byte, low bits first. */
  readonly number: (value: number) => void;
  readonly text: (value: string) => void;
  /** The bytes as they are, without their number. */
  readonly bytes: (value: Uint8Array) => void;
  /** Returns the bytes written since the last call. */
  readonly take: () => number[];
}

/** Word number k of `words` is written as k + 1; `numbered` are further words with fixed, larger numbers. */
export function makeLinkWriter(
  words: readonly string[],
  numbered: readonly LinkWord[] = [],
): LinkWriter {
  let bytes: number[] = [];
  const known = new Map(words.map((word, i) => [word, i + 1]));
  const fixed = new Map(numbered.map(({ code, word }) => [word, code]));
  const encoder = new TextEncoder();
  const number = (value: number): void => {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    bytes.push(rest);
  };
  const text = (value: string): void => {
    const at = known.get(value) ?? fixed.get(value);
    number(at ?? 0);
    if (at !== undefined) return;
    known.set(value, known.size + 1);
    const utf8 = encoder.encode(value);
    number(utf8.length);
    bytes.push(...utf8);
  };
  const take = (): number[] => {
    const taken = bytes;
    bytes = [];
    return taken;
  };
  const rawBytes = (value: Uint8Array): void => {
    for (const each of value) bytes.push(each);
  };
  return { number, text, bytes: rawBytes, take };
}

/** Thrown by a reader for damaged bytes. The message completes `it …`; `parseLink` shows it. */
export class LinkFormatError extends Error {}

/** The counterpart of `LinkWriter`. */
export interface LinkReader {
  readonly number: () => number;
  readonly text: () => string;
  /** All bytes that are left of the record. */
  readonly rest: () => Uint8Array;
  /** Continues with the bytes of the next record. Strings read so far keep their numbers. */
  readonly feed: (bytes: readonly number[]) => void;
  readonly atEnd: () => boolean;
}

/** Takes the same words as the writer did. */
export function makeLinkReader(
  words: readonly string[],
  numbered: readonly LinkWord[] = [],
): LinkReader {
  let bytes: readonly number[] = [];
  let at = 0;
  const known = [...words];
  const fixed = new Map(numbered.map(({ code, word }) => [code, word]));
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const byte = (): number => {
    const value = bytes[at++];
    if (value === undefined) throw new LinkFormatError('ends early');
    return value;
  };
  const number = (): number => {
    let value = 0;
    for (let scale = 1; scale < 2 ** 35; scale *= 128) {
      const next = byte();
      value += (next & 127) * scale;
      if (next < 128) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new LinkFormatError('contains a number that is too large');
  };
  const text = (): string => {
    const index = number();
    if (index > 0) {
      const word = known[index - 1] ?? fixed.get(index);
      if (word === undefined)
        throw new LinkFormatError('refers to a word that it does not contain');
      return word;
    }
    const length = number();
    if (at + length > bytes.length) throw new LinkFormatError('ends early');
    const spelled = Uint8Array.from(bytes.slice(at, at + length));
    at += length;
    let value: string;
    try {
      value = decoder.decode(spelled);
    } catch {
      throw new LinkFormatError('contains text that is not UTF-8');
    }
    known.push(value);
    return value;
  };
  const feed = (next: readonly number[]): void => {
    bytes = next;
    at = 0;
  };
  const rest = (): Uint8Array => {
    const left = Uint8Array.from(bytes.slice(at));
    at = bytes.length;
    return left;
  };
  return { number, text, rest, feed, atEnd: () => at >= bytes.length };
}
