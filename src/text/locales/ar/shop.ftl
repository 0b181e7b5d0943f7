# Opening hours, sold out, pause, busy: what the shop tells its customers.

shop-mon = الاثنين
shop-tue = الثلاثاء
shop-wed = الأربعاء
shop-thu = الخميس
shop-fri = الجمعة
shop-sat = السبت
shop-sun = الأحد
shop-date = {"\u200F"}{ $weekday } { $date }
shop-today = اليوم { $time }
shop-tomorrow = غدًا ({ $date }) { $time }
shop-later = {"\u200F"}{ $date } { $time }
shop-when = <b>متى: { $when }</b>
shop-when-said = <b>متى: { $when }</b> («{ $words }»)
shop-offer = {"\u200F"}🕒 { $why } يمكنك الطلب لموعد <b>{ $when }</b>، والتأكيد يعني هذا الموعد.
shop-closed = المطعم مغلق في ذلك الوقت.
shop-last-order = فات وقت الطلب قبل الإغلاق.
shop-paused = المطبخ في استراحة قصيرة.
shop-full = لدى المطبخ كل ما يستطيع تحضيره من الطلبات لذلك الوقت.
shop-past = لقد مضى ذلك الوقت.
shop-too-far = هذا الموعد بعيد جدًا.
shop-never = {"\u200F"}❗ { $why } لا يمكننا قبول طلب للأسابيع القادمة؛ يُرجى سؤال المطعم.
shop-sooner = {"\u200F"}❗ { $why } يُرجى كتابة موعد خلال الأسبوعين القادمين.
shop-unclear = {"\u200F"}❓ لم أستطع تحديد الساعة من «{ $words }»، وسيقرؤها المطعم كما كتبتها. لموعد محدد اكتب مثلًا «اليوم الساعة 19:30».
shop-busy =
    { $minutes ->
        [one] {"\u200F"}⏳ المطبخ مزدحم: يستغرق الأمر نحو دقيقة أكثر من المعتاد.
        [two] {"\u200F"}⏳ المطبخ مزدحم: يستغرق الأمر نحو دقيقتين أكثر من المعتاد.
        [few] {"\u200F"}⏳ المطبخ مزدحم: يستغرق الأمر نحو { $minutes } دقائق أكثر من المعتاد.
       *[other] {"\u200F"}⏳ المطبخ مزدحم: يستغرق الأمر نحو { $minutes } دقيقة أكثر من المعتاد.
    }
shop-sold-out-instead = نفد اليوم: { $item }. ما رأيك في { $instead }؟
shop-how-about = ما رأيك في: { $items }؟
shop-all-gone = {"\u200F"}⚠️ نفد للتو: { $items }. طلبك فارغ الآن؛ اكتب ما تريده بدلًا منه أو انظر {"\u200E"}/menu.
shop-other-time = لم يعد ذلك الموعد ممكنًا. يُرجى مراجعة الموعد الجديد والتأكيد مرة أخرى.

shop-day = <b>اليوم</b>
shop-day-sold-out = {"\u200F"}🚫 نفد: { $items }
shop-day-paused = {"\u200F"}⏸ توقف حتى { $until }
shop-day-busy = {"\u200F"}⏳ مزدحم: أطول بمقدار { $minutes } دقيقة
shop-day-plain = كل شيء متوفر، والطلبات تُقبل كالمعتاد.
shop-day-how = اكتب {"\u200E"}/soldout كولا أو {"\u200E"}/back كولا أو {"\u200E"}/pause 30 أو {"\u200E"}/busy 20 أو اضغط زرًا. ينتهي كل ذلك وحده عند الإغلاق.
shop-now-out = {"\u200F"}🚫 { $item }: نفد حتى { $until }.
shop-offered-instead = يُعرض على الزبائن بدلًا منه: { $item }.
shop-back = {"\u200F"}✅ متوفر من جديد: { $items }
shop-not-found = لا أجد "{ $words }" في القائمة. اكتبه كما هو مكتوب فيها.
shop-which = أيها تقصد؟
shop-usage = اكتب عدد الدقائق من 1 إلى 600، مثل {"\u200E"}/pause 30 أو {"\u200E"}/busy 20. {"\u200E"}/resume ينهي التوقف، و{"\u200E"}/busy off ينهي الازدحام.
shop-ended = انتهى لهذا اليوم، كما عند كل إغلاق:
shop-reloading = أقرأ القائمة …
shop-menu-sheet = {"\u200F"}✅ القائمة المستخدمة من جدول البيانات، عدد الأصناف: { $count }.
shop-menu-file = {"\u200F"}✅ القائمة المستخدمة من الملف، عدد الأصناف: { $count }.
shop-menu-same = القائمة كما كانت.
shop-menu-broken = {"\u200F"}⚠️ لا يمكن استخدام القائمة هكذا. تبقى آخر قائمة صالحة. يرجى التصحيح:
shop-menu-unreachable = {"\u200F"}⚠️ لا يمكن قراءة جدول البيانات؛ تبقى آخر قائمة صالحة. { $advice }
shop-button-pause = ⏸ توقف { $minutes } دقيقة
shop-button-busy = ⏳ ازدحام +{ $minutes } دقيقة
shop-button-resume = ▶️ إنهاء التوقف
shop-button-calm = 🙂 لم يعد مزدحمًا
shop-button-back = ✅ عاد { $item }
