// Decides which part of a container's last words goes into a message: the line that names the error, or both ends of what there is.
import { brief } from './brief.ts'

const LONGEST = 400

/** As Node, Python, Java and Go write it; the last one is the one that ended the process. */
const errorLine = /^(?:(?:[\w$]+\.)*\w*(?:Error|Exception)(?: \[[^\]]*\])?: .*|panic: .*|fatal error: .*)$/gm

/** A message that was written on purpose begins with what matters; the end of a log says more than its beginning. */
export const lastWords = (text: string | undefined): string => {
  const named = text?.slice(-4096).match(errorLine)?.at(-1)
  if (named) return brief(named, LONGEST)
  const line = brief(text, 4096)
  if (line.length <= LONGEST) return line
  const part = (LONGEST - 3) >> 1
  return `${line.slice(0, part)} … ${line.slice(-part)}`.toWellFormed().replaceAll('�', '')
}
