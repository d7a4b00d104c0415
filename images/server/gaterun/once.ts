// Does a piece of work when it is first asked for, and gives the same outcome ever after, be it a value or what was thrown.

const settled = <V>(make: () => V): (() => V) => {
  try {
    const value = make()
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}

export const once = <V>(make: () => V): (() => V) => {
  let outcome: (() => V) | undefined
  return () => {
    outcome ??= settled(make)
    return outcome()
  }
}
