/** A video of a session of ours is older than recordings are to be kept (`RECORDING_RETENTION_DAYS`, below 30). */
export interface VideoExpired {
  type: "VideoExpired";
  session: number;
  video: string;
}
