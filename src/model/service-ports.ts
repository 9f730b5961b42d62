import type {Service, ServicePort} from '../cluster/objects.ts';

/** The ports that were asked for, by number or by name; all of them when none was. Several may share a number (TCP and UDP). */
export function askedPorts(service: Service, asked: string | null): readonly ServicePort[] {
  const ports = service.spec.ports ?? [];
  return asked === null ? ports : ports.filter(({port, name}) => String(port) === asked || name === asked);
}
