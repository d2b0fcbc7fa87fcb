import { z } from "zod";

/** A time in an answer. */
export const time = z.iso.datetime();
