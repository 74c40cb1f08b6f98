// What a peer on this stack does: a route handler that makes one row with Prisma.
import { PrismaPg } from "@prisma/adapter-pg";

import { PrismaClient } from "../../../../../prisma/generated/client.ts";

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL, max: 20 }) });

export const dynamic = "force-dynamic";

export async function POST(request) {
  if (request.headers.get("x-telegram-bot-api-secret-token") !== process.env.SECRET) {
    return new Response(null, { status: 401 });
  }
  const payload = await request.text();
  const update = JSON.parse(payload);
  await prisma.inboundUpdate.create({
    data: {
      id: crypto.randomUUID(),
      botId: 1,
      updateId: update.update_id,
      chatKey: String(update.message.chat.id),
      payload,
      receivedAt: new Date(),
    },
  });
  return new Response(null, { status: 200 });
}
