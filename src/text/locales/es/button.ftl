# The customer's buttons. Each has letters, and writing them does the same as tapping.

button-confirm = ✅ Confirmar
button-cancel = ❌ Cancelar
button-edit = ✏️ Cambiar
button-pickup = 🏃 Lo recojo yo
button-delivery = 🛵 Que me lo traigan
button-menu = 📖 Carta
button-back = ⬅️ Atrás
button-menu-back = ⬅️ Carta
button-less = ➖ Menos
button-more = ➕ Más
button-less-of = ➖ Menos ({ $line })
button-more-of = ➕ Más ({ $line })
button-line = ✏️ Línea { $line }: { $quantity } × { $name }
button-option = { $name }
button-option-priced = { $name } +{ $price }
button-take-back = ❌ Anular { $order }
button-delete = 🗑 Sí, bórralo
button-keep = No, consérvalo
button-share-phone = 📱 Compartir mi número
button-share-location = 📍 Compartir mi ubicación
