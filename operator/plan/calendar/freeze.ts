// Decides whether a stage is frozen now, and until when. What cannot be judged is frozen, and says why.
import { readCron, type Starts } from '../../api/cron.ts'
import { seconds } from '../../api/fields.ts'
import type { Freeze } from '../../api/model.ts'

/** Frozen until a moment, or until somebody corrects a window. */
export type Frozen = { until: Date } | { problem: string }

interface Window {
  starts: Starts
  milliseconds: number
}

/** Beyond it a window has no end that a calendar could show. */
const MOST_DAYS = 3650

/** How many windows that touch one another are followed. Whoever asks again at the end is told the rest. */
const MOST_JOINED = 31

/** Undefined when the stage is open. A window holds from its start up to, and without, its end. */
export const frozen = (windows: readonly Freeze[], now: Date, field = 'freeze'): Frozen | undefined => {
  const read = windows.map((window, position) => windowOf(window, `${field}[${position}]`))
  const wrong = read.find(one => 'problem' in one)
  if (wrong) return wrong
  const readable = read.filter(one => 'starts' in one)
  const until = latestEnd(readable, now)
  return until > now ? { until: joined(readable, until) } : undefined
}

const windowOf = ({ cron, duration, timeZone = 'UTC' }: Freeze, field: string): Window | { problem: string } => {
  const milliseconds = seconds(duration) * 1000
  if (!(milliseconds <= MOST_DAYS * 86_400_000)) {
    return { problem: `${field}.duration is ${JSON.stringify(duration)}: use at most ${MOST_DAYS}d` }
  }
  const reading = readCron(field, { cron, timeZone })
  return 'problem' in reading ? reading : { starts: reading.starts, milliseconds }
}

/** Of what has begun by then; long past when nothing lasts that long. */
const latestEnd = (windows: readonly Window[], moment: Date): Date =>
  new Date(Math.max(0, ...windows.map(({ starts, milliseconds }) => starts.upTo(moment).getTime() + milliseconds)))

/** A window that begins when another one ends leaves no gap. */
const joined = (windows: readonly Window[], first: Date): Date => {
  let until = first
  for (let links = 1; links < MOST_JOINED; links++) {
    const later = latestEnd(windows, until)
    if (later <= until) return until
    until = later
  }
  return until
}
