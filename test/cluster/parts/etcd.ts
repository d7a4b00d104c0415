// etcd: forgets the last second when the machine dies, which a test cluster may, and spares the disk in return.
import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import type { Part } from '../part.ts'
import { answersOk } from '../probe.ts'

export function etcdUrl(layout: Layout): string {
  return `http://127.0.0.1:${layout.ports.etcd}`
}

export function etcd(layout: Layout): Part {
  const peer = `http://127.0.0.1:${layout.ports.etcdPeer}`
  return {
    name: 'etcd',
    argv: [
      layout.binaries.etcd,
      '--name=tidegate',
      `--data-dir=${join(layout.folder, 'etcd')}`,
      `--listen-client-urls=${etcdUrl(layout)}`,
      `--advertise-client-urls=${etcdUrl(layout)}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=tidegate=${peer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
    ready: () => answersOk(`${etcdUrl(layout)}/health`),
  }
}
