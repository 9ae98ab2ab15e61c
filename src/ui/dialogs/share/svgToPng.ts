/** PNG pixels per SVG unit: sharp on a projector. */
const PNG_SCALE = 2;

/** Draws an SVG as PNG; returns an error message on failure. */
export async function svgToPng(svg: string): Promise<Blob | string> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * PNG_SCALE;
    canvas.height = image.naturalHeight * PNG_SCALE;
    const context = canvas.getContext('2d');
    if (!context) return 'PNG: this browser does not provide a canvas. Save the SVG instead.';
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => {
      canvas.toBlob(
        (blob) =>
          resolve(blob ?? 'PNG: the picture is too large for this browser. Save the SVG instead.'),
        'image/png',
      );
    });
  } catch (error) {
    return `PNG: the picture could not be drawn (${String(error)}). Save the SVG instead.`;
  } finally {
    URL.revokeObjectURL(url);
  }
}
