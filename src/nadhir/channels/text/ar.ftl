### نصوص الإنذار، العربية.
### MUST BE REVIEWED by a native speaker before any public use; for live use the reviewer signs this very file off
### (docs/texts.md). Counted nouns use the six plural categories; place names stand after prepositions that are written
### apart, and inserted values are isolated (Unicode FSI and PDI), so that names and digits keep their order.

separator = {"، "}
stop = .
space = {" "}
# Stands first and last in every text of a drill or a replay.
mark =
    { $mode ->
        [exercise] تمرين
        [replay] إعادة عرض
       *[live] {""}
    }

areas =
    { $others ->
        [one] { $names } ومنطقة أخرى
        [two] { $names } ومنطقتان أخريان
        [few] { $names } و{ $others } مناطق أخرى
        [many] { $names } و{ $others } منطقة أخرى
       *[other] { $names } و{ $others } منطقة أخرى
    }
areas-counted =
    { $count ->
        [one] منطقة واحدة
        [two] منطقتان
        [few] { $count } مناطق
        [many] { $count } منطقة
       *[other] { $count } منطقة
    }
areas-unknown = منطقة لم تُحدَّد بعد
areas-concerned = المناطق المعنية
time-short = { $clock } ({ $zone })
time-long = الساعة { $clock } يوم { $date } ({ $zone }، { $utc } بالتوقيت العالمي)
arrival =
    { $soon ->
        [yes] في أي لحظة
       *[no] اعتبارًا من { $time } تقريبًا
    }

event =
    { $hazard ->
        [impact] خطر صاروخي
        [overflight] عبور صاروخ في الأجواء
       *[debris] سقوط أجزاء صاروخ
    }
launches =
    { $launches ->
        [0] رُصد جسم يسقط
        [one] رُصدت عملية إطلاق
        [two] رُصدت عمليتا إطلاق
        [few] رُصدت { $launches } عمليات إطلاق
        [many] رُصدت { $launches } عملية إطلاق
       *[other] رُصدت { $launches } عملية إطلاق
    }
cause =
    { $known ->
        [area-time] { launches } من { $launch-area }، { $launch-time }.
        [area] { launches } من { $launch-area }.
        [time] { launches }، { $launch-time }.
       *[nothing] { launches }.
    }

headline-pre-alert = تنبيه أولي، { event }: رُصد إطلاق، استعدّوا - { $areas }
headline-alert =
    { $hazard ->
        [impact] إنذار، { event }: احتموا فورًا - { $areas }
       *[other] إنذار، { event }: ادخلوا المباني الآن - { $areas }
    }
headline-update =
    { $change ->
        [wider] توسيع مناطق الإنذار، { event }: احتموا فورًا - { $areas }
        [narrower] تقليص مناطق الإنذار، { event }: ابقوا في الملاجئ - { $areas }
        [moved] تغيّر مناطق الإنذار، { event }: احتموا فورًا - { $areas }
       *[same] تحديث الإنذار، { event }: ابقوا في الملاجئ - { $areas }
    }
headline-fallen = { event }، يُعتقد أنه وقع سقوط على اليابسة: ابقوا في الملاجئ - { $areas }
headline-passed = انتهاء الإنذار، { event }: يُعتقد أنه عبر - { $areas }
headline-fell-at-sea = انتهاء الإنذار، { event }: يُعتقد أن السقوط كان في البحر - { $areas }
headline-will-not-arrive = انتهاء الإنذار، { event }: لم يعد وصوله متوقعًا - { $areas }
headline-held = انتهاء الإنذار، { event }، وما زال إنذار آخر ساريًا - { $areas }
headline-error = إنذار صدر عن طريق الخطأ وأُلغي، { event } - { $areas }

what-pre-alert =
    { $count ->
        [0] مكان السقوط المحتمل غير معروف بعد.
       *[other] قد يطال الخطر المناطق التالية: { $areas }. مكان السقوط ووقته غير معروفين بعد.
    }
what-alert =
    { $hazard ->
        [impact] تشير التوقعات إلى احتمال سقوط جسم في المناطق التالية أو قربها: { $areas }، { $arrival }.
        [overflight] تشير التوقعات إلى احتمال عبور جسم في أجواء المناطق التالية: { $areas }، { $arrival }. وقد تسقط منه أجزاء.
       *[debris] تشير التوقعات إلى احتمال سقوط أجزاء صاروخ في المناطق التالية أو قربها: { $areas }، { $arrival }.
    }
