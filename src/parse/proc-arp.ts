/** `/proc/net/arp` (arp_seq_show of net/ipv4/arp.c). */
export interface Neighbour {
  readonly address: string;
  readonly device: string;
  /** It did not answer, or not yet (ATF_COM is not set). */
  readonly incomplete: boolean;
  /** Somebody wrote it, and nobody asks for it (ATF_PERM): the kernel does not count it. */
  readonly permanent: boolean;
}

export function parseArp(text: string): {readonly neighbours: readonly Neighbour[]; readonly strange: readonly string[]} {
  const strange: string[] = [];
  const neighbours = text.split('\n').slice(1).filter(line => line.trim() !== '').flatMap((line): Neighbour[] => {
    const [, address, flags, device] = /^(\d+(?:\.\d+){3})\s+0x[0-9a-f]+\s+0x([0-9a-f]+)\s+\S+\s+\S+\s+(\S+)\s*$/.exec(line) ?? [];
    if (address !== undefined && flags !== undefined && device !== undefined) return [{address, device, incomplete: (Number.parseInt(flags, 16) & 2) === 0, permanent: (Number.parseInt(flags, 16) & 4) !== 0}];
    strange.push(line);
    return [];
  });
  return {neighbours, strange};
}
