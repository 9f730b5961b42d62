/** Lets at most `width` of the given tasks run at a time; the others wait in line. */
export function gate(width: number): <T>(task: () => Promise<T>) => Promise<T> {
  let free = Math.max(1, width);
  const line: (() => void)[] = [];
  return async task => {
    if (free > 0) free--;
    else await new Promise<void>(resolve => line.push(resolve));
    try {
      return await task();
    } finally {
      const next = line.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
