/** Pixels per unit of the picture: sharp on a projector. */
const PNG_SCALE = 2;

/** An SVG as PNG, or why it could not be drawn. */
export async function svgToPng(svg: string): Promise<Blob | string> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * PNG_SCALE;
    canvas.height = image.naturalHeight * PNG_SCALE;
    const pen = canvas.getContext('2d');
    if (!pen) return 'This browser gives no canvas to draw on.';
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => {
      canvas.toBlob(
        (blob) =>
          resolve(blob ?? 'The picture is too large for a PNG in this browser: save the SVG.'),
        'image/png',
      );
    });
  } catch (error) {
    return `The picture could not be drawn: ${String(error)}`;
  } finally {
    URL.revokeObjectURL(url);
  }
}
