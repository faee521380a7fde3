/**
 * Which Kubernetes pod a process runs in: by the downward API, as variables or files, and by what every pod has.
 */
import type { Environment } from '../config/load.js'

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'
const POD_INFO = '/etc/podinfo'

/** Variables and files in which manifests commonly put a field of the pod, the likeliest first. */
const FIELDS: readonly (readonly [attribute: string, variables: readonly string[], files: readonly string[]])[] = [
  ['k8s.pod.name', ['K8S_POD_NAME', 'POD_NAME', 'MY_POD_NAME', 'KUBERNETES_POD_NAME'], ['name', 'podname']],
  ['k8s.pod.uid', ['K8S_POD_UID', 'POD_UID', 'MY_POD_UID', 'KUBERNETES_POD_UID'], ['uid']],
  [
    'k8s.namespace.name',
    ['K8S_NAMESPACE_NAME', 'K8S_NAMESPACE', 'POD_NAMESPACE', 'MY_POD_NAMESPACE', 'KUBERNETES_NAMESPACE'],
    ['namespace'],
  ],
  ['k8s.node.name', ['K8S_NODE_NAME', 'NODE_NAME', 'MY_NODE_NAME', 'KUBERNETES_NODE_NAME'], []],
  ['k8s.container.name', ['K8S_CONTAINER_NAME', 'CONTAINER_NAME'], []],
]

/**
 * @param read the text of a file, empty where there is none
 * @param uid the pod's, if the kernel has told it
 * @returns nothing outside of Kubernetes
 */
export function podAttributes(
  env: Environment,
  read: (path: string) => string,
  uid: string | undefined,
): Record<string, string> {
  const namespace = read(SERVICE_ACCOUNT).trim()
  if (!env['KUBERNETES_SERVICE_HOST'] && namespace === '') return {}
  const fallbacks: Environment = {
    // A pod's host name is its name, unless the manifest says otherwise.
    'k8s.pod.name': env['HOSTNAME'],
    'k8s.pod.uid': uid,
    'k8s.namespace.name': namespace,
  }
  const found: Record<string, string> = {}
  for (const [attribute, variables, files] of FIELDS) {
    const value = firstText([
      ...variables.map((name) => () => env[name]),
      ...files.map((name) => () => read(`${POD_INFO}/${name}`).trim()),
      () => fallbacks[attribute],
    ])
    if (value !== undefined) found[attribute] = value
  }
  return found
}

function firstText(sources: readonly (() => string | undefined)[]): string | undefined {
  for (const source of sources) {
    const text = source()
    if (text) return text
  }
  return undefined
}
