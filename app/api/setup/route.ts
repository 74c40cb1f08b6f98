import { app } from "../../_server/app.ts";

export const POST = (request: Request) => app().auth(request);
