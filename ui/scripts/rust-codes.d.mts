export function rustSource(path: string): string;
export function rustCodes(path: string, name: string): string[];
