export function compareMessages(texts: Record<string, Record<string, string>>): string[];
