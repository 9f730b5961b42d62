/** A day of the calendar as `YYYY-MM-DD`, leap years and all. src/accept/suppressions.schema.json has the same. */
export const isDay = (text: string): boolean => /^(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$/.test(text);
