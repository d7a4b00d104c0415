// Decides how much of a foreign text fits into a message: one line, printable, cut at a length.

/** Whatever a pod, a node or a person wrote may hold anything: control characters and line ends become single spaces. */
export const brief = (text: string | undefined, longest = 400): string => {
  const line = (text ?? '')
    .slice(0, 4 * longest)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
  return line.length > longest
    ? `${line
        .slice(0, longest - 1)
        .toWellFormed()
        .replace(/�$/, '')}…`
    : line
}

/** The end of a log says more than its beginning, and a message that was written on purpose begins with what matters: both are kept. */
export const briefEnds = (text: string | undefined, longest = 400): string => {
  const line = brief(text, 4096)
  if (line.length <= longest) return line
  const part = (longest - 3) >> 1
  return `${line.slice(0, part)} … ${line.slice(-part)}`.toWellFormed().replaceAll('�', '')
}
