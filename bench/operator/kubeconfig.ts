// Reads one kubeconfig, for clients of this benchmark.
import { KubeConfig } from '@kubernetes/client-node'

export const loadFrom = (path: string) => () => {
  const config = new KubeConfig()
  config.loadFromFile(path)
  return config
}
