import { z } from "zod";

import { looseInteger } from "./loose-integer.ts";

/** State of the RTMP push, in Agora's words. */
export type RtmpStatus = "connecting" | "publishing" | "onhold" | "disconnected";

export interface RecorderState {
  found: "running" | "exited";
  /** Null if the answer doesn't say, or says it in words unknown to us. */
  rtmp: RtmpStatus | null;
}

/**
 * `serverResponse.status` (Agora docs: cloud-recording/rest-api/query). 0, not started, says nothing either way: the
 * docs' own sample of a page recording in progress carries it.
 */
const byStatus: Readonly<Record<number, RecorderState["found"]>> = {
  1: "running", // initialised
  2: "running", // recorder starting
  3: "running", // uploader ready
  4: "running", // recorder ready
  5: "running", // first file uploaded
  6: "exited", // stopping
  7: "exited", // stopped
  8: "exited", // ready to exit
  20: "exited", // abnormal exit
};

/** `state` of the page recorder, same source. */
const byServiceState: Readonly<Record<string, RecorderState["found"]>> = {
  init: "running",
  inProgress: "running",
  exit: "exited",
};

const payloadSchema = z.object({
  state: z.string().nullable().catch(null),
  outputs: z
    .array(
      z.object({
        status: z.enum(["connecting", "publishing", "onhold", "disconnected"]).nullable().catch(null),
      }),
    )
    .catch([]),
});

const serviceSchema = z
  .object({
    serviceName: z.string().catch(""),
    payload: payloadSchema.nullable().catch(null),
    // So spelt in the docs before 2026-06, and by the service then.
    playload: payloadSchema.nullable().catch(null),
  })
  .transform(({ serviceName, payload, playload }) => ({ serviceName, payload: payload ?? playload }));

/** The body of a `query` in web-page mode, read as what it says about the recorder. */
export const recorderStateSchema: z.ZodType<RecorderState> = z
  .object({
    serverResponse: z.object({ status: looseInteger, extensionServiceState: z.array(serviceSchema).catch([]) }),
  })
  .transform(({ serverResponse: { status, extensionServiceState: services } }, context) => {
    const payloadOf = (name: string) => services.find(({ serviceName }) => serviceName === name)?.payload;
    const said = [
      status === null ? undefined : byStatus[status],
      byServiceState[payloadOf("web_recorder_service")?.state ?? ""],
    ];
    const found = said.find((word) => word === "exited") ?? said.find((word) => word === "running");
    if (!found) {
      context.addIssue({ code: "custom", message: `status ${status ?? "unknown"} says nothing of the recorder` });
      return z.NEVER;
    }
    return { found, rtmp: payloadOf("rtmp_publish_service")?.outputs[0]?.status ?? null };
  });
