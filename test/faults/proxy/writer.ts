// A client to be killed: makes config maps through the operator's client, four at a time, as fast as it can. Arguments: kubeconfig, namespace.
import { createClient } from '../../../operator/runtime/client.ts'
import { systemClock } from '../../../operator/runtime/clock.ts'
import { Connection } from '../../../operator/runtime/connection.ts'
import { loadFrom } from '../../integration/runtime/operate.ts'
import { configMaps, make } from '../../integration/runtime/widgets.ts'

const [, , kubeconfig = '', namespace = ''] = process.argv
const connection = new Connection({ load: loadFrom(kubeconfig), clock: systemClock })
const client = createClient({ connection, clock: systemClock, fieldManager: 'writer' })

const write = async (lane: number): Promise<void> => {
  for (let at = 0; ; at++)
    await client.create(configMaps, make(configMaps, `w${lane}-${at}`, { metadata: { name: `w${lane}-${at}`, namespace } }))
}

await Promise.all([0, 1, 2, 3].map(write))
