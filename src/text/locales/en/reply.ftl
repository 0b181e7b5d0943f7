# Messages of their own to a customer.

reply-welcome =
    Welcome to <b>{ $shop }</b>! Write what you would like in your own words, for example "{ $example }". I show you the order with its prices, and you place it with a tap.

    Texts may be read by an AI service to understand them: see /privacy.
# An order that this menu can take: { $first } and { $last } are items.
reply-example = two { $first } and a { $last }
reply-example-one = two { $first }
reply-example-none = something from the menu
reply-help = Write what you would like, in your own words. You can change it in the same way: "make it three", "no onions on the second", "take the cola off". When it is right, tap Confirm or write "yes"; "cancel" gives it up.
reply-help-command = /{ $name } — { $what }
reply-cart-empty = Your cart is empty. Write what you would like, or see the /menu.
reply-question = I only take orders and cannot answer questions. What there is and what it costs stands in the /menu; for everything else please ask { $shop } directly.
reply-chatter = Write what you would like in your own words, for example "{ $example }", or see the /menu.
reply-ask-name = What name is the order for?
reply-ask-phone = Which phone number can we reach you at? Tap the button below, or type it.
reply-ask-address = Where should we deliver? Type the address, or tap the button below to share where you are. To fetch the order yourself, write "pick-up".
reply-bad-phone = That does not look like a phone number. Please send it with its digits, for example +1 555 010 0199.
reply-foreign-contact = That contact is somebody else's. Please share your own number, or type the number we should call.
reply-saved = Noted. What would you like to order?
reply-complete = Thank you, that is all we need. Please check your order above and tap Confirm, or write "yes".
reply-nothing-to-confirm = There is no open order to confirm. Write what you would like, or see the /menu.
reply-nothing-to-cancel = There is no open order to give up. Orders that you placed stand in /orders.
reply-given-up = The order was given up. Write what you would like to begin again.
reply-expired = Your order was not confirmed in time, so it has expired and was not placed. Write what you would like to begin again.
reply-placed = ✅ Order { $order } is placed. We will write to you when the shop has seen it.
reply-cannot-place = ❗ { $why }
reply-taken-back = Order { $order } was taken back.
reply-no-text = I can only read text. Please write what you would like, or order with the buttons of the /menu.
reply-edited = I do not follow changes to a message that was already sent. Please write the change as a new message, for example "make it two".
reply-slow-down = You are writing faster than I can follow, so I did not read your last message. Please wait a minute and send it again.
reply-failed = Something went wrong on our side with your last message. Nothing was ordered by it; please send it again.
reply-trouble = Sorry, we cannot take orders at the moment. Your message is not lost: I will answer it as soon as it works again.

reply-no-orders = You have not ordered yet. Write what you would like, or see the /menu.
reply-orders = <b>Your latest orders</b>
reply-orders-one = <b>{ $order }</b> — { $status }

reply-accepted = 👩‍🍳 The shop has accepted your order { $order }.
reply-accepted-in =
    { $minutes ->
        [one] 👩‍🍳 Your order { $order } is being made. It will take about { $minutes } minute.
       *[other] 👩‍🍳 Your order { $order } is being made. It will take about { $minutes } minutes.
    }
reply-ready-pickup = 🔔 Your order { $order } is ready. You can pick it up now.
reply-ready-dine-in = 🔔 Your order { $order } is ready.
reply-done = ✅ Your order { $order } is done. Enjoy your meal!
reply-rejected = 🚫 Sorry, the shop cannot make your order { $order }. Nothing is to be paid.
reply-status = Your order { $order }: { $status }

reply-nothing-found = I did not find anything to order in your message.
reply-other-words = See the /menu, or write it in other words.
reply-not-understood = ⚠️ I did not understand: { $phrases }
reply-did-you-mean = Did you mean: { $items }?
