// Tells what happens, stage by stage, with the seconds of each.

interface Stage {
  title: string
  seconds: number
}

export class Narrator {
  readonly #began = Date.now()
  readonly #stages: Stage[] = []

  /** Runs one stage between its title and its time. */
  async stage<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
    console.log(`\n▸ ${title}`)
    const began = Date.now()
    const result = await work()
    const seconds = (Date.now() - began) / 1000
    this.#stages.push({ title, seconds })
    this.say(`done in ${seconds.toFixed(1)} s`)
    return result
  }

  say(text: string): void {
    const at = `${((Date.now() - this.#began) / 1000).toFixed(1)} s`.padStart(8)
    for (const line of text.split('\n')) console.log(`${at}  ${line}`)
  }

  summary(): void {
    const width = Math.max(...this.#stages.map(stage => stage.title.length))
    console.log('\nWhere the time went')
    for (const { title, seconds } of this.#stages) console.log(`  ${title.padEnd(width)}  ${seconds.toFixed(1).padStart(7)} s`)
    console.log(`  ${'in all'.padEnd(width)}  ${((Date.now() - this.#began) / 1000).toFixed(1).padStart(7)} s`)
  }
}
