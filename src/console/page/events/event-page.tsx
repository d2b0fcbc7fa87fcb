import { useState } from "preact/hooks";

import { Action } from "../parts/action.tsx";
import { Page } from "../parts/page.tsx";
import { EventBody } from "./event-body.tsx";
import { ReplayDialog } from "./replay-dialog.tsx";

/** One event, with its body. */
export function EventPage({ id }: { id: number }) {
  const [isReplaying, setIsReplaying] = useState(false);
  return (
    <Page title={`Event ${id}`}>
      <section aria-label="Actions" class="actions">
        <Action label="Process again …" onClick={() => setIsReplaying(true)} />
      </section>
      <EventBody id={id} />
      {isReplaying && <ReplayDialog request={{ ids: [id] }} onClose={() => setIsReplaying(false)} />}
    </Page>
  );
}
