"use client";

import { Section } from "#components/kb/section.tsx";
import { useSpace } from "#components/shell/space.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { hasRole } from "#server/auth/schema.ts";

import { BotStatus } from "./bot.tsx";
import { ChatSettings } from "./chat-settings.tsx";
import { Invite } from "./invite.tsx";
import { MyTelegram } from "./my-telegram.tsx";
import { Pairings } from "./pairings.tsx";

/** Who may talk with Winnow in chats, for admins; everyone else finds what is theirs. */
export function PeoplePage() {
  const { role } = useSpace();
  const isAdmin = hasRole(role, "admin");
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader title="People and chats">
        {isAdmin
          ? "Who may talk with Winnow in Telegram, and in which groups it listens."
          : "Your own connection. Admins of this space decide who else may talk with Winnow."}
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-3xl flex-col gap-8 px-4 py-4 md:px-6">
          <Section title="The bot">
            <BotStatus />
          </Section>
          {isAdmin && <Pairings />}
          {isAdmin && (
            <Section title="Invite">
              <Invite />
            </Section>
          )}
          <Section title="My Telegram">
            <MyTelegram />
          </Section>
          {isAdmin && (
            <Section title="Settings">
              <ChatSettings />
            </Section>
          )}
        </div>
      </div>
    </div>
  );
}
