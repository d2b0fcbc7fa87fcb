import { createStageTokens } from "../../src/stage/stage-token.ts";
import { appCertificate, type Service } from "../api/service.ts";

export const tokens = createStageTokens(appCertificate);

/** A channel whose host has come and for which a recorder is wanted: session 1, attempt 1. */
export interface LiveChannel {
  name: string;
  id: number;
  /** Path of the recorder's page. */
  path: string;
}

export async function liveChannel(service: Service, name: string): Promise<LiveChannel> {
  await service.notifyAndWait(103, name, 1001);
  const answer = await service.call("get", `/v1/channels/${name}`).expect(200);
  const { id } = answer.body as { id: number };
  await service.tell(id, { type: "LiveInputReady", liveInput: `input-${name}`, playbackBase: null });
  return { name, id, path: pathOf({ channelId: id }) };
}

export function pathOf(claims: { channelId: number; session?: number; attempt?: number; expiresAt?: number }): string {
  const expiresAt = Math.floor(Date.now() / 1000) + 3_600;
  return `/stage/${tokens.sign({ session: 1, attempt: 1, expiresAt, ...claims })}`;
}
