import autocannon from "autocannon";

import { delivery } from "./deliveries.ts";

/** Sends joins and leaves of viewers of one channel, half and half, as fast as they are answered; then it ends. */
const [url, channel, events] = process.argv.slice(2) as [string, string, string];
const amount = Number(events);
let sent = 0;

function next() {
  const viewer = 100_000 + (sent % (amount / 2));
  return delivery(sent++ < amount / 2 ? 105 : 106, channel, viewer);
}

const result = await autocannon({
  url: `${url}/webhooks/agora`,
  method: "POST",
  connections: 32,
  amount,
  requests: [{ setupRequest: (request) => ({ ...request, ...next() }) }],
});
if (result["2xx"] !== amount) throw new Error(`only ${result["2xx"]} of ${amount} viewers' events were answered 200`);
