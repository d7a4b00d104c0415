// Does one thing for every item of a list, so many at a time, in the order of the list.

export const inParallel = async <Item>(items: Iterable<Item>, width: number, work: (item: Item) => Promise<void>): Promise<void> => {
  const left = items[Symbol.iterator]()
  const worker = async (): Promise<void> => {
    for (let next = left.next(); !next.done; next = left.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: width }, worker))
}
