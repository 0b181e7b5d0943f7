# Reordering, editing, saved details, voice notes, consent.


customer-command-reorder = The same as last time, at today's prices
customer-command-details = Your name, number and address, to change or forget

# What people write; phrases apart by "|". The first is only heard while no order is open.
customer-say-again = same again | the same again | same again please | order again | same as last time | the same as last time
customer-say-last = reorder | repeat my last order | my last order again
customer-say-usual = usual | the usual | the usual please | my usual | my usual order | same as usual
customer-say-details = details | my details | show my details
customer-say-ai-on = use ai | with ai
customer-say-ai-off = without ai | no ai | use no ai
customer-say-change-name = change my name | change name
customer-say-change-phone = change my phone number | change my number | change my phone
customer-say-change-address = change my address | change address
customer-say-forget-name = forget my name
customer-say-forget-phone = forget my phone number | forget my number | forget my phone
customer-say-forget-address = forget my address

customer-button-again = 🔁 { $order } again
customer-button-change-name = ✏️ Change my name
customer-button-change-phone = ✏️ Change my number
customer-button-change-address = ✏️ Change my address
customer-button-forget-phone = 🗑 Forget my number
customer-button-forget-address = 🗑 Forget my address
customer-button-ai-on = 🤖 Use AI
customer-button-ai-off = 🙅 Without AI

customer-details-title = <b>What we use for your next order</b>
customer-details-how = Tap a button, or write for example "change my address" or "forget my number".
customer-forgot-name = We have forgotten your name; the one that Telegram shows is used instead.
customer-forgot-phone = We have forgotten your phone number.
customer-forgot-address = We have forgotten your address.

customer-edited-placed = Order { $order } is already placed, so I do not change it with your message. You can take it back ("cancel { $order }") and order anew, or send what is missing as a new order.
customer-edited-at-work = Order { $order } is already { $status }, so I do not change it with your message. For a change, please call the shop.

customer-heard = 🎤 "{ $text }"
customer-voice-long =
    { $seconds ->
        [one] I can listen to voice notes of up to { $seconds } second. Please send a shorter one, or write what you would like.
       *[other] I can listen to voice notes of up to { $seconds } seconds. Please send a shorter one, or write what you would like.
    }
customer-voice-no-more = I cannot listen to any more voice notes today. Please write what you would like.
customer-voice-no-ai = No AI service reads what you send, and it takes one to listen. Please write what you would like, or write "use AI".
customer-voice-failed = I could not understand this voice note. Please send it again, or write what you would like.

customer-consent-notice = ℹ️ An AI service (OpenAI) reads your words to understand them, and the shop keeps orders in its spreadsheet. Confirm if you agree; write "without AI" if it should not read on. /privacy
customer-consent-ask = ℹ️ The shop keeps orders in its spreadsheet. I understand more if an AI service (OpenAI) may read your words: write "use AI" if you agree. /privacy
customer-ai-on = All right: an AI service reads your words from now on.
customer-ai-off = All right: no AI service reads your words from now on.
customer-privacy-reads = At the moment what you write is sent to OpenAI. To order without it, write "without AI".
customer-privacy-not = At the moment what you write is not sent to OpenAI or any other AI service. To allow it, write "use AI".
customer-data-ai-unchosen = An AI may read your words: you have not chosen
customer-data-ai-yes = An AI may read your words: yes, since { $day }
customer-data-ai-no = An AI may read your words: no, since { $day }
