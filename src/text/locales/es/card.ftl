# An order's card in the operator chat, and the short answers to the taps below it.

card-title = <b>Pedido { $order }</b> — { $status }
card-status-placed = 🆕 nuevo
card-status-accepted = 👩‍🍳 aceptado
card-status-ready = 🔔 listo
card-status-done = ✅ terminado
card-status-rejected = 🚫 rechazado
card-status-cancelled = ❌ anulado por el cliente
card-status-expired = ⌛ caducado
card-large = ⚠️ <b>Pedido grande</b>: supera los límites que habéis fijado. Espera vuestra respuesta.
card-allergy = ⚠️ <b>Alergia: { $allergy }</b>
card-note = 📝 { $note }
card-total = <b>Total: { $price }</b>, a pagar en efectivo
card-contact = Contacto: { $contact }

card-accept = ✅ Aceptar
card-reject = 🚫 Rechazar
card-ready = 🔔 Listo
card-finish = ✔️ Terminado
card-delay = +{ $minutes } min

card-moved = Hecho: { $status }
card-cannot-move = No es posible: el pedido está { $status }.
card-no-order = Ese pedido no existe.
card-not-allowed = Solo el personal del local puede hacer esto.
card-failed = Algo ha fallado en el bot. Vuelve a tocar el botón, por favor.
# Where an order stands, in one word.
card-status-word =
    { $status ->
        [pending] por aprobar
        [on_the_way] en camino
        [placed] enviado
        [accepted] aceptado
        [ready] listo
        [done] terminado
        [rejected] rechazado
        [cancelled] anulado
       *[expired] caducado
    }
