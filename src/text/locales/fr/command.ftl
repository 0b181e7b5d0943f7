# The commands as Telegram lists them.
