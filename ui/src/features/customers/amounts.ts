// Amounts of several currencies side by side. They are joined, never added.

import type { MoneyView } from '../../api/generated';

export function amounts(list: readonly MoneyView[]): string {
  return list.length === 0 ? '—' : list.map((money) => money.text).join(' + ');
}
