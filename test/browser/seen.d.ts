// Apart from the tests, whose compiler knows of no document: nor must that of src.
export function isFocused(selector: string): boolean;
export function isOpened(element: unknown): boolean;
export function distanceScrolled(element: unknown): number;
export function colourOf(element: unknown): string;
export function cellsWithoutText(cells: readonly unknown[]): number;
export function unfold(): void;
export function overflowing(): string[];
export function faint(): string[];
