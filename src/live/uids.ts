/**
 * The uids that Tally takes in a channel, so that its own clients are never held for a host. Per channel: two channels'
 * uids may meet, since Agora's uids are unique within a channel only.
 *
 * @param channelId - at most 1,294,967,295, so that the stage's uid fits Agora's 32 bits
 */
export function reservedUids(channelId: number): { recorder: number; spare: number; stage: number } {
  return { recorder: 999_000 + channelId, spare: 2_000_000_000 + channelId, stage: 3_000_000_000 + channelId };
}
