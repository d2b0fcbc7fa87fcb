import type { AgoraClient, Answer } from "./clients.ts";

/** Media Push as documented, by hand. */

interface ConverterAnswer {
  converter: { id: string; createTs: number; updateTs: number; state: string };
  fields: string;
}

export function mediaPush({ root, appId, ask }: AgoraClient) {
  const project = `v1/projects/${appId}`;
  const all = (region: string) => `${root}/${region}/${project}/rtmp-converters`;
  return {
    all,
    project: `${root}/${project}`,
    create: (body: unknown, { region = "eu", search = "", headers = {} } = {}) =>
      ask("POST", all(region) + search, body, headers) as Promise<Answer<ConverterAnswer>>,
    get: (id: string, region = "eu") => ask("GET", `${all(region)}/${id}`),
    list: (path = "/rtmp-converters") =>
      ask("GET", `${root}/${project}${path}`) as Promise<
        Answer<{ data: { total_count: number; cursor: number; members: Record<string, unknown>[] } }>
      >,
    update: (id: string, body: unknown, search = "?sequence=0", headers: Record<string, string> = {}) =>
      ask("PATCH", `${all("eu")}/${id}${search}`, body, headers) as Promise<Answer<ConverterAnswer>>,
    remove: (id: string, region = "eu") => ask("DELETE", `${all(region)}/${id}`),
  };
}
export type MediaPush = ReturnType<typeof mediaPush>;

export const canvas = { width: 1280, height: 720 };

/** One host over the whole canvas. */
export function view(rtcStreamUid: number, region: object = {}) {
  return { rtcStreamUid, region: { xPos: 0, yPos: 0, zIndex: 1, width: 1280, height: 720, ...region } };
}

/** Agora docs, create: custom layout with transcoding. `undefined` takes a member out. */
export function transcoded(converter: object = {}, video: object = {}) {
  return {
    converter: {
      name: "shop_1_main",
      transcodeOptions: {
        rtcChannel: "shop_1",
        audioOptions: {},
        videoOptions: { canvas, layout: [view(42)], bitrate: 2260, ...video },
      },
      rtmpUrl: "rtmps://elsewhere.example/live/none",
      ...converter,
    },
  };
}

/** Agora docs, create: without transcoding. */
export function raw(converter: object = {}) {
  return transcoded({
    transcodeOptions: undefined,
    rawOptions: { rtcChannel: "shop_1", rtcStreamUid: 42 },
    ...converter,
  });
}

export function audioOnly(converter: object = {}) {
  return transcoded({ transcodeOptions: { rtcChannel: "shop_1", audioOptions: {} }, ...converter });
}

/** The body of an update. */
export function change(fields: string, converter: object) {
  return { converter, fields };
}

export const videoChange = (fields: string, videoOptions: object) =>
  change(
    fields
      .split(",")
      .map((field) => `transcodeOptions.videoOptions.${field}`)
      .join(","),
    { transcodeOptions: { videoOptions } },
  );
