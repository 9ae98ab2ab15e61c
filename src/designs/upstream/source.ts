import { section } from '../thread2021';

/** A citation of Linux v6.6: file, function, and the section of the domain text that tells of it. */
export function linux(file: string, place: string, domain: string): string {
  return `${file}, ${place}, v6.6; ${section(domain)}`;
}
