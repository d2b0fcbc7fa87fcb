/** Links to the newest page and to the next older one. */
export function Pager({ isFirst, newest, older }: { isFirst: boolean; newest: string; older: string | null }) {
  if (isFirst && older === null) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {!isFirst && <a href={newest}>Newest</a>}
      {older !== null && <a href={older}>Older</a>}
    </nav>
  );
}
