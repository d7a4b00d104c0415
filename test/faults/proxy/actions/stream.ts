// Breaks a watch in the ways that watches break.
import type { Effect } from '../effect.ts'
import type { Exchange } from '../exchange.ts'
import type { StreamAction, StreamFault } from '../fault.ts'
import { byLine, type Outlet, paced } from '../outlet.ts'
import { errorEvent } from '../status.ts'

const tooOld = { status: 410, reason: 'Expired', message: 'too old resource version: the fault proxy forgot it' }
const inside = { status: 500, message: 'the fault proxy breaks this watch' }

export const stream = ({ how, ...when }: StreamAction): Effect => {
  if (how === 'gone') return { before: exchange => exchange.refuse(tooOld) }
  return { through: (outlet, exchange) => breaking({ ...when, strike: breaks[how] }, outlet, exchange) }
}

/** A watch on its way to its fault. */
interface Course {
  exchange: Exchange
  /** Replaced by the fault, when it goes on with what follows. */
  outlet: Outlet
  /** What the client was told so far. */
  sent: Buffer[]
}

type Strike = (course: Course) => void
type When = Omit<StreamAction, 'kind' | 'how'> & { strike: Strike }

const breaking = (when: When, outlet: Outlet, exchange: Exchange): Outlet => {
  const course: Course = { exchange, outlet, sent: [] }
  let broken = false
  const strike = (): void => {
    if (broken) return
    broken = true
    when.strike(course)
  }
  const take = byLine(line => {
    course.outlet.write(line)
    if (broken || isBookmark(line)) return
    course.sent.push(line)
    if (course.sent.length === when.afterEvents) strike()
  })
  if (when.afterMilliseconds !== undefined) after(when.afterMilliseconds, exchange.over, strike)
  else if (when.afterEvents === undefined && when.upon === undefined) strike()
  void when.upon?.then(strike)
  return { write: take, end: () => course.outlet.end() }
}

const nowhere: Outlet = { write: () => undefined, end: () => undefined }

const breaks: Record<Exclude<StreamFault, 'gone'>, Strike> = {
  reset(course) {
    course.outlet = nowhere
    // What was written leaves first.
    setImmediate(() => course.exchange.cut('reset'))
  },
  close: ({ outlet }) => outlet.end(),
  'half-open': ({ exchange }) => exchange.cut('hang'),
  truncated(course) {
    course.outlet = halved(course.outlet)
  },
  duplicated: ({ outlet, sent }) => outlet.write(Buffer.concat(sent)),
  dribble(course) {
    course.outlet = paced(course.outlet, { bytes: 1, pieces: 16, everyMilliseconds: 1, signal: course.exchange.over })
  },
  'error-410': ({ outlet }) => last(outlet, errorEvent(tooOld)),
  'error-500': ({ outlet }) => last(outlet, errorEvent(inside)),
}

const last = (outlet: Outlet, line: Buffer): void => {
  outlet.write(line)
  outlet.end()
}

const halved = (outlet: Outlet): Outlet => ({
  write: line => last(outlet, line.subarray(0, line.length / 2)),
  end: () => outlet.end(),
})

const isBookmark = (line: Buffer): boolean => line.subarray(0, 40).includes('"BOOKMARK"')

const after = (milliseconds: number, over: AbortSignal, act: () => void): void => {
  const timer = setTimeout(act, milliseconds)
  over.addEventListener('abort', () => clearTimeout(timer), { once: true })
}
