# Paying in Telegram: invoices, why a payment is declined, what the shop is told about money.

payment-button-pay = 💳 ادفع الآن
payment-button-refunded = ✅ أُعيد المبلغ
payment-say-pay = ادفع | ادفع الآن | الدفع بالبطاقة | بالبطاقة

payment-waiting = بانتظار الدفع
payment-card-paid = <b>المجموع: { $price }</b>، مدفوع بالبطاقة
payment-card-tip = إكرامية: { $price }

payment-placed = ⏳ <b>الطلب { $order } ينتظر دفعك</b>
payment-pay-below = ادفعه أدناه من فضلك: يصل إلى المطعم عند دفعه.
payment-received = ✅ استلمنا دفعتك { $amount }. الطلب { $order } مؤكد؛ سنكتب لك عندما يراه المطعم.
payment-expired = ⌛ لم يُدفع الطلب { $order } في الوقت المحدد فانتهى، ولا شيء عليك. لطلب الشيء نفسه: ‎/reorder
payment-impossible = عذرًا، لا يمكن دفع الطلب { $order } في تيليجرام، لذلك لم يُؤكد. لطلب الشيء نفسه والدفع عند الاستلام: ‎/reorder
payment-refund = لن يُحضَّر الطلب { $order }، أو دُفع مرتين. يعيد لك المطعم { $amount }؛ قد يستغرق ذلك بضعة أيام.
payment-nothing = لا يوجد ما يُدفع. اكتب ما تريد، أو انظر ‎/menu.
payment-none = تدفع عند استلام طلبك. لتأكيده اكتب «نعم».

payment-first = ادفع طلبك الآن من فضلك.
payment-under-way = هناك دفعة جارية لهذا الطلب. حاول مرة أخرى بعد دقيقة.

payment-title = الطلب { $order }
payment-delivery = التوصيل

payment-declined-unknown = ليس لدينا طلب كهذا لك.
payment-declined-paid = هذا الطلب مدفوع بالفعل.
payment-declined-closed = لم يعد ممكنًا دفع هذا الطلب. لطلب الشيء نفسه: ‎/reorder
payment-declined-under-way = هناك دفعة أخرى جارية لهذا الطلب. إن لم تكتمل فحاول مرة أخرى بعد دقيقة.
payment-declined-amount = هذه الفاتورة لا تطابق الطلب. اطلب مرة أخرى من فضلك.
payment-declined-gone = لم يعد متوفرًا: { $items }. اسحب هذا الطلب واطلب من جديد.
payment-declined-late = تأخرنا في الرد. لم يُدفع شيء؛ حاول مرة أخرى.

payment-alarm-refund = 🚨 <b>أعد { $amount } عن الطلب { $order }</b>
payment-alarm-step = دفع الزبون ثمنه في تيليجرام ولن يُحضَّر، أو دُفع مرتين. ابحث عن الدفعة لدى مزود الدفع وأعدها هناك، ثم اضغط الزر.
payment-alarm-charge = الدفعة: <code>{ $charge }</code>، { $amount }
payment-alarm-done = ✅ أُعيد مبلغ الطلب { $order }.
payment-alarm-unconfirmed = ⚠️ انتهى الطلب { $order } ({ $amount }) دون دفع، لكن دفعة له بدأت ولم نعرف كيف انتهت. انظر لدى مزود الدفع إن كانت قد تمت، وأعدها إن كان كذلك.
payment-alarm-stray = 🚨 <b>وصلت دفعة { $amount } لطلب ليس لدينا.</b> ابحث عنها لدى مزود الدفع وأعدها: <code>{ $charge }</code>
