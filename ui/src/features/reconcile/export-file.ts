// Reads the file that somebody chose or dropped, on this machine. What cannot be an export is said here, before anything
// is handed to the engine: a file that is too long, or that is no text.

import { EXPORT_BYTES_MAX } from '../../api/generated';
import { bytes } from '../../parts/format';

export interface ExportFile {
  name: string;
  text: string;
}

export interface FileProblem {
  message: string;
  hint: string;
}

/** The text of a file, or why there is none. */
export async function readExport(file: File): Promise<ExportFile | FileProblem> {
  if (file.size > EXPORT_BYTES_MAX)
    return {
      message: `The file ${file.name} is longer than ${bytes(EXPORT_BYTES_MAX)}, which is the most that is taken here.`,
      hint: 'Choose fewer months in Stripe, or use `coffer reconcile --against FILE.csv`, which reads up to 512 MB.',
    };
  let raw: ArrayBuffer;
  try {
    raw = await file.arrayBuffer();
  } catch {
    return {
      message: `${file.name} could not be read.`,
      hint: 'It may have been moved or opened elsewhere. Choose it again.',
    };
  }
  try {
    return { name: file.name, text: new TextDecoder('utf-8', { fatal: true }).decode(raw) };
  } catch {
    return {
      message: `${file.name} is no text that can be read.`,
      hint: 'Use the file as Stripe gave it, or save it from the spreadsheet as CSV in UTF-8.',
    };
  }
}
