# The operator chat: commands, reports, alerts.

staff-unknown = لا يوجد أمر {"\u200E"}/{ $name }. يعرض {"\u200E"}/help كل الأوامر.
staff-unknown-near = لا يوجد أمر {"\u200E"}/{ $name }. هل تقصد {"\u200E"}/{ $nearest }؟ يعرض {"\u200E"}/help كل الأوامر.
staff-owners-only = الأمر {"\u200E"}/{ $name } لأصحاب المطعم فقط.
staff-failed = حدث خطأ في البوت ولم يتغير شيء. يُرجى المحاولة مرة أخرى.
staff-cards-in-topic = ستصل بطاقات الطلبات الجديدة إلى هذا الموضوع. اكتب {"\u200E"}/here في موضوع آخر لنقلها إليه.
staff-cards-here = ستصل بطاقات الطلبات الجديدة إلى هنا.
staff-help = تصل الطلبات إلى هنا على شكل بطاقات: اضغط على أزرارها للرد، ويُبلَّغ الزبون عند كل خطوة.
staff-help-owners = لأصحاب المطعم:
staff-usage = يُرجى كتابته هكذا:
staff-command-help = ما يمكنك فعله هنا
staff-command-here = استقبال بطاقات الطلبات في هذا الموضوع
