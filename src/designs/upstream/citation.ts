import { domainSection } from '../shared/citations';

/** A citation of Linux v6.6: file, function, and the section of the domain text that tells of it. */
export function linuxCitation(file: string, place: string, domain: string): string {
  return `${file}, ${place}, v6.6; ${domainSection(domain)}`;
}
