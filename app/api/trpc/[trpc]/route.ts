import { app } from "../../../_server/app.ts";

const handler = (request: Request) => app().trpc(request);
export { handler as GET, handler as POST };
