import * as Flags from '@oclif/core/flags';
import {KdiagError} from '../kdiag-error.ts';
import {checkNamespace} from './target.ts';

export const manifestFlags = {
  namespace: Flags.string({char: 'n', description: "kdiag's own namespace, which is made", default: 'kdiag'}),
  output: Flags.option({char: 'o', options: ['yaml', 'json'] as const, default: 'yaml' as const})({description: 'form of the objects'}),
};

/** Its PodSecurity level is set, so it must not be one that others live in. Throws KdiagError(2). */
export function checkOwnNamespace(text: string): string {
  if (!/^(default|kube-.*|openshift-.*)$/.test(text)) return checkNamespace(text);
  throw new KdiagError(2, `namespace ${checkNamespace(text)} is not to be kdiag's own: what is printed would change which pods it admits`, 'Name a new one with -n');
}

/** Image references as container runtimes read them. Throws on anything else. https://github.com/distribution/reference */
export function checkImage(text: string): string {
  if (text.length <= 512 && /^[a-z0-9][a-z0-9._-]*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/.test(text)) return text;
  throw new Error(`“${text}” is no image: write REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:DIGEST`);
}

/** Five fields, or one of the named schedules. Throws on anything else. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax */
export function checkSchedule(text: string): string {
  const field = String.raw`(\*|[0-9a-zA-Z]+(-[0-9a-zA-Z]+)?)(/\d+)?(,(\*|[0-9a-zA-Z]+(-[0-9a-zA-Z]+)?)(/\d+)?)*`;
  if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(text) || new RegExp(`^${field}( +(${field}|\\?)){4}$`).test(text.trim())) return text.trim();
  throw new Error(`“${text}” is no schedule: write minute, hour, day of the month, month and weekday, as in '0 6 * * *', or @daily`);
}
