export { cloudflareRoutes } from "./routes.ts";
