/** What an endpoint's name begins with: its hostname, its pod's name if the plugin is told so, else its address with dashes. */
export function endpointLabel(address: string, {hostname, targetRef}: {readonly hostname?: string | undefined; readonly targetRef?: {readonly name?: string} | undefined}, podNames: boolean): string {
  if (hostname !== undefined && hostname !== '') return hostname;
  if (podNames && targetRef?.name !== undefined && targetRef.name.length < 64) return targetRef.name;
  const dashes = address.replaceAll(/[.:]/g, '-');
  return address.includes(':') && dashes.endsWith('-') ? `${dashes}0` : dashes;
}
