import {apply, kubectl} from '../rig.ts';

const labels = {made: 'network-test'};

/** Pods that run one command of the toolbox image, which no probe asks. */
export async function app(name: string, command: readonly string[], replicas = 2): Promise<void> {
  await apply({
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name, namespace: 'default', labels},
    spec: {
      replicas, selector: {matchLabels: {app: name}},
      template: {metadata: {labels: {app: name}}, spec: {terminationGracePeriodSeconds: 0, containers: [{name, image: 'docker.io/library/toolbox:v1', imagePullPolicy: 'IfNotPresent', command}]}},
    },
  });
  await kubectl(`rollout status deploy/${name} --timeout=60s`);
}

export async function service(name: string, selected = name, targetPort = 9376): Promise<void> {
  await apply({apiVersion: 'v1', kind: 'Service', metadata: {name, namespace: 'default', labels}, spec: {selector: {app: selected}, ports: [{port: 80, targetPort}]}});
}

export async function removeApps(): Promise<void> {
  await kubectl('delete deploy,svc -l made=network-test --ignore-not-found --wait=true --cascade=foreground');
}
