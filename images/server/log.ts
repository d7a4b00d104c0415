// One JSON line per event on standard output, with the names that Kubernetes knows the server by.
import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'

export const createLog = (config: Pick<Config, 'inferenceService' | 'model' | 'version'>): Logger =>
  pino({
    base: { inferenceservice: config.inferenceService || undefined, model: config.model, model_version: config.version },
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: label => ({ level: label }) },
  })
