export { agoraRoutes } from "./routes.ts";
