// Unmounts whatever lies below a folder: the kubelet and containerd mount much, and a crash leaves all of it.
import { readFileSync } from 'node:fs'
import { run } from './command.ts'

/** The mount points below a folder, the deepest first. */
export function mountsBelow(folder: string, mountinfo = readFileSync('/proc/self/mountinfo', 'utf8')): string[] {
  const points = mountinfo.split('\n').map(line => plain(line.split(' ')[4] ?? ''))
  return points.filter(point => point.startsWith(`${folder}/`)).reverse()
}

export async function unmountBelow(folder: string): Promise<void> {
  // Lazily: what still has a file open in there is being killed, and must not keep us.
  for (const point of mountsBelow(folder)) await run(['umount', '--lazy', point])
}

// The kernel writes spaces and the like as octal numbers.
function plain(path: string): string {
  return path.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
