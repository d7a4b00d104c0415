// Waits for several pieces of work to end, and tells the first failure in their order, not in time: causes before effects.

export async function together(works: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(works)) {
    if (outcome.status === 'rejected') throw outcome.reason
  }
}
