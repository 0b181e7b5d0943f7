# The commands as Telegram lists them.

command-start = إلقاء التحية
command-help = كيفية الطلب
command-menu = ما يمكن طلبه
command-cart = طلبك حتى الآن
command-orders = أحدث طلباتك
command-cancel = إلغاء الطلب المفتوح
command-privacy = ما نحتفظ به ومن يراه
command-mydata = كل ما نحتفظ به عنك
command-deleteme = حذف بياناتك
command-language = اختيار لغتك
