import { z } from "zod";

import type { CallOptions } from "../provider-call.ts";
import { type Refused, refused } from "./refused.ts";
import type { AgoraTransport } from "./transport.ts";

export type NotificationSendersResult = { ok: true; addresses: string[] } | Refused;

export interface NotificationSenders {
  /** Asks from which addresses Agora sends its notifications. They change: the answer is good for a day at most. */
  list(options?: CallOptions): Promise<NotificationSendersResult>;
}

/** Agora docs: notification center service, and rest-api/ncs-ip. */
export function createNotificationSenders(transport: AgoraTransport): NotificationSenders {
  return {
    async list(options) {
      const answer = await transport.call(
        { operation: "ncs_ip", method: "GET", path: ["v2", "ncs", "ip"], expects: sendersSchema },
        options,
      );
      return answer.ok ? { ok: true, addresses: answer.body } : refused(answer);
    },
  };
}

/** A list without any address is an answer that we don't understand: it would refuse everybody. */
const sendersSchema: z.ZodType<string[]> = z
  .object({ data: z.object({ service: z.object({ hosts: z.array(z.object({ primaryIP: z.string() })) }) }) })
  .transform(({ data }) => data.service.hosts.map(({ primaryIP }) => primaryIP.trim()))
  .refine((addresses) => addresses.some((address) => ip.safeParse(address).success), "names no address");

const ip = z.union([z.ipv4(), z.ipv6()]);
