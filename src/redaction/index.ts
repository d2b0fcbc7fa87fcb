export { redactFields } from "./fields.ts";
export { censor, secretNames } from "./names.ts";
export { createRedactor, type Redactor } from "./redactor.ts";
