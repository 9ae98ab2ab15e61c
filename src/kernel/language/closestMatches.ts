/** The names that a misspelled one may stand for, closest first: at most half of its characters differ. */
export function closestMatches(
  name: string,
  names: readonly string[],
  max: number,
): readonly string[] {
  return [...new Set(names)]
    .map((n) => ({ n, distance: editDistance(name.toLowerCase(), n.toLowerCase()) }))
    .filter((x) => x.distance <= Math.max(1, Math.floor(name.length / 2)))
    .sort((a, b) => a.distance - b.distance || (a.n < b.n ? -1 : 1))
    .slice(0, max)
    .map((x) => x.n);
}

/** `did you mean "x" or "y"?`; undefined if no name is close. */
export function didYouMean(name: string, names: readonly string[], max = 3): string | undefined {
  const close = closestMatches(name, names, max).map((each) => JSON.stringify(each));
  return close.length === 0 ? undefined : `did you mean ${close.join(' or ')}?`;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
