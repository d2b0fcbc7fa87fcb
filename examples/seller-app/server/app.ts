import { createTallyClient } from "@tally/client";
import express, { type ErrorRequestHandler, type Express } from "express";
import helmet from "helmet";

export interface SellerAppOptions {
  /** Where Tally is, for this server and for browsers alike. */
  tallyUrl: string;
  /** A key with the scope `operate`. It stays in this process. */
  tallyKey: string;
  channel: string;
  /** From where pictures come: `https://*.cloudflarestream.com`. */
  playbackOrigin: string;
  /** How often Tally counts viewers: its `METRICS_SECONDS`. */
  stepSeconds: number;
  /** Of the built page. */
  pageFolder: string;
}

/**
 * The app's own server: it keeps the key, registers the channel, and gives its page what a browser may have. A real app
 * knows who is signed in, and takes the channel from that, never from the request.
 *
 * @throws {TallyProblem} if the channel can't be registered
 */
export async function createSellerApp(options: SellerAppOptions): Promise<Express> {
  const { tallyUrl, tallyKey, channel, playbackOrigin, stepSeconds, pageFolder } = options;
  const tally = createTallyClient({ baseUrl: tallyUrl, key: tallyKey });
  await tally.putChannel(channel);

  const app = express();
  app.use(helmet({ contentSecurityPolicy: { directives: policy(new URL(tallyUrl).origin, playbackOrigin) } }));
  app.use(express.static(pageFolder));
  app.get("/settings", (_request, response) => void response.json({ tallyUrl, channel, stepSeconds }));
  app.post("/status-token", async (_request, response) => {
    response.set("cache-control", "no-store").json(await tally.createStatusToken(channel));
  });
  // A status token reads the status alone, so the rest of what the page shows comes by the key.
  app.get("/metrics", async (_request, response) => {
    const metrics = await tally.getMetrics(channel, { step: `${stepSeconds}s` });
    response.set("cache-control", "no-store").json(metrics);
  });
  app.use(failed);
  return app;
}

/** What the page may load: itself, Tally's status, and pictures, which hls.js hands to the player as blobs. */
function policy(tallyOrigin: string, playbackOrigin: string) {
  return {
    connectSrc: ["'self'", tallyOrigin, playbackOrigin],
    mediaSrc: ["'self'", "blob:", playbackOrigin],
    workerSrc: ["'self'", "blob:"],
    // For trials over plain HTTP.
    upgradeInsecureRequests: null,
  };
}

const failed: ErrorRequestHandler = (error, _request, response, _next) => {
  console.error(error);
  response.status(502).json({ error: "Tally can't be asked now." });
};
