/** What we use of gifenc 1.0.3, which has no types. */
declare module 'gifenc' {
  type Palette = readonly (readonly number[])[];
  interface GifFrameOptions {
    readonly palette: Palette;
    /** ms */
    readonly delay: number;
    /** 0: for ever. */
    readonly repeat: number;
    readonly transparent: boolean;
    readonly transparentIndex: number;
    readonly dispose: number;
  }
  interface GifEncoder {
    readonly writeFrame: (
      pixels: Uint8Array,
      width: number,
      height: number,
      options: GifFrameOptions,
    ) => void;
    readonly finish: () => void;
    readonly bytes: () => Uint8Array;
  }
  export function GIFEncoder(): GifEncoder;
  export function quantize(rgba: Uint8ClampedArray, maxColours: number): Palette;
  export function applyPalette(rgba: Uint8ClampedArray, palette: Palette): Uint8Array;
}
