# An order's card in the operator chat, and the short answers to the taps below it.

card-title = <b>Order { $order }</b> — { $status }
card-status-placed = 🆕 new
card-status-accepted = 👩‍🍳 accepted
card-status-ready = 🔔 ready
card-status-done = ✅ done
card-status-rejected = 🚫 rejected
card-status-cancelled = ❌ cancelled by the customer
card-status-expired = ⌛ expired
card-large = ⚠️ <b>Large order</b>: above the limits that you have set. It waits for your answer.
card-allergy = ⚠️ <b>Allergy: { $allergy }</b>
card-note = 📝 { $note }
card-total = <b>Total: { $price }</b>, to be paid in cash
card-contact = Contact: { $contact }

card-accept = ✅ Accept
card-reject = 🚫 Reject
card-ready = 🔔 Ready
card-finish = ✔️ Done
card-delay = +{ $minutes } min

card-moved = Done: { $status }
card-cannot-move = Not possible: the order is { $status }.
card-no-order = There is no such order.
card-not-allowed = Only the shop's staff can do this.
card-failed = Something went wrong in the bot. Please tap again.
# Where an order stands, in one word.
card-status-word =
    { $status ->
        [pending] to be approved
        [on_the_way] on the way
        [placed] placed
        [accepted] accepted
        [ready] ready
        [done] done
        [rejected] rejected
        [cancelled] cancelled
       *[expired] expired
    }
