# An order's card in the operator chat, and the short answers to the taps below it.

card-title = <b>الطلب { $order }</b> — { $status }
card-status-placed = {"\u200F"}🆕 جديد
card-status-accepted = {"\u200F"}👩‍🍳 مقبول
card-status-ready = {"\u200F"}🔔 جاهز
card-status-done = {"\u200F"}✅ مكتمل
card-status-rejected = {"\u200F"}🚫 مرفوض
card-status-cancelled = {"\u200F"}❌ ألغاه الزبون
card-status-expired = {"\u200F"}⌛ منتهي المهلة
card-large = {"\u200F"}⚠️ <b>طلب كبير</b>: يتجاوز الحدود التي وضعتموها، وينتظر ردكم.
card-allergy = {"\u200F"}⚠️ <b>حساسية: { $allergy }</b>
card-note = {"\u200F"}📝 { $note }
card-total = <b>الإجمالي: { $price }</b>، يُدفع نقدًا
card-contact = للتواصل: { $contact }

card-accept = ✅ قبول
card-reject = 🚫 رفض
card-ready = 🔔 جاهز
card-finish = ✔️ مكتمل
card-delay = +{ $minutes } د

card-moved = تم: { $status }
card-cannot-move = غير ممكن: الطلب { $status }.
card-no-order = لا يوجد طلب كهذا.
card-not-allowed = هذا متاح لموظفي المطعم فقط.
card-failed = حدث خطأ في البوت. يُرجى الضغط مرة أخرى.
# Where an order stands, in one word.
card-status-word =
    { $status ->
        [pending] بانتظار الموافقة
        [on_the_way] في الطريق
        [placed] مُرسَل
        [accepted] مقبول
        [ready] جاهز
        [done] مكتمل
        [rejected] مرفوض
        [cancelled] ملغى
       *[expired] منتهي المهلة
    }
