# The operator chat: commands, reports, alerts.

staff-unknown = There is no command /{ $name }. /help lists all of them.
staff-unknown-near = There is no command /{ $name }. Did you mean /{ $nearest }? /help lists all of them.
staff-owners-only = /{ $name } is for the shop's owners.
staff-failed = Something went wrong in the bot, and nothing was changed. Please try again.
staff-cards-in-topic = New order cards will come to this topic. /here in another topic moves them there.
staff-cards-here = New order cards will come here.
staff-help = Orders come here as cards: tap their buttons to answer, and the customer is told at each step.
staff-help-owners = For owners:
staff-usage = Please write it like this:
staff-command-help = What you can do here
staff-command-here = Have order cards come to this topic
