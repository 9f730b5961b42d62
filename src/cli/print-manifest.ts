import type {Manifest} from '../manifest/naming.ts';

/** On stdout, as `kubectl apply -f -` reads it. `about` is for the person who reads it before: JSON has no place for it. */
export async function printManifest(objects: readonly Manifest[], output: 'yaml' | 'json', about: readonly string[]): Promise<void> {
  process.stdout.write(output === 'json' ? `${JSON.stringify({apiVersion: 'v1', kind: 'List', items: objects}, null, 2)}\n` : await asYaml(objects, about));
}

async function asYaml(objects: readonly Manifest[], about: readonly string[]): Promise<string> {
  const {stringify} = await import('yaml');
  // version 1.1 quotes what older readers take for a boolean or a number; no anchors for labels that several objects share
  const documents = objects.map(object => stringify(object, {aliasDuplicateObjects: false, lineWidth: 0, version: '1.1', directives: false}));
  return `${about.map(line => `# ${line}\n`).join('')}${documents.join('---\n')}`;
}
