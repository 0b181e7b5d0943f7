# The operator chat: commands, reports, alerts.
