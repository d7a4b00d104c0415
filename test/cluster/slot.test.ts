import { describe, expect, it } from 'vitest'
import { ALL_SLOTS, CLUSTER_SLOTS, networkOf, overlaps, portsOf } from './slot.ts'

const slots = Array.from({ length: ALL_SLOTS }, (_, slot) => slot)
const clusters = slots.slice(0, CLUSTER_SLOTS)

describe('a slot', () => {
  it('shares no port with another slot', () => {
    const ports = slots.flatMap(slot => Object.values(portsOf(slot)))
    expect(new Set(ports).size).toBe(ports.length)
  })

  it('stays below the ports that the kernel gives to outgoing connections', () => {
    expect(Math.max(...slots.flatMap(slot => Object.values(portsOf(slot))))).toBeLessThan(32_768)
  })

  it('shares no address with another slot', () => {
    const subnets = clusters.flatMap(slot => {
      const { podSubnet, serviceSubnet, linkSubnet } = networkOf(slot)
      return [podSubnet, serviceSubnet, linkSubnet]
    })
    const pairs = subnets.flatMap((one, index) => subnets.slice(index + 1).map(other => [one, other] as const))
    expect(pairs.filter(([one, other]) => overlaps(one, other))).toEqual([])
  })

  it('has its addresses inside of its subnets', () => {
    for (const network of clusters.map(networkOf)) {
      expect(overlaps(network.serviceSubnet, network.dnsAddress)).toBe(true)
      expect(overlaps(network.serviceSubnet, network.kubernetesAddress)).toBe(true)
      expect(overlaps(network.linkSubnet, network.nodeAddress)).toBe(true)
      expect(overlaps(network.linkSubnet, network.hostAddress)).toBe(true)
    }
  })

  it('outside of the range is refused with the range', () => {
    expect(() => networkOf(CLUSTER_SLOTS)).toThrow(`slot is ${CLUSTER_SLOTS}, but must be a whole number from 0 to ${CLUSTER_SLOTS - 1}`)
    expect(() => portsOf(0.5)).toThrow('slot is 0.5')
  })
})

describe('two subnets', () => {
  it.each([
    ['10.0.0.0/8', '10.213.0.0/22', true],
    ['10.213.4.0/22', '10.213.7.255', true],
    ['10.213.4.0/22', '10.213.8.0', false],
    ['10.213.3.255', '10.213.4.0/22', false],
    ['255.255.255.255', '255.0.0.0/8', true],
  ])('%s and %s overlap: %s', (one, other, expected) => {
    expect(overlaps(one, other)).toBe(expected)
    expect(overlaps(other, one)).toBe(expected)
  })
})
