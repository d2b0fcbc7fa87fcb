import agoraToken from "agora-token";

/**
 * Makes the RTC token with which a client of ours joins a channel to watch it (Agora docs: deploy-token-server).
 *
 * @param options.uid - bound to this uid alone; 0 would bind it to none
 * @param options.lifetimeSeconds - counted from now, 24 hours at most
 * @returns an AccessToken2, which begins with `007`
 * @throws RangeError if uid or lifetime are out of their bounds
 */
export function rtcToken(options: {
  appId: string;
  appCertificate: string;
  channel: string;
  uid: number;
  lifetimeSeconds: number;
}): string {
  const { appId, appCertificate, channel, uid, lifetimeSeconds } = options;
  if (!Number.isInteger(uid) || uid < 1 || uid > 0xffff_ffff) throw new RangeError(`uid ${uid} is not 1 to 4294967295`);
  if (lifetimeSeconds < 1 || lifetimeSeconds > 86_400) throw new RangeError("a token lasts 1 s to 24 h");
  const { RtcRole, RtcTokenBuilder } = agoraToken;
  return RtcTokenBuilder.buildTokenWithUid(
    appId,
    appCertificate,
    channel,
    uid,
    RtcRole.SUBSCRIBER,
    lifetimeSeconds,
    lifetimeSeconds,
  );
}
