import type {HttpAnswer} from '../cluster/tcp.ts';
import {proxyHealth, type ProxyHealth, proxyWork, type ProxyWork} from './proxy-health.ts';

/** What a kube-proxy says of itself; null: that port or path did not answer as kube-proxy does. */
export interface ProxyReport {
  readonly mode: string | null;
  readonly config: RunningConfig | null;
  readonly work: ProxyWork | null;
  readonly health: ProxyHealth | null;
  /** `hung`: each takes connections, and answers nothing on them in time; `closed`: each refuses them. */
  readonly ports: 'open' | 'hung' | 'closed';
}

/** Of /configz (kubeproxy.config.k8s.io/v1alpha1): the settings that it runs with, defaults and flags included. */
export interface RunningConfig {
  readonly mode: string;
  readonly clusterCIDR: string;
  /** How it tells local pods from others; by `clusterCIDR` when empty. */
  readonly detectLocalMode: string;
  readonly hostnameOverride: string;
  readonly nodePortAddresses: readonly string[];
}

export function proxyReport({mode, config, metrics, health, ports = 'open'}: {readonly mode: HttpAnswer | null; readonly config: HttpAnswer | null; readonly metrics: HttpAnswer | null; readonly health: HttpAnswer | null; readonly ports?: ProxyReport['ports']}): ProxyReport {
  return {
    mode: mode?.status === 200 && /^[a-z]+$/.test(mode.body.trim()) ? mode.body.trim() : null,
    config: config?.status === 200 ? runningConfig(config.body) : null,
    work: metrics?.status === 200 ? proxyWork(metrics.body) : null,
    health: health === null ? null : proxyHealth(health.status, health.body),
    ports,
  };
}

function runningConfig(body: string): RunningConfig | null {
  try {
    const told = (JSON.parse(body) as {'kubeproxy.config.k8s.io'?: Partial<RunningConfig> & {nodePortAddresses?: readonly string[] | null}})['kubeproxy.config.k8s.io'];
    return told === undefined ? null : {mode: told.mode ?? '', clusterCIDR: told.clusterCIDR ?? '', detectLocalMode: told.detectLocalMode ?? '', hostnameOverride: told.hostnameOverride ?? '', nodePortAddresses: told.nodePortAddresses ?? []};
  } catch {
    return null;
  }
}
