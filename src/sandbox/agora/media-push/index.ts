export { mediaPushRoutes } from "./routes.ts";
