import type { RecordingId } from "../../../providers/index.ts";
import type { Scene } from "../performance.ts";

/** What Agora knows a recorder by, or null as long as its recording's id is not known. REST calls keep the first uid. */
export function recordingOf({ channel, state }: Scene, resourceId: string): RecordingId | null {
  const recorder = state.recorders[resourceId];
  if (recorder?.recordingSid == null) return null;
  return { channel: channel.name, uid: recorder.uid, resourceId, recordingSid: recorder.recordingSid };
}
