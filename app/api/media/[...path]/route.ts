import { app } from "../../../_server/app.ts";

export const GET = (request: Request) => app().media(request);
