// Bounds how long a piece of work may take; its timer also keeps the process alive while only worker threads are busy.
import { Unusable } from './unusable.ts'

export const within = async <V>(milliseconds: number, work: Promise<V>, late: string): Promise<V> => {
  const deadline = Promise.withResolvers<never>()
  const timer = setTimeout(() => deadline.reject(new Unusable(`${late} within ${milliseconds / 1000} s`)), milliseconds)
  try {
    return await Promise.race([work, deadline.promise])
  } finally {
    clearTimeout(timer)
  }
}
