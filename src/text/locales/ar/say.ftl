# What people write instead of a command or a tap; phrases apart by "|". Case, accents and signs do not count.

say-start = ابدأ | بدء
say-help = مساعدة | المساعدة
say-menu = القائمة | قائمة | قائمة الطعام | المنيو | منيو | اعرض القائمة | أرني القائمة
say-cart = السلة | سلة | سلتي | طلبي | اعرض طلبي
say-orders = طلباتي | الطلبات
say-cancel = إلغاء | ألغ
say-privacy = الخصوصية
say-my-data = بياناتي | اعرض بياناتي
say-delete-me = احذف بياناتي | امسح بياناتي | حذف بياناتي
say-edit = تعديل | تعديل الطلب | عدل الطلب
say-language = اللغة | لغة | تغيير اللغة | غير اللغة
# Answers to whether to forget the customer.
say-delete-yes = نعم
say-delete-now = احذف | حذف | نعم احذف | نعم احذفها | احذفها | احذف كل شيء | نعم احذف كل شيء | احذف بياناتي | نعم احذف بياناتي
say-delete-no = لا | احتفظ | احتفظ بها | لا احتفظ | لا تحذف | لا تحذف شيئا
# Before and behind the id of an order that is to be taken back.
say-take-back = إلغاء { $order } | ألغ { $order } | إلغاء الطلب { $order } | ألغ الطلب { $order }
# Words that tell this language from the others.
say-telling = و | مع | بدون | من | فضلك | أريد | اثنان | ثلاثة
