import { pathTo, type Route } from "./route.ts";
import type { Session } from "./tally.ts";
import { lasting, shortTime } from "./times.ts";
import { useNow } from "./use-now.ts";
import { isRefused, type OverviewState } from "./use-overview.ts";

interface TopBarProps {
  route: Route;
  overview: OverviewState;
  session: Session;
  onHelp: () => void;
  onSignOut: () => void;
}

/** The ways through the console, who is signed in, and whether what is shown is of now. */
export function TopBar({ route: { page }, overview, session, onHelp, onSignOut }: TopBarProps) {
  const dead = overview.counts?.dead ?? 0;
  const current = (...pages: Route["page"][]) => (pages.includes(page) ? "page" : undefined);
  return (
    <header class="top">
      <a class="skip" href="#main">
        To the content
      </a>
      <strong class="brand">Tally</strong>
      <nav aria-label="Console">
        <a href={pathTo.onAir} aria-current={current("on-air", "channel", "session")}>
          On air
          {isRefused(overview.counts) && (
            <b class="badge">
              <span aria-hidden="true">!</span>
              <span class="unseen">: webhooks are refused</span>
            </b>
          )}
        </a>
        <a href={pathTo.events()} aria-current={current("events", "event")}>
          Events
        </a>
        <a href={pathTo.effects()} aria-current={current("effects", "effect")}>
          Dead letters {dead > 0 && <b class="badge">{dead}</b>}
        </a>
      </nav>
      <div class="who">
        <span class="quiet">
          {session.name}, {session.scope}
        </span>
        <button type="button" class="plain" onClick={onHelp} aria-label="Keys">
          ?
        </button>
        <button type="button" class="plain" onClick={onSignOut}>
          Sign out
        </button>
      </div>
      <Connection overview={overview} />
    </header>
  );
}

/** Says it when what is shown is old. */
function Connection({ overview: { at, lostAt, error } }: { overview: OverviewState }) {
  return (
    <div class="connection" role="status">
      {lostAt !== null && (
        <p class="notice bad">
          <strong>Connection lost</strong> <Ago since={lostAt} /> ago.{" "}
          {at === null ? "Nothing is known yet." : `What is shown is from ${shortTime(at)}.`} {error ?? ""} Trying again
          …
        </p>
      )}
    </div>
  );
}

function Ago({ since }: { since: number }) {
  // Not read out each second.
  return <span aria-hidden="true">{lasting(useNow() - since)}</span>;
}
