/** One page of a list; `next`, given as `after`, brings the one that follows, and is null on the last. */
export interface Page<Item, Cursor> {
  items: Item[];
  next: Cursor | null;
}

/**
 * @param found - one item more than the page holds, if there are so many
 * @param limit - items of a page
 */
export function pageOf<Item, Cursor>(
  found: Item[],
  limit: number,
  cursorOf: (item: Item) => Cursor,
): Page<Item, Cursor> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last !== undefined && found.length > limit ? cursorOf(last) : null };
}
