import type { ProviderCall } from "@tally/client";

import { Facts } from "./facts.tsx";
import { Raw } from "./raw.tsx";
import { Time } from "./time.tsx";

/** A call of a provider, with its bodies. */
export function Call({ call }: { call: ProviderCall }) {
  const { provider, operation, method, host, path, status, code, outcome, error, ms, attempt, attempts } = call;
  return (
    <article class="call" aria-label={`Call: ${provider}, ${operation}`}>
      <Facts
        of={{
          Call: `${provider}, ${operation}`,
          At: <Time at={call.at} isExact />,
          Try: attempt,
          Answer: status === null ? "none" : `HTTP ${status}${code === null ? "" : `, code ${code}`}`,
          Outcome: outcome ?? "it has not ended, or its process was killed in it",
          Error: error,
          Took: ms === null ? null : `${ms} ms`,
          "Request id": call.requestId,
          Hosts:
            attempts.length < 2
              ? null
              : attempts.map((tried) => `${tried.host}: ${tried.outcome} (${tried.ms} ms)`).join("; "),
        }}
      />
      <p>
        <code>
          {method} {host ?? ""}
          {path}
        </code>
      </p>
      {call.request !== null && <Raw value={call.request} label="Request body" />}
      {call.response !== null && <Raw value={call.response} label="Response body" />}
    </article>
  );
}
