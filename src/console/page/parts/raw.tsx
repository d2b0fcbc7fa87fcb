/** A body as it is kept, indented. */
export function Raw({ value, label }: { value: unknown; label: string }) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return (
    <figure>
      <figcaption aria-hidden="true">{label}</figcaption>
      <pre class="raw" tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
    </figure>
  );
}
