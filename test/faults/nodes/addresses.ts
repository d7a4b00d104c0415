// Addresses for pods: loopback addresses of this machine, other ones for each control plane, none twice at a time.

export interface Addresses {
  take: () => string
  free: (address: string) => void
}

// 127.0 is everybody's; what follows 127.20 is nobody's.
const FIRST_NETWORK = 20
const NETWORKS = 200
const PER_NETWORK = 254 * 254

/** The ports of control planes side by side lie 16 apart, so that each gets a network of its own. */
export const addressesFor = (server: string): Addresses => {
  const network = FIRST_NETWORK + ((Number(new URL(server).port) >> 4) % NETWORKS)
  const used = new Set<string>()
  let last = -1
  const take = (): string => {
    if (used.size === PER_NETWORK) throw new Error(`all ${PER_NETWORK} addresses of 127.${network} are in use: delete pods first`)
    // An address comes back as late as possible: what still speaks to it must not meet another pod.
    do last = (last + 1) % PER_NETWORK
    while (used.has(written(network, last)))
    used.add(written(network, last))
    return written(network, last)
  }
  return { take, free: address => void used.delete(address) }
}

const written = (network: number, number: number): string => `127.${network}.${1 + Math.floor(number / 254)}.${1 + (number % 254)}`
