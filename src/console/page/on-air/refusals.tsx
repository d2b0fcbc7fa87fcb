import type { Refusals } from "@tally/client";

import { Since, Time } from "../parts/time.tsx";

const title = "Webhooks refused in the last hour";

/** Webhooks that were refused in the last hour: a wrong secret looks like silence otherwise. */
export function RefusedWebhooks({ refusals }: { refusals: readonly Refusals[] }) {
  if (refusals.length === 0) return null;
  const alarming = refusals.filter(({ isAlarming }) => isAlarming);
  const over = refusals.filter(({ afterwards }) => afterwards.state === "accepted");
  const others = refusals.filter(({ isAlarming, afterwards }) => !isAlarming && afterwards.state !== "accepted");
  return (
    <section aria-label={title} class="refused">
      {alarming.length > 0 && <h2>{title}</h2>}
      {alarming.map((refused) => (
        <article key={refused.path + refused.why} class="notice bad">
          <p>
            <strong>
              {refused.count} from {refused.sender}
            </strong>
            , <Last of={refused} />
            <Pending of={refused} />: {refused.why}.
          </p>
          <p>
            <strong>What to do:</strong> {refused.todo}
          </p>
        </article>
      ))}
      {over.map((refused) => (
        <p key={refused.path + refused.why} class="notice">
          {refused.count} from {refused.sender} {refused.count === 1 ? "was" : "were"} refused, <Last of={refused} />.{" "}
          <strong>
            Accepted again since <Time at={refused.afterwards.at ?? refused.lastAt} />.
          </strong>
        </p>
      ))}
      {others.length > 0 && (
        <details>
          <summary>
            {sum(others)} {alarming.length > 0 ? "more" : "refused in the last hour"},{" "}
            {sum(others) === 1 ? "a stranger’s" : "strangers’"}, likely
          </summary>
          <ul>
            {others.map((refused) => (
              <li key={refused.path + refused.why}>
                {refused.count} to <code>{refused.path}</code>, <Last of={refused} />: {refused.why}. {refused.todo}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** What is known since, where it is not known to be over. */
function Pending({ of: { afterwards } }: { of: Refusals }) {
  switch (afterwards.state) {
    case "restart":
      return <>, before this start; nothing came since</>;
    case "others":
      return <> (others there are accepted: a second sender has another secret, or a stranger tries)</>;
    default:
      return null;
  }
}

function Last({ of: { count, lastAt } }: { of: Refusals }) {
  return (
    <>
      {count === 1 ? "" : "the last "}
      <Since at={lastAt} /> ago
    </>
  );
}

const sum = (refusals: readonly Refusals[]) => refusals.reduce((total, { count }) => total + count, 0);
