// What a benchmark tells about itself, and how it is run.

export interface Benchmark {
  /** What it measures, in one sentence. */
  measures: string
  /** Flags that it takes, one per line. */
  usage: string
  run: (args: string[]) => Promise<void>
}
