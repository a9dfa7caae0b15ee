// Gives the user a file that was made here: a download in the browser, a file in the downloads folder from the window.

/** Offers text as a file to be saved. */
export function save(name: string, type: string, ...parts: string[]): void {
  const url = URL.createObjectURL(new Blob(parts, { type: `${type};charset=utf-8` }));
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
