import type { ConverterEntry, RecordEntries, RecorderEntry } from "../../src/sandbox/world/record.ts";
import type { SandboxState } from "./sandbox.ts";

/** What carried a channel's picture, a recorder or a converter, as the sandbox saw it. */
export interface Relay {
  /** Agora's: a recording's sid, a converter's id. */
  id: string;
  /** What Tally knows it by: the resource id, or the converter's name. */
  resource: string;
  channel: string;
  kind: "recorder" | "converter";
  /** From here it costs money. */
  startedAt: number;
  endedAt: number | null;
  endCause: string | null;
}

/** One that is there now. */
export interface RunningRelay extends Relay {
  state: string;
  isStopping: boolean;
  isPublishing: boolean;
  /** The hosts whose picture it was told to show; null if it sees for itself who is there. */
  shown: number[] | null;
  /** Of its control calls, below `/sandbox`. */
  path: string;
}

export function relaysOf({ recorders, converters }: Pick<RecordEntries, "recorders" | "converters">): Relay[] {
  return [...recorders.map(ofRecorder), ...converters.map(ofConverter)];
}

export function runningRelays({ recorders, converters }: SandboxState): RunningRelay[] {
  return [
    ...recorders.map((recorder) => ({
      ...ofRecorder(recorder),
      state: recorder.state,
      isStopping: recorder.state === "stopping",
      isPublishing: recorder.push === "publishing",
      shown: null,
      path: `/recorders/${recorder.sid}`,
    })),
    ...converters.map((converter) => {
      const uids = converter.shown.at(-1)?.uids ?? [];
      return {
        ...ofConverter(converter),
        state: converter.state,
        // It is gone as soon as its removal is accepted.
        isStopping: false,
        isPublishing: converter.push === "publishing",
        shown: uids === "all" ? null : uids,
        path: `/converters/${converter.id}`,
      };
    }),
  ];
}

type Call = RecordEntries["calls"][number];

/** Whether this call asks Agora to start what Tally knows by this name. */
export function isStartOf({ operation, path, request }: Call, resource: string): boolean {
  if (operation === "start") return path.includes(resource);
  const { converter } = (request ?? {}) as { converter?: { name?: string } };
  return operation === "create_converter" && converter?.name === resource;
}

/** Whether this call asks Agora to stop it, whatever was answered. */
export function isStopOf({ operation, path }: Call, { id }: Pick<Relay, "id">): boolean {
  return (operation === "stop" || operation === "remove_converter") && path.includes(id);
}

function ofRecorder({ sid, resourceId, cname, startedAt, endedAt, endCause }: RecorderEntry): Relay {
  return { id: sid, resource: resourceId, channel: cname, kind: "recorder", startedAt, endedAt, endCause };
}

function ofConverter({ id, name, channel, createdAt, destroyedAt, destroyReason }: ConverterEntry): Relay {
  return {
    id,
    resource: name,
    channel,
    kind: "converter",
    startedAt: createdAt,
    endedAt: destroyedAt,
    endCause: destroyReason,
  };
}
