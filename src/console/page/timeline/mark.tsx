import type { TimelineEntry } from "@tally/client";

/** An entry's sign, about 0/0: its shape is the kind, a cross through it what went wrong. */
export function Mark({ kind, tone }: Pick<TimelineEntry, "kind" | "tone">) {
  return (
    <g class={`mark ${tone}`}>
      {shapeOf(kind)}
      {tone === "bad" && <path class="cross" d="M-3-3 3 3M3-3-3 3" />}
    </g>
  );
}

function shapeOf(kind: TimelineEntry["kind"]) {
  switch (kind) {
    case "event":
      return <circle r="5.5" />;
    case "decision":
      return <path d="M0-7 7 0 0 7-7 0Z" />;
    case "call":
      return <path d="M-5.5-5.5h11v11h-11Z" />;
    case "outcome":
      return <path d="M-6-5h12L0 6Z" />;
    case "deadline":
      return <path d="M-6-6H6L0 0 6 6H-6L0 0Z" />;
  }
}
