export { type ConsoleSettings, createConsoleRouter } from "./router.ts";
