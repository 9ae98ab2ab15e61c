/** A text with one to four random changes: characters, words, lines and brackets added, removed, replaced or moved. */
export function mutateText(text: string, below: (n: number) => number): string {
  let result = text;
  for (let i = below(4); i >= 0; i--) result = changeOnce(result, below);
  return result;
}

const INSERTED = [
  '/*',
  '*/',
  '//',
  '"',
  '{',
  '}',
  '(',
  ')',
  ';',
  ':',
  '->',
  '@',
  '|',
  '-',
  '=',
  '\n',
  '\u0000',
  'é',
  '\u{1f600}',
  '\ud800',
  '99999999999',
  '__proto__',
  'constructor',
  'goto ',
  'int ',
  'struct ',
  'property ',
  'if (',
  'else ',
  '('.repeat(300),
  '{'.repeat(300),
  '!'.repeat(300),
  '1 + '.repeat(300),
  'if (x) '.repeat(300),
  'a:'.repeat(300),
  'a->'.repeat(300),
];

function changeOnce(text: string, below: (n: number) => number): string {
  const at = below(text.length + 1);
  const length = 1 + below(12);
  const words = [...text.matchAll(/\w+|[^\w\s]+/g)];
  const lines = text.split('\n');
  const line = below(lines.length);
  switch (below(9)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at) + INSERTED[below(INSERTED.length)] + text.slice(at);
    case 2:
      return text.slice(0, at) + String.fromCharCode(below(0x250)) + text.slice(at + 1);
    case 3:
      return lines.toSpliced(line, 1).join('\n');
    case 4:
      return lines.toSpliced(line, 0, lines[below(lines.length)] ?? '').join('\n');
    case 5: {
      const other = below(lines.length);
      return lines
        .with(line, lines[other] ?? '')
        .with(other, lines[line] ?? '')
        .join('\n');
    }
    case 6:
    case 7: {
      const word = words[below(Math.max(1, words.length))];
      const by = words[below(Math.max(1, words.length))];
      return word && by
        ? text.slice(0, word.index) + by[0] + text.slice(word.index + word[0].length)
        : text;
    }
    default:
      return text.slice(0, at);
  }
}
