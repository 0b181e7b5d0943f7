# Paying in Telegram: invoices, why a payment is declined, what the shop is told about money.

payment-button-pay = 💳 Pagar ahora
payment-button-refunded = ✅ Devuelto
payment-say-pay = pagar | pagar ahora | pagar con tarjeta | con tarjeta | pagar en línea

payment-waiting = esperando el pago
payment-card-paid = <b>Total: { $price }</b>, pagado con tarjeta
payment-card-tip = Propina: { $price }

payment-placed = ⏳ <b>El pedido { $order } espera tu pago</b>
payment-pay-below = Págalo abajo: la tienda lo recibe cuando esté pagado.
payment-received = ✅ Tenemos tu pago de { $amount }. El pedido { $order } está hecho; te escribiremos cuando la tienda lo haya visto.
payment-expired = ⌛ El pedido { $order } no se pagó a tiempo y ha caducado; no hay nada que pagar. Para pedir lo mismo otra vez: /reorder
payment-impossible = Lo sentimos, el pedido { $order } no se puede pagar en Telegram y no se ha hecho. Para pedir lo mismo y pagar al recibirlo: /reorder
payment-refund = El pedido { $order } no se hará, o se pagó dos veces. La tienda te devuelve { $amount }; puede tardar algunos días.
payment-nothing = No hay nada que pagar. Escribe lo que quieres o mira el /menu.
payment-none = Pagas cuando recibas tu pedido. Para hacerlo, escribe «sí».

payment-first = Paga ahora tu pedido, por favor.
payment-under-way = Hay un pago de este pedido en curso. Inténtalo de nuevo en un minuto.

payment-title = Pedido { $order }
payment-delivery = Entrega

payment-declined-unknown = No tenemos ningún pedido tuyo así.
payment-declined-paid = Este pedido ya está pagado.
payment-declined-closed = Este pedido ya no se puede pagar. Para pedir lo mismo otra vez: /reorder
payment-declined-under-way = Hay otro pago de este pedido en curso. Si no llega a nada, inténtalo de nuevo en un minuto.
payment-declined-amount = Esta factura no coincide con el pedido. Pide de nuevo, por favor.
payment-declined-gone = Ya no hay: { $items }. Retira este pedido y pide de nuevo.
payment-declined-late = Tardamos demasiado en responder. No se ha pagado nada; inténtalo de nuevo.

payment-alarm-refund = 🚨 <b>Devolver { $amount } del pedido { $order }</b>
payment-alarm-step = El cliente lo pagó en Telegram y no se hará, o se pagó dos veces. Busca el pago en tu proveedor de pagos y devuélvelo allí; luego toca el botón.
payment-alarm-charge = Pago: <code>{ $charge }</code>, { $amount }
payment-alarm-done = ✅ El pago del pedido { $order } está devuelto.
payment-alarm-unconfirmed = ⚠️ El pedido { $order } ({ $amount }) ha caducado sin pagar, pero se empezó un pago y no supimos cómo terminó. Mira en tu proveedor de pagos si se completó y, en ese caso, devuélvelo.
payment-alarm-stray = 🚨 <b>Ha llegado un pago de { $amount } para un pedido que no tenemos.</b> Búscalo en tu proveedor de pagos y devuélvelo: <code>{ $charge }</code>
