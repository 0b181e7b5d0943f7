# The customer's buttons. Each has letters, and writing them does the same as tapping.

button-confirm = ✅ تأكيد
button-cancel = ❌ إلغاء
button-edit = ✏️ تعديل
button-pickup = 🏃 سأستلمه بنفسي
button-delivery = 🛵 أريد التوصيل
button-menu = 📖 القائمة
button-back = ⬅️ رجوع
button-menu-back = ⬅️ القائمة
button-less = ➖ أقل
button-more = ➕ أكثر
button-less-of = ➖ أقل ({ $line })
button-more-of = ➕ أكثر ({ $line })
button-line = ✏️ السطر { $line }: { $quantity } × { $name }
button-option = {"\u200F"}{ $name }
button-option-priced = {"\u200F"}{ $name } +{ $price }
button-take-back = ❌ إلغاء الطلب { $order }
button-delete = 🗑 نعم، احذف
button-keep = لا، احتفظ بها
button-share-phone = 📱 مشاركة رقم هاتفي
button-share-location = 📍 مشاركة موقعي
