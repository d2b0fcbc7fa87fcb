import type { OverviewCounts } from "@tally/client";
import type { ComponentChildren } from "preact";

import { pathTo } from "../route.ts";
import { lasting } from "../times.ts";

interface CountsProps {
  counts: OverviewCounts | null;
  /** There is something that matters more: where there is little room, it comes first. */
  isLast: boolean;
}

/** How many of what; each that wants a person leads to it. */
export function Counts({ counts, isLast }: CountsProps) {
  if (counts === null) return null;
  const { onAir, open, pending, failed, dead, oldestPendingSeconds } = counts;
  return (
    <dl class={`counts ${isLast ? "last" : ""}`} aria-label="Counts">
      <Count name="On air" value={onAir} />
      <Count name="Sessions open" value={open} />
      <Count name="Events pending" value={pending} href={pathTo.events({ status: "pending" })}>
        {oldestPendingSeconds === null ? null : `oldest ${lasting(oldestPendingSeconds * 1000)}`}
      </Count>
      <Count name="Events failed" value={failed} isBad={failed > 0} href={pathTo.events({ status: "failed" })} />
      <Count name="Dead letters" value={dead} isBad={dead > 0} href={pathTo.effects()} />
    </dl>
  );
}

interface CountProps {
  name: string;
  value: number;
  isBad?: boolean;
  href?: string;
  children?: ComponentChildren;
}

function Count({ name, value, isBad = false, href, children }: CountProps) {
  return (
    <div class={isBad ? "bad" : ""}>
      <dt>{href === undefined ? name : <a href={href}>{name}</a>}</dt>
      <dd>
        {value}
        {children != null && <small>{children}</small>}
      </dd>
    </div>
  );
}
