// Decides which of two resourceVersions is newer. From Kubernetes 1.35 on they are comparable integers of any length.

const integer = /^(0|[1-9][0-9]*)$/

/** Negative when a is older than b, 0 when equal, positive when newer. A version that is no integer counts as newer: never hide news. */
export const compareVersions = (a: string | undefined, b: string | undefined): number => {
  if (a === b) return 0
  if (a === undefined || !integer.test(a)) return 1
  if (b === undefined || !integer.test(b)) return 1
  const [left, right] = [BigInt(a), BigInt(b)]
  return left < right ? -1 : 1
}

export const isNewer = (a: string | undefined, b: string | undefined): boolean => compareVersions(a, b) > 0
