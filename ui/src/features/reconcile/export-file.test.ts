// What is read of a file, and what is said of one that cannot be an export.

import { describe, expect, test, vi } from 'vitest';
import { EXPORT_BYTES_MAX } from '../../api/generated';
import { readExport } from './export-file';

describe('a file that was chosen', () => {
  test('is read as text, without the mark that spreadsheets put in front', async () => {
    const file = new File(['\ufeffCustomer ID,2026-10\ncus_1,“5”\n'], 'mrr.csv');
    expect(await readExport(file)).toEqual({ name: 'mrr.csv', text: 'Customer ID,2026-10\ncus_1,“5”\n' });
  });

  test('is not read at all when it is too long', async () => {
    const file = new File(['x'], 'huge.csv');
    const read = vi.spyOn(file, 'arrayBuffer');
    Object.defineProperty(file, 'size', { value: EXPORT_BYTES_MAX + 1 });
    expect(await readExport(file)).toMatchObject({
      message: expect.stringMatching(/^The file huge\.csv is longer than 32\sMB/),
    });
    expect(read).not.toHaveBeenCalled();
  });

  test('is refused when it is no text', async () => {
    const file = new File([new Uint8Array([0x50, 0x4b, 0xff, 0xfe])], 'mrr.xlsx');
    expect(await readExport(file)).toMatchObject({
      message: 'mrr.xlsx is no text that can be read.',
      hint: expect.stringContaining('UTF-8'),
    });
  });

  test('is refused when it is gone', async () => {
    const file = new File(['x'], 'mrr.csv');
    vi.spyOn(file, 'arrayBuffer').mockRejectedValue(new DOMException('gone', 'NotFoundError'));
    expect(await readExport(file)).toMatchObject({ message: 'mrr.csv could not be read.' });
  });
});
