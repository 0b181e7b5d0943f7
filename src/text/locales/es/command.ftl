# The commands as Telegram lists them.

command-start = Saludar
command-help = Cómo pedir
command-menu = Qué se puede pedir
command-cart = Tu pedido hasta ahora
command-orders = Tus últimos pedidos
command-cancel = Descartar el pedido abierto
command-privacy = Qué guardamos y quién lo ve
command-mydata = Todo lo que guardamos sobre ti
command-deleteme = Borrar tus datos
command-language = Elegir tu idioma
