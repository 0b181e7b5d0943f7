# The customer's buttons. Each has letters, and writing them does the same as tapping.

button-confirm = ✅ Confirm
button-cancel = ❌ Cancel
button-edit = ✏️ Edit
button-pickup = 🏃 I'll pick it up
button-delivery = 🛵 Deliver it
button-menu = 📖 Menu
button-back = ⬅️ Back
button-menu-back = ⬅️ Menu
button-less = ➖ Less
button-more = ➕ More
# $line: the number of the line, because each has these buttons.
button-less-of = ➖ Less ({ $line })
button-more-of = ➕ More ({ $line })
button-line = ✏️ Line { $line }: { $quantity } × { $name }
button-option = { $name }
button-option-priced = { $name } +{ $price }
button-take-back = ❌ Take { $order } back
button-delete = 🗑 Yes, delete it
button-keep = No, keep it
button-share-phone = 📱 Share my phone number
button-share-location = 📍 Share my location
