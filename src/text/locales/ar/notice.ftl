# Short answers to a tap, below 200 characters and without HTML; and why something was refused.

notice-placed = تم إرسال طلبك.
notice-already-placed = سبق إرسال هذا الطلب. راجع {"\u200E"}/orders.
notice-cancelled = تم.
notice-outdated = هذا الزر قديم جدًا. اكتب ما تريد، أو راجع {"\u200E"}/cart.
notice-changed = تغيّر الطلب. يُرجى مراجعته والضغط مرة أخرى.
notice-missing = يُرجى أولًا إرسال: { $details }.
notice-choose = يُرجى الاختيار أولًا: { $group } — { $item }.
notice-minimum = الحد الأدنى للتوصيل هو { $price }. أضف شيئًا، أو استلم الطلب بنفسك.
notice-gone = لم يعد متوفرًا: { $items }. يُرجى مراجعة الطلب.
notice-added = تمت الإضافة: { $item }
notice-too-late = المطعم يحضّر هذا الطلب بالفعل. يُرجى الاتصال بالمطعم.
notice-no-such-order = ليس لديك طلب كهذا. راجع {"\u200E"}/orders.
notice-over = هذا الطلب { $status } بالفعل.

notice-warning = {"\u200F"}⚠️ { $text }
notice-no-item = في رسالتك شيء غير موجود في القائمة.
notice-sold-out = غير متوفر حاليًا: { $item }.
notice-no-line = لم أجد سطر الطلب الذي أردت تغييره.
notice-no-option = لا يمكن طلب { $item } بهذه الطريقة.
notice-too-many-options = {"\u200F"}{ $item }: الحد الأقصى { $max } من { $group }.
notice-quantity = {"\u200F"}{ $item }: لا يمكن أن يكون هذا العدد صحيحًا. يُرجى كتابة العدد مرة أخرى.
notice-full = بلغ الطلب أقصى عدد من الأسطر.
