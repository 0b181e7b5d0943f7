# Reordering, editing, saved details, voice notes, consent.


customer-command-reorder = مثل المرة الماضية، بأسعار اليوم
customer-command-details = اسمك ورقمك وعنوانك، لتغييرها أو نسيانها

customer-say-again = نفس الطلب مرة أخرى | مثل المرة الماضية | نفس الشيء مرة أخرى
customer-say-last = كرر طلبي الأخير | أعد طلبي الأخير
customer-say-usual = كالعادة | طلبي المعتاد | المعتاد
customer-say-details = بياناتي للطلب | تفاصيلي
customer-say-ai-on = مع الذكاء الاصطناعي | استخدم الذكاء الاصطناعي
customer-say-ai-off = بدون الذكاء الاصطناعي | بدون ذكاء اصطناعي
customer-say-change-name = غير اسمي
customer-say-change-phone = غير رقمي | غير رقم هاتفي
customer-say-change-address = غير عنواني
customer-say-forget-name = انس اسمي
customer-say-forget-phone = انس رقمي | انس رقم هاتفي
customer-say-forget-address = انس عنواني

customer-button-again = 🔁 { $order } مرة أخرى
customer-button-change-name = ✏️ غيّر اسمي
customer-button-change-phone = ✏️ غيّر رقمي
customer-button-change-address = ✏️ غيّر عنواني
customer-button-forget-phone = 🗑 انسَ رقمي
customer-button-forget-address = 🗑 انسَ عنواني
customer-button-ai-on = 🤖 مع الذكاء الاصطناعي
customer-button-ai-off = 🙅 بدون الذكاء الاصطناعي

customer-details-title = <b>ما نستخدمه لطلبك القادم</b>
customer-details-how = اضغط زرًا، أو اكتب مثلًا «غيّر عنواني» أو «انسَ رقمي».
customer-forgot-name = نسينا اسمك؛ نستخدم بدلًا منه الاسم الذي يظهره تيليجرام.
customer-forgot-phone = نسينا رقم هاتفك.
customer-forgot-address = نسينا عنوانك.

customer-edited-placed = الطلب { $order } مؤكد بالفعل، لذلك لا أغيّره برسالتك. يمكنك سحبه («cancel { $order }») والطلب من جديد، أو إرسال ما ينقص كطلب جديد.
customer-edited-at-work = الطلب { $order }: { $status }. لذلك لا أغيّره برسالتك. لأي تغيير اتصل بالمطعم من فضلك.

customer-heard = 🎤 سمعت: «{ $text }»
customer-voice-long =
    { $seconds ->
        [one] أستطيع سماع رسائل صوتية حتى { $seconds } ثانية. أرسل رسالة أقصر، أو اكتب ما تريد.
       *[other] أستطيع سماع رسائل صوتية حتى { $seconds } ثانية. أرسل رسالة أقصر، أو اكتب ما تريد.
    }
customer-voice-no-more = لا أستطيع سماع مزيد من الرسائل الصوتية اليوم. اكتب ما تريد من فضلك.
customer-voice-no-ai = لا تقرأ أي خدمة ذكاء اصطناعي ما ترسله، والسماع يحتاج إلى واحدة. اكتب ما تريد، أو اكتب «مع الذكاء الاصطناعي».
customer-voice-failed = لم أفهم هذه الرسالة الصوتية. أرسلها مرة أخرى، أو اكتب ما تريد.

customer-consent-notice = ‏ℹ️ تقرأ خدمة ذكاء اصطناعي (OpenAI) كلماتك لفهمها، ويحفظ المطعم الطلبات في جدوله. أكّد إن كنت موافقًا؛ واكتب «بدون الذكاء الاصطناعي» إن كنت لا تريد أن تواصل القراءة. ‎/privacy
customer-consent-ask = ‏ℹ️ يحفظ المطعم الطلبات في جدوله. أفهم أكثر إذا سمحت لخدمة ذكاء اصطناعي (OpenAI) بقراءة كلماتك: اكتب «مع الذكاء الاصطناعي» إن كنت موافقًا. ‎/privacy
customer-ai-on = حسنًا: من الآن تقرأ خدمة ذكاء اصطناعي كلماتك.
customer-ai-off = حسنًا: من الآن لا تقرأ أي خدمة ذكاء اصطناعي كلماتك.
customer-privacy-reads = حاليًا يُرسل ما تكتبه إلى OpenAI. للطلب بدون ذلك اكتب «بدون الذكاء الاصطناعي».
customer-privacy-not = حاليًا لا يُرسل ما تكتبه إلى OpenAI ولا إلى أي خدمة ذكاء اصطناعي أخرى. للسماح بذلك اكتب «مع الذكاء الاصطناعي».
customer-data-ai-unchosen = يمكن لذكاء اصطناعي قراءة كلماتك: لم تختر بعد
customer-data-ai-yes = يمكن لذكاء اصطناعي قراءة كلماتك: نعم، منذ { $day }
customer-data-ai-no = يمكن لذكاء اصطناعي قراءة كلماتك: لا، منذ { $day }
