# What is kept, who sees it, and how it is deleted.

privacy-policy =
    Guardamos tu nombre, tu número de teléfono y tu dirección tal como los diste, y tus pedidos, para que { $shop } pueda prepararlos y entregarlos. Los pedidos están también en la hoja de cálculo del local. Para entender un pedido, su texto puede enviarse a OpenAI; tu nombre de Telegram y tu número no se envían con él.

    /mydata muestra lo que guardamos sobre ti. /deleteme lo borra: tus pedidos quedan en las cuentas del local con sus importes, sin tu nombre, número, dirección, alergias ni notas. Lo escrito en este chat queda en Telegram hasta que borres el chat.
privacy-ask-deletion =
    ¿Borramos todo lo que guardamos sobre ti: nombre, número de teléfono, dirección y lo que has dicho con tus pedidos? No se puede deshacer.

    Toca un botón o escribe «borrar» o «conservar».
privacy-kept = De acuerdo, no se ha borrado nada.
privacy-forgotten = Hecho. Ya no guardamos nada sobre ti; los pedidos que habías hecho quedan en las cuentas del local sin tu nombre, número, dirección ni notas. Si vuelves a escribir, empezamos de cero.
privacy-under-way =
    { $count ->
        [one] Tu pedido { $orders } sigue en marcha, y el local tiene que saber de quién es. Vuelve a enviar /deleteme cuando lo tengas, o anúlalo antes en /orders.
       *[other] Tus pedidos { $orders } siguen en marcha, y el local tiene que saber de quién son. Vuelve a enviar /deleteme cuando los tengas, o anúlalos antes en /orders.
    }

privacy-nothing = No guardamos nada sobre ti.
privacy-title = <b>Lo que guardamos sobre ti</b>
privacy-id = Id de Telegram: { $id }
privacy-name = Nombre: { $name }
privacy-phone = Teléfono: { $phone }
privacy-address = Dirección: { $address }
privacy-language = Idioma: { $language }
privacy-first-seen = Primer mensaje: { $day }
privacy-last-seen = Último mensaje: { $day }
privacy-draft = Un pedido que no has hecho, hasta el { $day }: mira /cart
privacy-no-orders = Ningún pedido.
privacy-orders =
    { $count ->
        [one] <b>Tu último pedido</b>; los anteriores se guardan del mismo modo:
       *[other] <b>Tus últimos { $count } pedidos</b>, del más nuevo al más antiguo; los anteriores se guardan del mismo modo:
    }
privacy-order = { $order }, { $day }, { $status }
privacy-order-items = { $items }: { $price }
privacy-order-name = a nombre de: { $text }
privacy-order-phone = teléfono: { $text }
privacy-order-address = dirección: { $text }
privacy-order-time = cuándo: { $text }
privacy-order-note = nota: { $text }
privacy-order-allergy = alergia: { $text }
privacy-semicolon = {"; "}
privacy-end = El local puede dártelo todo en un archivo. Para borrarlo: /deleteme
