import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { podAttributes } from '../../src/export/kubernetes.js'

const NAMESPACE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'
const reading =
  (files: Readonly<Record<string, string>>): ((path: string) => string) =>
  (path) =>
    files[path] ?? ''
const CLUSTER = { KUBERNETES_SERVICE_HOST: '10.0.0.1', HOSTNAME: 'shop-7d4b9c-x2x4z' }

describe('a Kubernetes pod', () => {
  it('is known by what every pod has', () => {
    assert.deepEqual(podAttributes(CLUSTER, reading({ [NAMESPACE]: 'prod\n' }), 'uid-1'), {
      'k8s.pod.name': 'shop-7d4b9c-x2x4z',
      'k8s.pod.uid': 'uid-1',
      'k8s.namespace.name': 'prod',
    })
  })

  it('is known by the downward API’s files', () => {
    const files = { '/etc/podinfo/name': 'shop-1', '/etc/podinfo/namespace': 'prod\n', '/etc/podinfo/uid': 'u' }
    assert.deepEqual(podAttributes(CLUSTER, reading(files), 'other'), {
      'k8s.pod.name': 'shop-1',
      'k8s.pod.uid': 'u',
      'k8s.namespace.name': 'prod',
    })
  })

  it('is known by the downward API’s variables, which come first', () => {
    const env = {
      ...CLUSTER,
      POD_NAME: 'shop-2',
      MY_POD_NAMESPACE: 'test',
      POD_UID: 'v',
      NODE_NAME: 'n1',
      CONTAINER_NAME: 'c',
    }
    const files = { '/etc/podinfo/name': 'shop-1', [NAMESPACE]: 'prod' }
    assert.deepEqual(podAttributes(env, reading(files), 'other'), {
      'k8s.pod.name': 'shop-2',
      'k8s.pod.uid': 'v',
      'k8s.namespace.name': 'test',
      'k8s.node.name': 'n1',
      'k8s.container.name': 'c',
    })
  })

  it('is known by its service account alone', () => {
    assert.deepEqual(podAttributes({}, reading({ [NAMESPACE]: 'prod' }), undefined), { 'k8s.namespace.name': 'prod' })
  })

  it('is none where nothing says that this is Kubernetes', () => {
    const elsewhere = { HOSTNAME: 'laptop', NODE_NAME: 'jenkins-1', POD_NAME: '' }
    assert.deepEqual(podAttributes(elsewhere, reading({}), undefined), {})
  })
})
