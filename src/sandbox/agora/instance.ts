import { z } from "zod";

/** The channel name and uid that every Cloud Recording body begins with: with the App ID they name one instance. */
export const instance = {
  cname: z.string(),
  /** Agora docs, acquire: a string, of an integer from 1 to 2^32-1, unique in the channel. */
  uid: z.string().refine((uid) => /^[1-9]\d{0,9}$/.test(uid) && Number(uid) < 2 ** 32, {
    error: "must be a string of an integer from 1 to 4294967295",
  }),
};
