// Decides whether the operator's log is of use in trouble: it says what is wrong, and does not say it a hundred times a second.
type Line = Record<string, unknown>

export interface Loudness {
  /** Warnings and errors. */
  lines: number
  /** Of one message about one thing, in any one second. */
  mostPerSecond: number
  /** The message that was said most often in one second. */
  loudest: string
}

/** Tries of one object begin 5 ms apart, and each is twice as far from the next: that many fall into the first second. */
export const LOUDEST = 12

/** A pass that meets a cut connection, or an API server without etcd, says so and is tried again. */
export const EXPLAINED = [/no answer (Unreachable|Timeout|NotLeading)|: 429 |: 50[034] /]

const TROUBLE = ['warn', 'error', 'fatal']

/** What a line is about: one kind, or one object. */
const subjectOf = ({ msg, controller, resource, namespace, key }: Line): string =>
  [msg, controller, resource, namespace, key].filter(Boolean).join(' ')

export const loudness = (lines: readonly Line[]): Loudness => {
  const trouble = lines.filter(({ level }) => TROUBLE.includes(String(level)))
  const counts = new Map<string, number>()
  for (const line of trouble) {
    const second = `${subjectOf(line)} ${String(line['time']).slice(0, 19)}`
    counts.set(second, (counts.get(second) ?? 0) + 1)
  }
  const [loudest, mostPerSecond] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? ['', 0]
  return { lines: trouble.length, mostPerSecond, loudest }
}

/** Lines that say that a watch or a list went wrong, and why. */
export const interruptions = (lines: readonly Line[]): Line[] =>
  lines.filter(line => line['msg'] === 'watch interrupted' && typeof line['cause'] === 'string')
