/** How the bot stands, for those who look after it. */
export type BotState = {
  /** Whether there is a bot at all. */
  isSetUp: boolean;
  /** Without the @; null while Telegram does not say. */
  name: string | null;
  /** How updates come. */
  mode: "webhook" | "polling" | "off";
  /** People who are heard because TELEGRAM_ALLOWED_USER_IDS names them. */
  listed: number;
  /** What an admin should know and do, a sentence each; none where all is well. */
  sentences: string[];
};

/** What the dashboard asks of the bot. */
export type Bot = {
  /** What it is called, without the @; null where there is none, or while Telegram does not say. */
  name: () => Promise<string | null>;
  look: (options: { signal: AbortSignal }) => Promise<BotState>;
};
