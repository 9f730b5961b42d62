import type {KubeObject} from '../objects.ts';
import {resources} from '../resources.ts';
import {type Fields, Malformed, parseJson} from './fields.ts';

/** What kdiag relies on being there, by kind, besides a name. The API server gives all of these always. */
const required: Readonly<Record<string, (fields: Fields) => unknown>> = {
  DaemonSet: fields => fields.fields('spec').fields('template').fields('spec').items('containers'),
  Deployment: fields => fields.fields('spec').fields('template').fields('spec').items('containers'),
  EndpointSlice: fields => fields.text('addressType'),
  Event: fields => fields.fields('involvedObject'),
  Pod: fields => fields.fields('spec').items('containers'),
  Service: fields => fields.fields('spec'),
  StatefulSet: fields => fields.fields('spec').fields('template').fields('spec').items('containers'),
};

/** One object's file. Throws Malformed for what is no object of a kind that kdiag records: a Secret above all. */
export function readObject(bytes: Buffer, path: string): KubeObject {
  const fields = parseJson(bytes, path);
  const kind = fields.text('kind');
  const resource = Object.values(resources).find(known => known.kind === kind);
  if (!resource) throw new Malformed(`${path} holds a ${kind}, which kdiag never records`);
  const metadata = fields.fields('metadata');
  metadata.text('name');
  if (resource.namespaced) metadata.text('namespace');
  required[kind]?.(fields);
  return fields.whole() as KubeObject;
}
