export { type AgoraProduct, agoraProducts } from "./agora.ts";
export { type Applied, applyCloudflare } from "./cloudflare/apply.ts";
export { type CloudflareFound, lookAtCloudflare, type SetupClients } from "./cloudflare/look.ts";
export { type CloudflarePlan, planCloudflare, type Step } from "./cloudflare/plan.ts";
export { refusalWords } from "./cloudflare/refusal-words.ts";
export { type CloudflareWanted, cloudflareWanted, liveInputEvents } from "./cloudflare/wanted.ts";
export { freeSlots } from "./free-slots.ts";
export { whyUnreachable } from "./reachable.ts";
