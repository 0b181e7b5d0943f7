# What people write instead of a command or a tap; phrases apart by "|". Case, accents and signs do not count.

say-start = empezar | inicio
say-help = ayuda
say-menu = carta | la carta | menú | el menú | ver la carta | ver el menú | muéstrame la carta | muéstrame el menú
say-cart = carrito | mi carrito | mi pedido | ver mi pedido | ver el pedido | muéstrame mi pedido
say-orders = pedidos | mis pedidos
say-cancel = cancelar
say-privacy = privacidad
say-my-data = mis datos | ver mis datos
say-delete-me = borra mis datos | borrar mis datos | elimina mis datos | olvídame
say-edit = cambiar | cambiar el pedido | cambiar mi pedido | editar | editar el pedido
say-language = idioma | idiomas | cambiar idioma | cambiar de idioma
# Answers to whether to forget the customer.
say-delete-yes = sí
say-delete-now = borrar | bórralo | borra todo | sí bórralo | sí borrar | sí borra todo | sí borra mis datos | borra mis datos
say-delete-no = no | conservar | no consérvalo | consérvalo | no conservar | no borres nada
# Before and behind the id of an order that is to be taken back.
say-take-back = cancelar { $order } | anular { $order } | cancela { $order } | anula { $order }
# Words that tell this language from the others.
say-telling = y | con | sin | por | favor | para | el | los | las | un | una | unos | unas | dos | tres | cuatro | quiero | quisiera | más | también | del
