# The draft's message, and what it becomes when the draft has ended.

draft-title = <b>طلبك</b>
draft-tap-options = اضغط على أحد خيارات <b>{ $item }</b> لإضافته أو إزالته.
draft-gone = {"\u200F"}⚠️ لم يعد متوفرًا: { $item }
draft-choose = {"\u200F"}❓ يُرجى الاختيار: { $group } — { $item }
draft-minimum = {"\u200F"}❗ الحد الأدنى للتوصيل هو { $price }.
draft-missing = {"\u200F"}❗ ما زلنا نحتاج إلى: { $details }
draft-name = اسمك
draft-phone = رقم هاتفك
draft-address = عنوانك

draft-placed = {"\u200F"}✅ <b>تم إرسال الطلب { $order }</b>
draft-placed-bare = {"\u200F"}✅ تم إرسال طلبك.
draft-will-write = سنكتب إليك عندما يطّلع عليه المطعم.
draft-given-up = {"\u200F"}❌ تم التخلي عن هذا الطلب. اكتب ما تريد لتبدأ من جديد.
draft-expired = {"\u200F"}⌛ لم يُؤكَّد هذا الطلب في الوقت المناسب فانتهت مهلته.
