// Decides what a log line looks like: one JSON object, with the key of the object it is about.
import { type Logger, pino } from 'pino'

/** What the runtime needs of a logger: fields first, then a short lower-case message that never varies. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface LogOptions {
  level?: string
  /** Where lines go; standard output unless said otherwise. */
  write?: (line: string) => void
}

export const createLog = ({ level = 'info', write }: LogOptions = {}): Logger => {
  const settings = {
    level,
    base: null,
    messageKey: 'msg',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return write ? pino(settings, { write }) : pino(settings)
}

export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
