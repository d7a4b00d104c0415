// Every bound that is not a setting: what the server refuses to read, to hold, or to wait for.

const MIB = 1024 * 1024

export const limits = {
  bundle: { files: 256, totalBytes: 2048 * MIB, manifestBytes: 16 * MIB, modelBytes: 1024 * MIB, otherBytes: 1024 * MIB, depth: 4 },
  /** How deep subgraphs of the ONNX graph nest. */
  graph: { depth: 8 },
  load: { timeoutMs: 120_000, retryMs: 10_000 },
  request: { rows: 10_000, jsonDepth: 8 },
  /** Runs that wait for one worker before new ones are refused: about a tenth of a second of small ones. */
  queuePerWorker: 512,
  http: {
    headersTimeoutMs: 10_000,
    requestTimeoutMs: 30_000,
    checkEveryMs: 2_000,
    /** Beyond the deadline of a request: how long a connection may move no byte. */
    stalledMs: 20_000,
    maxHeaderBytes: 16 * 1024,
    maxConnections: 2_048,
    /** Bytes of all bodies that are held at once; beyond it new ones are asked to come back. */
    bodyBudgetBytes: 64 * MIB,
    /** A body that is too large is read and dropped up to this many times the largest accepted one. */
    dropFactor: 16,
    /**
     * An idle connection must be closed by the client, or its next request meets a closing socket and is lost.
     * Traefik keeps one for 90 s, cloud load balancers for 60 to 600 s: this is longer than all of them. What it costs, idle
     * sockets, is bounded by maxConnections; a slow sender is cut by the two timeouts above, not by this one.
     */
    keepAliveMs: 620_000,
  },
} as const
