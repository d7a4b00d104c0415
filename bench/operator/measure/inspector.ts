// Asks a process of Node for its heap after a forced collection, through its inspector.

export interface Heap {
  /** MiB that are still needed right after a collection. */
  collected(): Promise<number>
  close(): void
}

/** The process was started with --inspect; `noise` holds the line that tells where its inspector listens. */
export const openHeap = async (noise: readonly string[]): Promise<Heap> => {
  const address = noise.map(line => /ws:\/\/\S+/.exec(line)?.[0]).find(found => found !== undefined)
  if (address === undefined) throw new Error('the process does not tell where its inspector listens: start it with --inspect=127.0.0.1:0')
  const socket = new WebSocket(address)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  let last = 0
  const ask = (method: string, params: object = {}): Promise<{ result?: { value?: unknown } }> =>
    new Promise(resolve => {
      const id = ++last
      const hear = ({ data }: MessageEvent) => {
        const answer = JSON.parse(String(data)) as { id?: number; result?: { result?: { value?: unknown } } }
        if (answer.id !== id) return
        socket.removeEventListener('message', hear)
        resolve(answer.result ?? {})
      }
      socket.addEventListener('message', hear)
      socket.send(JSON.stringify({ id, method, params }))
    })
  await ask('HeapProfiler.enable')
  return {
    async collected() {
      await ask('HeapProfiler.collectGarbage')
      await ask('HeapProfiler.collectGarbage')
      const { result } = await ask('Runtime.evaluate', { expression: 'process.memoryUsage().heapUsed', returnByValue: true })
      return Number(result?.value) / 2 ** 20
    },
    close: () => socket.close(),
  }
}
