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
