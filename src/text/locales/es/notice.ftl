# Short answers to a tap, below 200 characters and without HTML; and why something was refused.

notice-placed = Tu pedido está hecho.
notice-already-placed = Este pedido ya está hecho. Mira /orders.
notice-cancelled = Hecho.
notice-outdated = Este botón es demasiado antiguo. Escribe lo que te apetece o mira /cart.
notice-changed = El pedido ha cambiado. Revísalo y vuelve a tocar, por favor.
notice-missing = Envía primero, por favor: { $details }.
notice-choose = Elige primero, por favor: { $group } para { $item }.
notice-minimum = El pedido mínimo para la entrega es de { $price }. Añade algo o recógelo.
notice-gone = Ya no está disponible: { $items }. Revisa el pedido, por favor.
notice-added = Añadido: { $item }
notice-too-late = El local ya está preparando este pedido. Llama al local, por favor.
notice-no-such-order = No tienes ese pedido. Mira /orders.
notice-over = Este pedido ya está { $status }.

notice-warning = ⚠️ { $text }
notice-no-item = Algo de tu mensaje no está en la carta.
notice-sold-out = { $item } no está disponible en este momento.
notice-no-line = No he encontrado la línea del pedido que querías cambiar.
notice-no-option = { $item } no se puede pedir así.
notice-too-many-options = { $item }: como máximo { $max } de { $group }.
notice-quantity = { $item }: esa cantidad no puede ser correcta. Escribe otra vez cuántas unidades, por favor.
notice-full = El pedido ya tiene todas las líneas que caben.
