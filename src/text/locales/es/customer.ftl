# Reordering, editing, saved details, voice notes, consent.


customer-command-reorder = Lo mismo que la última vez, a los precios de hoy
customer-command-details = Tu nombre, número y dirección, para cambiarlos u olvidarlos

customer-say-again = lo mismo otra vez | otra vez lo mismo | lo mismo que la última vez
customer-say-last = repetir mi último pedido | repite mi último pedido
customer-say-usual = lo de siempre | lo de siempre por favor | lo habitual
customer-say-details = mis datos de pedido | detalles
customer-say-ai-on = con ia | usar ia
customer-say-ai-off = sin ia
customer-say-change-name = cambiar mi nombre
customer-say-change-phone = cambiar mi número | cambiar mi teléfono
customer-say-change-address = cambiar mi dirección
customer-say-forget-name = olvidar mi nombre
customer-say-forget-phone = olvidar mi número | olvidar mi teléfono
customer-say-forget-address = olvidar mi dirección

customer-button-again = 🔁 { $order } otra vez
customer-button-change-name = ✏️ Cambiar mi nombre
customer-button-change-phone = ✏️ Cambiar mi número
customer-button-change-address = ✏️ Cambiar mi dirección
customer-button-forget-phone = 🗑 Olvidar mi número
customer-button-forget-address = 🗑 Olvidar mi dirección
customer-button-ai-on = 🤖 Usar IA
customer-button-ai-off = 🙅 Sin IA

customer-details-title = <b>Lo que usamos para tu próximo pedido</b>
customer-details-how = Toca un botón o escribe, por ejemplo, «cambiar mi dirección» u «olvidar mi número».
customer-forgot-name = Hemos olvidado tu nombre; se usa el que muestra Telegram.
customer-forgot-phone = Hemos olvidado tu número de teléfono.
customer-forgot-address = Hemos olvidado tu dirección.

customer-edited-placed = El pedido { $order } ya está hecho, así que no lo cambio con tu mensaje. Puedes retirarlo («cancel { $order }») y pedir de nuevo, o enviar lo que falta como un pedido nuevo.
customer-edited-at-work = Pedido { $order }: { $status }. Por eso no lo cambio con tu mensaje. Para un cambio, llama por favor a la tienda.

customer-heard = 🎤 «{ $text }»
customer-voice-long =
    { $seconds ->
        [one] Puedo escuchar notas de voz de hasta { $seconds } segundo. Envía una más corta o escribe lo que quieres.
       *[other] Puedo escuchar notas de voz de hasta { $seconds } segundos. Envía una más corta o escribe lo que quieres.
    }
customer-voice-no-more = Hoy no puedo escuchar más notas de voz. Escribe por favor lo que quieres.
customer-voice-no-ai = Ningún servicio de IA lee lo que envías, y hace falta uno para escuchar. Escribe lo que quieres, o escribe «con IA».
customer-voice-failed = No pude entender esta nota de voz. Envíala otra vez o escribe lo que quieres.

customer-consent-notice = ℹ️ Un servicio de IA (OpenAI) lee tus palabras para entenderlas, y la tienda guarda los pedidos en su hoja de cálculo. Confirma si estás de acuerdo; escribe «sin IA» si no debe seguir leyendo. /privacy
customer-consent-ask = ℹ️ La tienda guarda los pedidos en su hoja de cálculo. Entiendo más si un servicio de IA (OpenAI) puede leer tus palabras: escribe «con IA» si estás de acuerdo. /privacy
customer-ai-on = De acuerdo: desde ahora un servicio de IA lee tus palabras.
customer-ai-off = De acuerdo: desde ahora ningún servicio de IA lee tus palabras.
customer-privacy-reads = Ahora lo que escribes se envía a OpenAI. Para pedir sin ello, escribe «sin IA».
customer-privacy-not = Ahora lo que escribes no se envía a OpenAI ni a otro servicio de IA. Para permitirlo, escribe «con IA».
customer-data-ai-unchosen = Una IA puede leer tus palabras: no has elegido
customer-data-ai-yes = Una IA puede leer tus palabras: sí, desde { $day }
customer-data-ai-no = Una IA puede leer tus palabras: no, desde { $day }
