# The pages of the menu.

menu-title = {"\u200F"}<b>{ $name }</b>
menu-item = {"\u200F"}{ $name } — { $price }
menu-description = {"\u200F   "}<i>{ $text }</i>
menu-item-button = {"\u200F"}{ $name } { $price }
menu-more = المزيد
menu-how = اضغط على عنوان قسم لتطلب بالأزرار، أو اكتب ببساطة ما تريد.
menu-nothing = لا يوجد شيء هنا حاليًا.
menu-tap = اضغط على ما تريد.
