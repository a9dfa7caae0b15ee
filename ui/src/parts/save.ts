// Gives the user a file that was made here: a download in the browser, a file in the downloads folder from the window.

/** Offers text as a file to be saved. */
export function save(name: string, type: string, ...parts: string[]): void {
  offer(name, new Blob(parts, { type: `${type};charset=utf-8` }));
}

/** Offers bytes that came as base64. */
export function saveBytes(name: string, type: string, base64: string): void {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  offer(name, new Blob([bytes], { type }));
}

function offer(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // By then whoever takes it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Offers CSV; the mark in front tells spreadsheets that it is written in UTF-8. */
export function saveCsv(name: string, ...parts: string[]): void {
  save(name, 'text/csv', '\ufeff', ...parts);
}
