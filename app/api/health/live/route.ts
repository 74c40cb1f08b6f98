/** Answers without looking at anything: the process is there. */
export const GET = () => Response.json({ status: "healthy" });
