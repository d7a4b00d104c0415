// A table of customers, the same on every machine: numbers and texts, some missing, a target that depends on them.

/** A linear congruential generator: small, and the same for ever. */
const generator = (seed: number) => {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

const pick = (random: () => number, values: readonly string[]) => values[Math.floor(random() * values.length)] as string

const customer = (random: () => number, id: number) => {
  const age = 18 + Math.floor(random() * 60)
  const income = (10_000 + random() * random() * 90_000).toFixed(2)
  const plan = pick(random, ['basic', 'pro', 'pro', 'enterprise'])
  const region = pick(random, ['north', 'south', 'éast', 'west'])
  const tickets = Math.floor(random() * random() * 6)
  const leaves = 0.15 + (plan === 'basic' ? 0.4 : 0) + 0.08 * tickets - (region === 'éast' ? 0.1 : 0)
  const cells = [id, random() < 0.05 ? '' : age, income, random() < 0.05 ? '' : plan, region, tickets, random() < leaves ? 'yes' : 'no']
  return cells.join(',')
}

export const customers = (rows = 600) => {
  const random = generator(7)
  return ['id,age,income,plan,région,tickets,churned', ...Array.from({ length: rows }, (_, id) => customer(random, id))].join('\n')
}
