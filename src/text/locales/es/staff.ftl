# The operator chat: commands, reports, alerts.

staff-unknown = No existe el comando /{ $name }. /help los muestra todos.
staff-unknown-near = No existe el comando /{ $name }. ¿Querías decir /{ $nearest }? /help los muestra todos.
staff-owners-only = /{ $name } es solo para los dueños de la tienda.
staff-failed = Algo ha fallado en el bot y no se ha cambiado nada. Inténtalo de nuevo.
staff-cards-in-topic = Las nuevas tarjetas de pedido llegarán a este tema. Con /here en otro tema pasan allí.
staff-cards-here = Las nuevas tarjetas de pedido llegarán aquí.
staff-help = Los pedidos llegan aquí como tarjetas: pulsa sus botones para responder, y el cliente se entera de cada paso.
staff-help-owners = Para los dueños:
staff-usage = Escríbelo así, por favor:
staff-command-help = Qué puedes hacer aquí
staff-command-here = Recibir las tarjetas de pedido en este tema
