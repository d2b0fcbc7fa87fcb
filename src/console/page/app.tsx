import { useCallback, useEffect, useState } from "preact/hooks";

import { ChannelPage } from "./channel/channel-page.tsx";
import { EffectPage } from "./effects/effect-page.tsx";
import { EffectsPage } from "./effects/effects-page.tsx";
import { EventPage } from "./events/event-page.tsx";
import { EventsPage } from "./events/events-page.tsx";
import { useKeyboard } from "./keyboard.ts";
import { OnAirPage } from "./on-air/on-air-page.tsx";
import { Help } from "./parts/help.tsx";
import { Failure } from "./parts/notice.tsx";
import { Page } from "./parts/page.tsx";
import { pathTo, type Route, routeOf, useUrl } from "./route.ts";
import { SignIn } from "./sign-in.tsx";
import { SignedInContext } from "./signed-in.ts";
import { readSession, type Session, signOut, wordsOf } from "./tally.ts";
import { SessionPage } from "./timeline/session-page.tsx";
import { TopBar } from "./top-bar.tsx";
import { type OverviewState, useOverview } from "./use-overview.ts";

/** `undefined`: it isn't known yet. */
type Known = Session | null | undefined;

/** The whole page: who is signed in, where they are, and what is on air. */
export function App() {
  const [session, setSession] = useState<Known>(undefined);
  const [wasSignedIn, setWasSignedIn] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const url = useUrl();
  const read = () => {
    setError(null);
    readSession().then(setSession, (failure: unknown) => setError(wordsOf(failure)));
  };
  useEffect(read, []);
  const onSignedOut = useCallback(() => {
    setWasSignedIn(true);
    setSession(null);
  }, []);
  useEffect(() => {
    if (session == null) return;
    const timer = setTimeout(onSignedOut, Date.parse(session.expiresAt) - Date.now());
    return () => clearTimeout(timer);
  }, [session]);
  const overview = useOverview(session != null, onSignedOut);
  useKeyboard(() => setIsHelpOpen(true));

  if (error !== null) return <Failure error={error} onRetry={read} />;
  if (session === undefined) return <p class="quiet">Loading …</p>;
  if (session === null) return <SignIn wasSignedIn={wasSignedIn} onSignedIn={setSession} />;
  const leave = () => {
    signOut().then(
      () => {
        setWasSignedIn(false);
        setSession(null);
      },
      (failure: unknown) => setError(wordsOf(failure)),
    );
  };
  const route = routeOf(url);
  return (
    <SignedInContext.Provider value={{ session, mayOperate: session.scope !== "read", onSignedOut }}>
      <TopBar
        route={route}
        overview={overview}
        session={session}
        onHelp={() => setIsHelpOpen(true)}
        onSignOut={leave}
      />
      <main id="main">
        <Shown route={route} overview={overview} />
      </main>
      <p class="unseen" role="status" aria-live="polite">
        {overview.change}
      </p>
      {isHelpOpen && <Help onClose={() => setIsHelpOpen(false)} />}
    </SignedInContext.Provider>
  );
}

function Shown({ route, overview }: { route: Route; overview: OverviewState }) {
  switch (route.page) {
    case "on-air":
      return <OnAirPage overview={overview} />;
    case "channel":
      return <ChannelPage key={route.name} name={route.name} known={overview.channels.get(route.name) ?? null} />;
    case "session":
      return <SessionPage key={route.id} id={route.id} />;
    case "events":
      return <EventsPage query={route.query} />;
    case "event":
      return <EventPage key={route.id} id={route.id} />;
    case "effects":
      return <EffectsPage query={route.query} />;
    case "effect":
      return <EffectPage key={route.id} id={route.id} />;
    case "unknown":
      return (
        <Page title="Nothing is here">
          <p>
            Nothing has this address. <a href={pathTo.onAir}>See what is on air now.</a>
          </p>
        </Page>
      );
  }
}
