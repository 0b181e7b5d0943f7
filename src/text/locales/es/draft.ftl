# The draft's message, and what it becomes when the draft has ended.

draft-title = <b>Tu pedido</b>
draft-tap-options = Toca una opción de <b>{ $item }</b> para añadirla o quitarla.
draft-gone = ⚠️ Ya no está disponible: { $item }
draft-choose = ❓ Elige, por favor: { $group } para { $item }
draft-minimum = ❗ El pedido mínimo para la entrega es de { $price }.
draft-missing = ❗ Falta todavía: { $details }
draft-name = tu nombre
draft-phone = tu número de teléfono
draft-address = tu dirección

draft-placed = ✅ <b>El pedido { $order } está hecho</b>
draft-placed-bare = ✅ Tu pedido está hecho.
draft-will-write = Te escribiremos cuando el local lo haya visto.
draft-given-up = ❌ Este pedido se ha descartado. Escribe lo que te apetece para empezar de nuevo.
draft-expired = ⌛ Este pedido no se confirmó a tiempo y ha caducado.
