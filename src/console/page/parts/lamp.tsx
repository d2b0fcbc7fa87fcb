import type { OverviewChannel, Status } from "@tally/client";

import { labelOf, type Light, lightOf } from "../light.ts";

/** Each has a shape of its own: colour alone tells nothing to many. */
const shapes: Record<Light, preact.JSX.Element> = {
  "on-air": <circle cx="8" cy="8" r="6" class="fill" />,
  degraded: <path d="M8 1.5 14.5 8 8 14.5 1.5 8Z" class="fill" />,
  trouble: <path d="M8 1.5 15 14H1Z" class="fill" />,
  doubt: <path d="M8 1.5 14.5 8 8 14.5 1.5 8Z" class="line" />,
  held: <path d="M3 3h3.6v10H3zM9.4 3H13v10H9.4z" class="fill" />,
  away: (
    <>
      <circle cx="8" cy="8" r="5.2" class="line" />
      <circle cx="8" cy="8" r="2" class="fill" />
    </>
  ),
  starting: (
    <>
      <circle cx="8" cy="8" r="5.2" class="line" />
      <path d="M8 3v10a5 5 0 0 0 0-10Z" class="fill" />
    </>
  ),
  stopping: <path d="M3 3h10v10H3Z" class="line" />,
  off: <circle cx="8" cy="8" r="5.2" class="line" />,
};

interface LampProps {
  status: Status;
  doubt?: OverviewChannel["doubt"];
  /** What it is, for who hears it without what stands around it. */
  name?: string;
}

/** A channel's light: shape, colour and words. */
export function Lamp({ status, doubt = null, name }: LampProps) {
  const light = lightOf(status, doubt);
  return (
    <span class={`lamp ${light}`}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        {shapes[light]}
      </svg>
      {name !== undefined && <span class="unseen">{name}: </span>}
      {labelOf(status, doubt)}
    </span>
  );
}
