# What the draft, the placed order and the shop's card say alike.

# $n: number of the line; $item: one of the texts below.
order-line = {"\u200F"}{ $n }. { $item }
order-item = {"\u200F"}{ $quantity } × { $name }
order-item-with = {"\u200F"}{ $quantity } × { $name } ({ $options })
order-priced = {"\u200F"}{ $item } — { $price }

# An option of a line: "large", "2 x vanilla", "no onions", "extra cheese", "light sauce".
order-option = {"\u200F"}{ $name }
order-option-many = {"\u200F"}{ $count } x { $name }
order-option-without = بدون { $option }
order-option-extra = زيادة { $option }
order-option-light = قليل من { $option }
order-option-priced = {"\u200F"}{ $option } +{ $price }

order-fee = التوصيل: { $price }
order-total = <b>الإجمالي: { $price }</b>
order-way-delivery-to = التوصيل إلى: { $address }
order-way-delivery = توصيل
order-way-pickup = استلام من المطعم
order-way-dine-in = للأكل في المطعم
order-phone = الهاتف: { $phone }
order-time = الوقت: { $time }
order-allergy = حساسية: { $allergy }
order-note = ملاحظة: { $note }
order-large = {"\u200F"}ℹ️ هذا طلب كبير: سيؤكده المطعم قبل تحضيره.

# Where an order stands, as its customer reads it.
order-status =
    { $status ->
        [pending] بانتظار موافقة المطعم
        [on_the_way] في الطريق إليك
        [placed] مُرسَل وبانتظار رد المطعم
        [accepted] مقبول
        [ready] جاهز
        [done] مكتمل
        [rejected] مرفوض من المطعم
        [cancelled] ملغى
       *[expired] منتهي المهلة
    }
