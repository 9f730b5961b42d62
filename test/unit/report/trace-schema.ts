import {readFileSync} from 'node:fs';
import {Ajv2020} from 'ajv/dist/2020.js';

const schema: object = JSON.parse(readFileSync(new URL('../../../src/report/trace.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({allErrors: true, strict: true, strictTypes: false, strictRequired: false}).addSchema(schema);

/** What in the JSON of kdiag trace is against the shipped schema, a line each; empty: nothing. */
export const complaintsAboutTrace = (report: unknown): string[] => complaints('urn:kdiag:trace:v1', report);

/** The same of the traces in a report. */
export const complaintsAboutTraces = (traces: readonly unknown[]): string[] => traces.flatMap(trace => complaints('urn:kdiag:trace:v1#/$defs/trace', trace));

function complaints(which: string, value: unknown): string[] {
  const validate = ajv.getSchema(which);
  if (validate === undefined) throw new Error(`there is no schema ${which}`);
  return validate(JSON.parse(JSON.stringify(value))) === true ? [] : (validate.errors ?? []).map(({instancePath, message, params}) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`);
}
