/** A citation of Linux v6.6: file and functions. */
export function linuxCitation(file: string, functions: string): string {
  return `${file}, ${functions}, v6.6`;
}
