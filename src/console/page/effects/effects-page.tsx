import { Shown } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { Pager } from "../parts/pager.tsx";
import { Time } from "../parts/time.tsx";
import { go, pathTo } from "../route.ts";
import { tally } from "../tally.ts";
import { useLoaded } from "../use-loaded.ts";

const statuses = ["dead", "open", "succeeded", "failed", "cancelled"] as const;
type EffectStatus = (typeof statuses)[number];

/** What was given up and waits for a person; or, by a filter, any call that is owed to a provider. */
export function EffectsPage({ query }: { query: URLSearchParams }) {
  const asked = query.get("status") ?? "dead";
  const status = statuses.find((one) => one === asked);
  const channel = query.get("channel") ?? "";
  const before = Number(query.get("before") ?? NaN);
  const page = useLoaded(query.toString(), (signal) =>
    tally.listEffects(
      {
        limit: 50,
        ...(status === undefined ? {} : { status }),
        ...(channel === "" ? {} : { channel }),
        ...(Number.isInteger(before) ? { before } : {}),
      },
      { signal },
    ),
  );
  const filter = { status: status ?? "any", channel };
  return (
    <Page title={status === "dead" ? "Dead letters" : "Effects"}>
      <Filter key={query.toString()} status={status} channel={channel} />
      <Shown loaded={page}>
        {({ items, next }) => (
          <>
            {items.length === 0 ? (
              <p class="quiet">{status === "dead" ? "Nothing waits for a person." : "Nothing fits."}</p>
            ) : (
              <table class="stack">
                <thead>
                  <tr>
                    <th scope="col">Effect</th>
                    <th scope="col">Channel</th>
                    <th scope="col">What</th>
                    <th scope="col">Status</th>
                    <th scope="col" class="number">
                      Tries
                    </th>
                    <th scope="col">Error</th>
                    <th scope="col">Decided</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((effect) => (
                    <tr key={effect.id} data-row>
                      <th scope="row" data-label="Effect">
                        <a href={pathTo.effect(effect.id)}>{effect.id}</a>
                      </th>
                      <td data-label="Channel">
                        <a href={pathTo.channel(effect.channel)}>{effect.channel}</a>
                      </td>
                      <td data-label="What">
                        {effect.description}
                        {effect.isPaid && <span class="tag">paid</span>}
                      </td>
                      <td data-label="Status">
                        <span class={`tag ${effect.status}`}>{effect.status}</span>
                      </td>
                      <td data-label="Tries" class="number">
                        {effect.attempts}
                      </td>
                      <td data-label="Error" class="why">
                        {effect.error ?? "–"}
                      </td>
                      <td data-label="Decided">
                        <Time at={effect.createdAt} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
            <Pager
              isFirst={Number.isNaN(before)}
              newest={pathTo.effects(filter)}
              older={next === null ? null : pathTo.effects({ ...filter, before: String(next) })}
            />
          </>
        )}
      </Shown>
    </Page>
  );
}

function Filter({ status, channel }: { status: EffectStatus | undefined; channel: string }) {
  return (
    <form
      class="filter"
      role="search"
      aria-label="Effects"
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        const text = (name: string) => {
          const value = data.get(name);
          return typeof value === "string" ? value.trim() : "";
        };
        go(pathTo.effects({ status: text("status"), channel: text("channel") }));
      }}
    >
      <label>
        Channel
        <input name="channel" data-filter defaultValue={channel} />
      </label>
      <label>
        Status
        <select name="status" aria-label="Show effects of status">
          {[...statuses, "any"].map((one) => (
            <option key={one} value={one} selected={one === (status ?? "any")}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <div class="buttons">
        <button type="submit" class="main">
          Filter
        </button>
      </div>
    </form>
  );
}
