/** What the settings menu of a chat says, in English. The names of a space's settings are those of the registry. */
export const settings = {
  title: "Settings",
  you: "You",
  pick: "What would you like to change?",
  now: "Now: **{value}** ({source})",
  source: { default: "default", own: "your choice", space: "set by {who}" },
  value: { on: "on", off: "off", none: "none" },
  language: { auto: "As my app", en: "English", ru: "Русский" },
  personal: {
    language: { label: "Language", about: "The language that I speak with you." },
    model: {
      label: "Model",
      about: "Which model answers you, where a conversation has none of its own. /model lists them.",
    },
    cards: { label: "Proposals as cards", about: "Whether new proposals come to you as cards, to be decided here." },
  },
  send: "Send me the new value as your next message, or /cancel.",
  sendInGroup: "Send me the new value as an answer to this message, or /cancel.",
  wrong: "That cannot be. {why}",
  reason: {
    toggle: "It is on or off.",
    choice: "It is one of: {options}.",
    number: "It is a whole number from {min} to {max}.",
    model: "It is the name of a model, such as gpt-4.1-mini.",
    hours: "It is two hours of the day, such as 9-18, 22-6 or 0-24.",
    schedule: "It is five fields: minute, hour, day of the month, month, day of the week, such as 0 9 * * 1-5.",
  },
  changed: "Changed.",
  closed: "Settings are closed. /settings opens them again.",
  button: { type: "Type a new value", default: "Back to default", none: "None" },
} as const;
