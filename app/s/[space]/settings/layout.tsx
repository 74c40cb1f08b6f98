import { SettingsFrame } from "#components/settings/settings-frame.tsx";

export default function Layout({ children }: LayoutProps<"/s/[space]/settings">) {
  return <SettingsFrame>{children}</SettingsFrame>;
}
