/**
 * Which container a process runs in, by what the kernel tells it about itself. Pure functions of those texts.
 */

/** What runtimes call containers: 64 hex digits; a task's and a container's number (Fargate); what Garden makes up. */
const ID = '([0-9a-f]{64}|[0-9a-f]{32}-\\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){4})'
/** `…/docker-<id>.scope`, `…/cri-containerd-<id>.scope`, `…/<id>`. */
const CGROUP = new RegExp(`^(?:.*[-:])?${ID}(?:\\.scope)?$`)
/** Files that the runtime mounts from the container's own folder. A sandbox is its pod's, not the container. */
const MOUNT = new RegExp(`/(?:containers|overlay-containers)/${ID}/(?:userdata/)?(?:hostname|hosts|resolv\\.conf)$`)
const POD = /\bpod([0-9a-f]{8}([-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})\b/
const POD_MOUNT = /\/pods\/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\//

/**
 * @param cgroup `/proc/self/cgroup`: tells under cgroup v1, and under v2 where the container sees the host's tree
 * @param mountinfo `/proc/self/mountinfo`: tells under cgroup v2
 */
export function containerIdIn(cgroup: string, mountinfo: string): string | undefined {
  return cgroupPaths(cgroup).map(idOf).find(Boolean) ?? mountRoots(mountinfo).map(mountedId).find(Boolean)
}

/** The uid of the Kubernetes pod, by the same texts. */
export function podUidIn(cgroup: string, mountinfo: string): string | undefined {
  const inCgroup = cgroupPaths(cgroup).map((path) => POD.exec(path)?.[1])
  const uid =
    inCgroup.find(Boolean) ??
    mountRoots(mountinfo)
      .map((root) => POD_MOUNT.exec(root)?.[1])
      .find(Boolean)
  return uid?.replaceAll('_', '-')
}

/** `hierarchy:controllers:path` */
function cgroupPaths(cgroup: string): string[] {
  return cgroup.split('\n').map((line) => line.trim().split(':').slice(2).join(':'))
}

function idOf(path: string): string | undefined {
  const last = path.slice(path.lastIndexOf('/') + 1)
  return path.includes('/') && !last.startsWith('crio-conmon-') ? CGROUP.exec(last)?.[1] : undefined
}

/** The fourth field: the folder or file of the host's that is mounted. */
function mountRoots(mountinfo: string): string[] {
  return mountinfo.split('\n').map((line) => line.split(' ')[3] ?? '')
}

function mountedId(root: string): string | undefined {
  return MOUNT.exec(root)?.[1]
}
