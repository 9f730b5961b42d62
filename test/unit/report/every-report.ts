import {openRecording} from '../../../src/cluster/recording/file.ts';
import {demoNames, demos, recordingFile} from '../../../src/demo/demos.ts';
import type {Report} from '../../../src/diagnose/report.ts';
import {cases, diagnoseCase} from '../../cases/case.ts';
import {worldOf} from '../../cases/world.ts';
import {brokenReport, healthyReport, nodesReport, unknownReport} from './reports.ts';

/** Of every case, of every recording that comes with kdiag, and those made by hand. */
export async function everyReport(): Promise<[string, Report][]> {
  return [
    ...await Promise.all(cases.map(async (each): Promise<[string, Report]> => [each.file, await diagnoseCase(each, worldOf(each.change ?? [], each.world))])),
    ...await Promise.all(demoNames.map(async (name): Promise<[string, Report]> => [name, await diagnoseCase({ask: demos[name].service ?? 'dns', namespace: demos[name].namespace}, await openRecording(recordingFile(name)))])),
    ['healthy by hand', healthyReport], ['broken by hand', brokenReport], ['unknown by hand', unknownReport], ['nothing examined', {...unknownReport, checks: [], reach: []}], ['nodes by hand', nodesReport],
  ];
}
