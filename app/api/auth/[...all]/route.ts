import { app } from "../../../_server/app.ts";

const handler = (request: Request) => app().auth(request);
export { handler as GET, handler as POST };
