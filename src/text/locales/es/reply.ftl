# Messages of their own to a customer.

reply-welcome =
    ¡Te damos la bienvenida a <b>{ $shop }</b>! Escribe con tus propias palabras lo que te apetece, por ejemplo «{ $example }». Te mostraré el pedido con sus precios y lo harás con un toque.

    Un servicio de IA puede leer los textos para entenderlos: mira /privacy.
# An order that this menu can take: { $first } and { $last } are items.
reply-example = dos { $first } y un { $last }
reply-example-one = dos { $first }
reply-example-none = algo de la carta
reply-help = Escribe lo que te apetece con tus propias palabras. Puedes cambiarlo igual: «que sean tres», «sin cebolla en la segunda», «quita la cola». Cuando esté bien, toca Confirmar o escribe «sí»; con «cancelar» se descarta.
reply-help-command = /{ $name } — { $what }
reply-cart-empty = Tu pedido está vacío. Escribe lo que te apetece o mira el /menu.
reply-question = Solo tomo pedidos y no puedo responder preguntas. Lo que hay y lo que cuesta está en el /menu; para todo lo demás pregunta directamente a { $shop }.
reply-chatter = Escribe con tus propias palabras lo que te apetece, por ejemplo «{ $example }», o mira el /menu.
reply-ask-name = ¿A nombre de quién va el pedido?
reply-ask-phone = ¿En qué número podemos llamarte? Toca el botón de abajo o escríbelo.
reply-ask-address = ¿Dónde lo entregamos? Escribe la dirección o toca el botón de abajo para compartir dónde estás. Si prefieres recogerlo, escribe «recoger».
reply-bad-phone = Eso no parece un número de teléfono. Envíalo con sus cifras, por ejemplo +34 600 000 000.
reply-foreign-contact = Ese contacto es de otra persona. Comparte tu propio número o escribe el número al que debemos llamar.
reply-saved = Anotado. ¿Qué te apetece pedir?
reply-complete = Gracias, no necesitamos nada más. Revisa tu pedido arriba y toca Confirmar, o escribe «sí».
reply-nothing-to-confirm = No hay ningún pedido abierto que confirmar. Escribe lo que te apetece o mira el /menu.
reply-nothing-to-cancel = No hay ningún pedido abierto que descartar. Los pedidos que has hecho están en /orders.
reply-given-up = El pedido se ha descartado. Escribe lo que te apetece para empezar de nuevo.
reply-expired = No confirmaste el pedido a tiempo: ha caducado y no se ha hecho. Escribe lo que te apetece para empezar de nuevo.
reply-placed = ✅ El pedido { $order } está hecho. Te escribiremos cuando el local lo haya visto.
reply-cannot-place = ❗ { $why }
reply-taken-back = El pedido { $order } se ha anulado.
reply-no-text = Solo sé leer texto. Escribe lo que te apetece o pide con los botones del /menu.
reply-edited = No sigo los cambios en un mensaje ya enviado. Escribe el cambio en un mensaje nuevo, por ejemplo «que sean dos».
reply-slow-down = Escribes más rápido de lo que puedo seguir, así que no he leído tu último mensaje. Espera un minuto y envíalo otra vez, por favor.
reply-failed = Algo ha fallado por nuestra parte con tu último mensaje. No se ha pedido nada con él; envíalo otra vez, por favor.
reply-trouble = Lo sentimos, ahora mismo no podemos tomar pedidos. Tu mensaje no se pierde: lo responderé en cuanto vuelva a funcionar.

reply-no-orders = Todavía no has pedido nada. Escribe lo que te apetece o mira el /menu.
reply-orders = <b>Tus últimos pedidos</b>
reply-orders-one = <b>{ $order }</b> — { $status }

reply-accepted = 👩‍🍳 El local ha aceptado tu pedido { $order }.
reply-accepted-in =
    { $minutes ->
        [one] 👩‍🍳 Tu pedido { $order } se está preparando. Tardará alrededor de { $minutes } minuto.
       *[other] 👩‍🍳 Tu pedido { $order } se está preparando. Tardará unos { $minutes } minutos.
    }
reply-ready-pickup = 🔔 Tu pedido { $order } está listo. Ya puedes recogerlo.
reply-ready-dine-in = 🔔 Tu pedido { $order } está listo.
reply-done = ✅ Tu pedido { $order } está terminado. ¡Que aproveche!
reply-rejected = 🚫 Lo sentimos, el local no puede preparar tu pedido { $order }. No tienes que pagar nada.
reply-status = Tu pedido { $order }: { $status }

reply-nothing-found = No he encontrado en tu mensaje nada que pedir.
reply-other-words = Mira el /menu o escríbelo con otras palabras.
reply-not-understood = ⚠️ No he entendido: { $phrases }
reply-did-you-mean = ¿Querías decir: { $items }?
