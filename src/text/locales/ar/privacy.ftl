# What is kept, who sees it, and how it is deleted.

privacy-policy =
    نحتفظ باسمك ورقم هاتفك وعنوانك كما أعطيتنا إياها، وبطلباتك، ليتمكن { $shop } من تحضيرها وتوصيلها. وتُكتب الطلبات أيضًا في جدول البيانات الخاص بالمطعم. ولفهم الطلب قد يُرسَل نصه إلى OpenAI؛ ولا يُرسَل معه اسمك في تيليجرام ولا رقمك.

    الأمر {"\u200E"}/mydata يعرض ما نحتفظ به عنك، والأمر {"\u200E"}/deleteme يحذفه: تبقى طلباتك في دفاتر المطعم بمبالغها، دون اسمك ورقمك وعنوانك والحساسية والملاحظات. وما كُتب في هذه المحادثة يبقى لدى تيليجرام إلى أن تحذف المحادثة.
privacy-ask-deletion =
    هل نحذف كل ما نحتفظ به عنك: الاسم ورقم الهاتف والعنوان وما كتبته مع طلباتك؟ لا يمكن التراجع عن ذلك.

    اضغط على زر، أو اكتب «احذف» أو «احتفظ».
privacy-kept = حسنًا، لم يُحذف شيء.
privacy-forgotten = تم. لم نعد نحتفظ بشيء عنك؛ والطلبات التي أرسلتها تبقى في دفاتر المطعم دون اسمك ورقمك وعنوانك وملاحظاتك. وإن كتبت مرة أخرى نبدأ من جديد.
privacy-under-way =
    { $count ->
        [one] طلبك { $orders } ما زال قيد التنفيذ، ويحتاج المطعم إلى معرفة صاحبه. يُرجى إرسال {"\u200E"}/deleteme مرة أخرى عندما تستلمه، أو إلغاؤه أولًا في {"\u200E"}/orders.
        [two] طلباك { $orders } ما زالا قيد التنفيذ، ويحتاج المطعم إلى معرفة صاحبهما. يُرجى إرسال {"\u200E"}/deleteme مرة أخرى عندما تستلمهما، أو إلغاؤهما أولًا في {"\u200E"}/orders.
       *[other] طلباتك { $orders } ما زالت قيد التنفيذ، ويحتاج المطعم إلى معرفة صاحبها. يُرجى إرسال {"\u200E"}/deleteme مرة أخرى عندما تستلمها، أو إلغاؤها أولًا في {"\u200E"}/orders.
    }

privacy-nothing = لا نحتفظ بشيء عنك.
privacy-title = <b>ما نحتفظ به عنك</b>
privacy-id = المعرّف في تيليجرام: { $id }
privacy-name = الاسم: { $name }
privacy-phone = الهاتف: { $phone }
privacy-address = العنوان: { $address }
privacy-language = اللغة: { $language }
privacy-first-seen = أول رسالة: { $day }
privacy-last-seen = آخر رسالة: { $day }
privacy-draft = طلب لم ترسله، حتى { $day }: راجع {"\u200E"}/cart
privacy-no-orders = لا توجد طلبات.
privacy-orders =
    { $count ->
        [one] <b>آخر طلب لك</b>؛ والأقدم محفوظ بالطريقة نفسها:
        [two] <b>آخر طلبين لك</b>، الأحدث أولًا؛ والأقدم محفوظ بالطريقة نفسها:
        [few] <b>آخر { $count } طلبات لك</b>، الأحدث أولًا؛ والأقدم محفوظ بالطريقة نفسها:
        [many] <b>آخر { $count } طلبًا لك</b>، الأحدث أولًا؛ والأقدم محفوظ بالطريقة نفسها:
       *[other] <b>آخر { $count } طلب لك</b>، الأحدث أولًا؛ والأقدم محفوظ بالطريقة نفسها:
    }
privacy-order = الطلب { $order }، { $day }، { $status }
privacy-order-items = {"\u200F"}{ $items }: { $price }
privacy-order-name = باسم: { $text }
privacy-order-phone = الهاتف: { $text }
privacy-order-address = العنوان: { $text }
privacy-order-time = الوقت: { $text }
privacy-order-note = ملاحظة: { $text }
privacy-order-allergy = حساسية: { $text }
privacy-semicolon = {"؛ "}
privacy-end = يمكن للمطعم أن يعطيك كل ذلك في ملف. لحذفه: {"\u200E"}/deleteme
