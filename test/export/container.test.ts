import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { containerIdIn, podUidIn } from '../../src/export/container.js'

const ID = '7be92808767a667f35c8505cbf40d14e931ef6db5b0210329cf193b15ba9d605'
const POD = '8a51b4a1-3a51-4a3a-9b65-1c4f4b2f3e6d'
const POD_ = POD.replaceAll('-', '_')
const TASK = 'd5f8c2b1a0e94f6d8b7c6a5e4d3c2b1a'
const GARDEN = '6f265890-5165-7fab-6b52-18d1'

const v1 = (path: string): string =>
  ['12:perf_event:', '11:devices:', '1:name=systemd:'].map((line) => `${line}${path}`).join('\n')
const v2 = (path: string): string => `0::${path}\n`

describe('the container id in /proc/self/cgroup', () => {
  const cases: readonly (readonly [title: string, cgroup: string, id: string | undefined])[] = [
    ['Docker, v1', v1(`/docker/${ID}`), ID],
    ['Docker in Docker, v1', v1(`/docker/${ID.replaceAll('7', '8')}/docker/${ID}`), ID],
    ['Docker by systemd, v1', v1(`/system.slice/docker-${ID}.scope`), ID],
    ['ECS, v1', v1(`/ecs/55091c13-b8cf-4801-b527-f4601742204d/${ID}`), ID],
    ['Fargate 1.4, v1', v1(`/ecs/${TASK}/${TASK}-2574839563`), `${TASK}-2574839563`],
    ['Kubernetes, v1', v1(`/kubepods/burstable/pod${POD}/${ID}`), ID],
    ['Kubernetes without a class, v1', v1(`/kubepods/pod${POD}/${ID}`), ID],
    [
      'Kubernetes by systemd, containerd',
      v1(`/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${POD_}.slice/cri-containerd-${ID}.scope`),
      ID,
    ],
    [
      'Kubernetes by systemd, CRI-O',
      v1(`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_}.slice/crio-${ID}.scope`),
      ID,
    ],
    [
      'containerd with a prefix',
      v1(`/system.slice/containerd.service/kubepods-pod${POD_}.slice:cri-containerd:${ID}`),
      ID,
    ],
    ['Podman', v1(`/machine.slice/libpod-${ID}.scope`), ID],
    ['Podman, rootless, v2', v2(`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope`), ID],
    ['Docker seen from the host’s tree, v2', v2(`/system.slice/docker-${ID}.scope`), ID],
    ['Kubernetes seen from the host’s tree, v2', v2(`/../../pod${POD}/${ID}`), ID],
    ['Cloud Foundry', v1(`/system.slice/garden.service/garden/${GARDEN}`), GARDEN],
    ['windows line ends', `1:cpu:/docker/${ID}\r\n`, ID],
    ['a terminal’s scope', v2(`/user.slice/vte-spawn-${POD}.scope`), undefined],
    ['a namespace of its own, v2', v2('/'), undefined],
    ['no container, v1', v1('/user.slice/user-1000.slice/session-3.scope'), undefined],
    ['no container, v2', v2('/system.slice/nginx.service'), undefined],
    ['CRI-O’s monitor', v1(`/kubepods.slice/crio-conmon-${ID}`), undefined],
    ['too few digits', v1(`/docker/${ID.slice(1)}`), undefined],
    ['too many digits', v1(`/docker/${ID}0`), undefined],
    ['other letters', v1(`/docker/${ID.replaceAll('7', 'g')}`), undefined],
    ['no path', '1:cpu\n2:memory:\n', undefined],
    ['an id without a path', ID, undefined],
    ['nothing', '', undefined],
  ]
  for (const [title, cgroup, id] of cases) {
    it(`is ${id?.slice(0, 8)} for ${title}`, () => assert.equal(containerIdIn(cgroup, ''), id))
  }
})

describe('the container id in /proc/self/mountinfo', () => {
  const mount = (root: string, point = '/etc/hostname'): string =>
    `473 456 254:1 /opt / rw,relatime - ext4 /dev/vda1 rw\n476 456 254:1 ${root} ${point} rw,relatime - ext4 /dev/vda1 rw\n`
  const cases: readonly (readonly [title: string, mountinfo: string, id: string | undefined])[] = [
    ['Docker', mount(`/docker/containers/${ID}/hostname`), ID],
    ['Docker with a data root', mount(`/var/lib/docker/containers/${ID}/resolv.conf`, '/etc/resolv.conf'), ID],
    ['Docker’s hosts', mount(`/var/lib/docker/containers/${ID}/hosts`, '/etc/hosts'), ID],
    ['Podman', mount(`/home/me/.local/share/containers/storage/overlay-containers/${ID}/userdata/hostname`), ID],
    ['a pod’s sandbox', mount(`/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${ID}/hostname`), undefined],
    ['another file of a container', mount(`/docker/containers/${ID}/mounts/shm`, '/dev/shm'), undefined],
    ['no container', mount('/'), undefined],
    ['junk', 'x\n\n1 2 3', undefined],
  ]
  for (const [title, mountinfo, id] of cases) {
    it(`is ${id?.slice(0, 8)} for ${title}`, () => assert.equal(containerIdIn(v2('/'), mountinfo), id))
  }

  it('is not looked for if the control group has told it', () => {
    assert.equal(
      containerIdIn(v1(`/docker/${ID}`), mount(`/docker/containers/${ID.replaceAll('7', '8')}/hostname`)),
      ID,
    )
  })
})

describe('the uid of the pod', () => {
  it('is in the control group’s path', () => {
    assert.equal(podUidIn(v1(`/kubepods/burstable/pod${POD}/${ID}`), ''), POD)
    assert.equal(podUidIn(v1(`/kubepods.slice/kubepods-pod${POD_}.slice/cri-containerd-${ID}.scope`), ''), POD)
    assert.equal(
      podUidIn(v1('/kubepods/pod0123456789abcdef0123456789abcdef/x'), ''),
      '0123456789abcdef0123456789abcdef',
    )
  })

  it('is in the paths of what the kubelet mounts', () => {
    const mountinfo = `1 2 3:4 /var/lib/kubelet/pods/${POD}/etc-hosts /etc/hosts rw - ext4 /dev/vda1 rw`
    assert.equal(podUidIn(v2('/'), mountinfo), POD)
  })

  it('is unknown elsewhere', () => {
    assert.equal(podUidIn(v1(`/docker/${ID}`), ''), undefined)
    assert.equal(podUidIn('', ''), undefined)
  })
})
