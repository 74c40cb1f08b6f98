"use client";

import { type ReactNode, useCallback, useMemo, useState } from "react";

import { RealtimeProvider } from "#components/realtime/provider.tsx";
import { ClockProvider } from "#components/ui/clock.tsx";

import { CommandProvider, useCommands } from "./commands.tsx";
import { KeysHelp } from "./keys-help.tsx";
import { Mark } from "./mark.tsx";
import { Nav, useGoCommands } from "./nav.tsx";
import { type Shell as ShellData, SpaceProvider, useSpace } from "./space.tsx";
import { ConnectionBadge, ProviderBadge } from "./status.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";
import { UserMenu } from "./user-menu.tsx";

/**
 * The frame around every page of a space: navigation, who reads the messages, whether changes arrive by themselves.
 * @param now milliseconds since 1970 when the server rendered it
 */
export function Shell({ shell, now, children }: { shell: ShellData; now: number; children: ReactNode }) {
  return (
    <SpaceProvider initial={shell}>
      <ClockProvider now={now} timeZone={shell.space.timeZone}>
        <RealtimeProvider spaceId={shell.space.id} realtime={shell.realtime} newestSeq={shell.newestSeq}>
          <CommandProvider>
            <Frame>{children}</Frame>
          </CommandProvider>
        </RealtimeProvider>
      </ClockProvider>
    </SpaceProvider>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const { space } = useSpace();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const showKeys = useCallback(() => setHelpOpen(true), []);
  useGoCommands();
  useCommands(useMemo(() => ({ help: showKeys }), [showKeys]));

  return (
    <div className="grid h-dvh grid-cols-1 grid-rows-bars md:grid-cols-frame md:grid-rows-1">
      <a
        href="#main"
        className="sr-only rounded-md bg-ink px-3 py-2 text-surface focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
      >
        Skip to the content
      </a>
      <header className="flex min-w-0 items-center gap-1 border-b px-3 py-1 md:flex-col md:items-stretch md:gap-4 md:border-r md:border-b-0 md:px-2 md:py-3">
        <div className="flex min-w-0 flex-1 items-center md:flex-none md:px-2">
          <Mark />
          <span className="truncate pl-2 font-semibold" title={space.name}>
            {space.name}
          </span>
        </div>
        <nav aria-label="Pages" className="hidden md:block">
          <Nav layout="side" />
        </nav>
        <div className="flex min-w-0 items-center gap-1 md:mt-auto md:flex-col md:items-stretch">
          <div className="flex min-w-0 items-center gap-1 md:flex-col md:items-start md:px-1">
            <ProviderBadge />
            <ConnectionBadge />
          </div>
          <div className="flex shrink-0 items-center gap-1 md:border-t md:pt-2">
            <UserMenu onShowKeys={showKeys} />
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <main id="main" tabIndex={-1} className="relative min-h-0 min-w-0 bg-surface outline-none">
        {children}
      </main>
      <nav aria-label="Pages" className="border-t bg-page md:hidden">
        <Nav layout="bottom" />
      </nav>
      <KeysHelp open={isHelpOpen} onOpenChange={setHelpOpen} />
    </div>
  );
}
