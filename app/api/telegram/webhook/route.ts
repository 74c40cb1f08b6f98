import { app } from "../../../_server/app.ts";

// The server answers this address before Next sees it; here the same handler serves where it does not.
export const POST = (request: Request) => app().webhook(request);