what-fallen = يُعتقد أنه وقع سقوط على اليابسة في المناطق التالية أو قربها: { $areas }. وقد يتبعه غيره.
what-passed = يُعتقد أن الجسم عبر أجواء المناطق التالية: { $areas }.
what-fell-at-sea = يُعتقد أن السقوط كان في البحر، ولا يُرصد حاليًا خطر منه على المناطق التالية: { $areas }.
what-will-not-arrive = وفق أحدث التوقعات لا يُنتظر أن يصل إلى المناطق التالية: { $areas }.
what-error = أُرسل الإنذار عن طريق الخطأ إلى المناطق التالية: { $areas }. ولم يكن يصف خطرًا حقيقيًا.
change =
    { $change ->
        [wider] أصبح الإنذار يشمل مناطق أكثر.
        [narrower] أصبح الإنذار يشمل مناطق أقل.
        [moved] تغيّرت المناطق المشمولة بالإنذار.
       *[same] حُدّثت التوقعات وبقيت المناطق كما هي.
    }
released = لم تعد المناطق التالية مشمولة بالإنذار: { $areas }.
held = ما زال إنذار آخر ساريًا في المناطق التالية، فاتبعوا تعليماته: { $areas }.
held-short = ما زال إنذار آخر ساريًا في مناطق أخرى.
lost = لم يعد الجسم مرصودًا، وكل ما يرد هنا توقّع مبني على آخر مسار معروف له.
lost-short = فُقد أثره، وهذا توقّع فقط.
unseen =
    { $unseen ->
        [one] جهاز رصد واحد لا يستجيب، فجزء من الأجواء غير مراقب.
        [two] جهازا رصد لا يستجيبان، فجزء من الأجواء غير مراقب.
        [few] { $unseen } أجهزة رصد لا تستجيب، فجزء من الأجواء غير مراقب.
        [many] { $unseen } جهاز رصد لا يستجيب، فجزء من الأجواء غير مراقب.
       *[other] { $unseen } جهاز رصد لا يستجيب، فجزء من الأجواء غير مراقب.
    }

action-pre-alert = حدّدوا أقرب مبنى متين أو مكان تحت الأرض واستعدّوا لدخوله، وتابعوا التعليمات.
action-alert =
    { $hazard ->
        [impact] توجّهوا فورًا إلى أقرب مبنى متين أو مكان تحت الأرض، وابتعدوا عن النوافذ. وإن لم تجدوا مأوى قريبًا فاحتموا خلف ساتر صلب أو انبطحوا واحموا رؤوسكم.
        [overflight] ادخلوا المباني وابتعدوا عن النوافذ. لا تلمسوا أي جسم ساقط، بل أبلغوا عنه.
       *[debris] ادخلوا المباني وابتعدوا عن النوافذ والطابق الأعلى. لا تلمسوا أي جسم ساقط، بل أبلغوا عنه.
    }
action-fallen = ابقوا في الملاجئ وأغلقوا الأبواب والنوافذ، وانتظروا حتى تعلن السلطات زوال الخطر. لا تقتربوا من أي جسم ساقط.
action-over = يمكنكم مغادرة الملاجئ. لا تقتربوا من أي جسم ساقط، وأبلغوا الشرطة أو الدفاع المدني عنه.
action-held = لا تغادروا الملاجئ بسبب هذه الرسالة، واتبعوا تعليمات الإنذار الذي ما زال ساريًا.
action-error = لا يلزمكم أي إجراء، ويمكنكم مغادرة الملاجئ.
short-action-pre-alert = حدّدوا أقرب مأوى واستعدّوا.
short-action-alert =
    { $hazard ->
        [impact] ادخلوا مبنى متينًا أو مكانًا تحت الأرض، وابتعدوا عن النوافذ.
       *[other] ابقوا في الداخل بعيدًا عن النوافذ، ولا تلمسوا أي جسم ساقط.
    }
short-action-fallen = ابقوا في الداخل وأغلقوا الأبواب والنوافذ، ولا تلمسوا أي جسم ساقط.
short-action-over = يمكنكم الخروج. لا تلمسوا أي جسم ساقط، وأبلغوا عنه.
short-action-held = اتبعوا تعليمات الإنذار الذي ما زال ساريًا.
short-action-error = لا يلزم أي إجراء.

until-active = يسري حتى { $time } ما لم يُرفع أو يُجدَّد.
until-over = انتهى الإنذار { $time }.
until-error = أُلغي { $time }.
short-until-active = حتى { $time }.
short-until-over = انتهى { $time }.
short-until-error = أُلغي { $time }.
issued = صدر { $time } عن { $sender }.
short-sender = المرسل: { $sender }.
sender =
    { $country ->
        [none] عقدة Nadhir
       *[other] عقدة Nadhir، { $country }
    }
disclaimer = هذا ليس إنذارًا رسميًا.
