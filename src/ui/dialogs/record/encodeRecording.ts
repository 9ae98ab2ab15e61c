import type { Still } from '../../../export/recording';

/** How large the pictures of a recording are, in px per unit of the drawing. */
const GIF_SCALE = 1;
const VIDEO_SCALE = 2;
/** A picture that stands still is repeated so often, so that every player can seek in it. */
const MAX_VIDEO_FRAME_SECONDS = 0.25;
const GIF_COLOURS = 255;

/** An encoded recording. */
export interface EncodedRecording {
  readonly blob: Blob;
  /** File name extension, without the dot. */
  readonly extension: 'gif' | 'mp4' | 'webm';
}

interface EncodeOptions {
  /** Gets the number of finished pictures. */
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

/** A GIF that loops for ever. Throws if it is cancelled, or if a picture cannot be drawn. */
export async function encodeGif(
  stills: readonly Still[],
  { onProgress, signal }: EncodeOptions,
): Promise<EncodedRecording> {
  const { GIFEncoder, quantize, applyPalette } = await import('gifenc');
  const gif = GIFEncoder();
  let shown: Uint32Array | undefined;
  for (const [index, { svg, seconds }] of stills.entries()) {
    signal.throwIfAborted();
    const { context, width, height } = await drawStill(svg, GIF_SCALE);
    const { data } = context.getImageData(0, 0, width, height);
    const palette = quantize(data, GIF_COLOURS);
    const pixels = applyPalette(data, palette);
    // What has not changed is transparent, which compresses to almost nothing.
    const transparent = palette.length;
    const colours = new Uint32Array(data.buffer);
    const before = shown;
    if (before)
      colours.forEach((colour, at) => {
        if (colour === before[at]) pixels[at] = transparent;
      });
    shown = colours;
    gif.writeFrame(pixels, width, height, {
      palette: [...palette, [0, 0, 0]],
      delay: Math.round(seconds * 1000),
      repeat: 0,
      transparent: before !== undefined,
      transparentIndex: transparent,
      dispose: 1,
    });
    onProgress(index + 1);
  }
  gif.finish();
  return {
    blob: new Blob([new Uint8Array(gif.bytes())], { type: 'image/gif' }),
    extension: 'gif',
  };
}

/** Whether this browser can encode videos. It needs a secure page. */
export function canEncodeVideo(): boolean {
  return 'VideoEncoder' in window;
}

/** An MP4 with H.264 if the browser can encode that, else a WebM. Throws if it can encode neither or is cancelled. */
export async function encodeVideo(
  stills: readonly Still[],
  { onProgress, signal }: EncodeOptions,
): Promise<EncodedRecording> {
  const {
    BufferTarget,
    CanvasSource,
    getFirstEncodableVideoCodec,
    Mp4OutputFormat,
    Output,
    QUALITY_HIGH,
    WebMOutputFormat,
  } = await import('mediabunny');
  const [first] = stills;
  if (!first) throw new Error('a recording without pictures');
  const { canvas, width, height } = await drawStill(first.svg, VIDEO_SCALE);
  const size = { width, height };
  const mp4 = await getFirstEncodableVideoCodec(['avc'], size);
  const codec = mp4 ?? (await getFirstEncodableVideoCodec(['vp9', 'vp8', 'av1'], size));
  if (!codec) throw new Error('this browser can encode neither H.264 nor a codec of WebM');
  const target = new BufferTarget();
  const output = new Output({
    format: mp4 ? new Mp4OutputFormat({ fastStart: 'in-memory' }) : new WebMOutputFormat(),
    target,
  });
  const source = new CanvasSource(canvas, { codec, quality: QUALITY_HIGH });
  output.addVideoTrack(source);
  await output.start();
  let time = 0;
  try {
    for (const [index, { svg, seconds }] of stills.entries()) {
      signal.throwIfAborted();
      await drawStill(svg, VIDEO_SCALE, canvas);
      const repeats = Math.ceil(seconds / MAX_VIDEO_FRAME_SECONDS);
      for (let repeat = 0; repeat < repeats; repeat += 1) {
        await source.add(time, seconds / repeats);
        time += seconds / repeats;
      }
      onProgress(index + 1);
    }
    await output.finalize();
  } catch (error) {
    await output.cancel();
    throw error;
  }
  if (!target.buffer) throw new Error('the video is empty');
  return mp4
    ? { blob: new Blob([target.buffer], { type: 'video/mp4' }), extension: 'mp4' }
    : { blob: new Blob([target.buffer], { type: 'video/webm' }), extension: 'webm' };
}

/** Draws an SVG on a canvas of even width and height: H.264 has no odd ones. */
async function drawStill(
  svg: string,
  scale: number,
  canvas = document.createElement('canvas'),
): Promise<{
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
}> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const width = 2 * Math.floor((image.naturalWidth * scale) / 2);
    const height = 2 * Math.floor((image.naturalHeight * scale) / 2);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('this browser does not provide a canvas');
    context.drawImage(image, 0, 0, image.naturalWidth * scale, image.naturalHeight * scale);
    return { canvas, context, width, height };
  } finally {
    URL.revokeObjectURL(url);
  }
}
