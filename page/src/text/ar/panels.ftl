### اللوحات: قائمة الأحداث، تفاصيل الحدث، الإنذارات والإجراءات، التشغيل، سجل المناوبة. العربية.
### يُصاغ التوقع بوصفه توقعًا. لا يُخلط بين «صدر بالخطأ» و«زوال الخطر». المعدودات بفئاتها الست.

## ألفاظ مشتركة
panels-failed = تعذّر التحميل: { $detail }
panels-loading = جارٍ التحميل…
panels-none = لا شيء
panels-unknown = غير معروف
panels-reading = تُقرأ البيانات المطلوبة من العقدة، ولا يُعرف شيء بعد.
panels-more =
    { $count ->
        [one] واحد آخر
        [two] اثنان آخران
        [few] { $count } أخرى
        [many] { $count } أخرى
       *[other] { $count } أخرى
    }
panels-read-only = دخلت بحساب قارئ: ترى كل ما يسمح به حسابك، أما اعتماد الإنذارات وتصحيحها وإنهاؤها فيحتاج إلى حساب مشغّل.
panels-replay-only = أنت تنظر إلى وقت مضى. عُد إلى «الآن» لتتخذ إجراءً.
panels-no-session = سجّل الدخول لعرض هذا.

time-both = { $local } ({ $utc }{"\u00A0"}UTC)
# Between two things that are told of one.
list-comma = {"، "}
time-in = بعد { $duration }
time-ago = قبل { $duration }
arrival-ahead = قد يصل اعتبارًا من { $clock }، { $in }
arrival-now = قد يصل في أي لحظة (اعتبارًا من { $clock })
arrival-latest = في موعد أقصاه { $clock }
ellipse-size = ‏90% ضمن ±{ $major } × { $minor }، اتجاه المحور الأطول { $azimuth } من الشمال
ellipse-round = ‏90% ضمن ±{ $radius }
plus-minus = { $value } ± { $sigma }
probability-under = أقل من { $value }
probability-over = أكثر من { $value }

owner-own = لنا
owner-shared = الصورة المشتركة
owner-partner = الشريك { $owner }
solution-own = { $owner } وحدها (مستشعراتنا فقط)
solution-shared = بيانات جميع الشركاء معًا
solution-partner = كما أتاحته لنا { $owner }

class-short-range = صاروخ قصير المدى
class-medium-range = صاروخ متوسط المدى
class-intermediate-range = صاروخ فوق متوسط المدى
class-intercontinental = صاروخ عابر للقارات
class-space-launch = إطلاق فضائي
class-spent-stage = مرحلة منفصلة
class-satellite = قمر صناعي
class-other = غير ذلك
class-unknown = لم يُعرف نوعه بعد

phase-boost = المحرك يعمل
phase-coast = يطير بلا دفع
phase-reentry = يعود إلى الغلاف الجوي
phase-orbit = في المدار
phase-lost = لم يعد مرصودًا
phase-down = سقط

hazard-impact = سقوط
hazard-overflight = عبور في الأجواء
hazard-debris = سقوط أجزاء

status-pre-alert = إشعار مسبق
status-alert = إنذار
status-update = تحديث الإنذار
status-all-clear = انتهاء الإنذار
status-cancel = إلغاء: صدر بالخطأ

reason-passed = عبر المنطقة
reason-fell-at-sea = سقط في البحر
reason-will-not-arrive = لن يصل
reason-error = صدر بالخطأ

## قائمة الأحداث
events-title = الأحداث
events-by-urgency = بحسب الاستعجال، والخطر على مناطقنا أولًا
events-search = بحث
events-search-hint = حدث أو نوع أو منطقة
events-owner = المصدر
events-owner-any = جميع المصادر
events-ended = إظهار الأحداث المنتهية
events-shown =
    { $count ->
        [0] لا أحداث
        [one] حدث واحد
        [two] حدثان
        [few] { $count } أحداث
        [many] { $count } حدثًا
       *[other] { $count } حدث
    }
events-hidden-ended =
    { $count ->
        [one] أُخفي حدث منتهٍ واحد
        [two] أُخفي حدثان منتهيان
        [few] أُخفيت { $count } أحداث منتهية
        [many] أُخفي { $count } حدثًا منتهيًا
       *[other] أُخفي { $count } حدث منتهٍ
    }
events-nothing = لم يُرصد شيء، وليس هذا إعلانًا بزوال الخطر: راجع «حالة التشغيل» لمعرفة ما لا يمكن رصده الآن.
events-nothing-then = لم يكن قد رُصد شيء في تلك اللحظة، وليس هذا إعلانًا بزوال الخطر.
events-no-match = لا حدث يوافق البحث.
events-launched = أُطلق { $clock } قرب { $place }
events-launch-unknown = وقت الإطلاق ومكانه غير معروفين
events-likely = { $class }، { $probability }
events-objects =
    { $count ->
        [one] جسم واحد
        [two] جسمان
        [few] { $count } أجسام
        [many] { $count } جسمًا
       *[other] { $count } جسم
    }
events-no-threat = لا منطقة مشمولة بإنذار حاليًا
badge-own-area = خطر على مناطقنا
badge-danger = مناطق في خطر
badge-pending = ينتظر الاعتماد
badge-fallen = يُعتقد أنه سقط على اليابسة
badge-lost = لم يعد مرصودًا
badge-launch = إطلاق
badge-withdrawn = سُحب بلاغ الإطلاق
badge-acknowledged = تم الاطلاع
badge-shelved = مؤجّل حتى { $until }
badge-ended = انتهى

## حدث واحد
event-title = الحدث { $event }
event-none = لم يُختر حدث. اختر واحدًا من القائمة أو من الخريطة.
event-gone = لا وجود للحدث { $event } في الصورة عند هذا الوقت.
event-acknowledge = تم الاطلاع
event-shelve = تأجيل
event-unshelve = إلغاء التأجيل
event-note = إضافة ملاحظة
event-download-geojson = تنزيل GeoJSON
event-download-czml = تنزيل CZML
event-section-solutions = التقدير المعتمد والتقديرات الأخرى
event-section-classes = ما قد يكون
event-section-areas = المناطق المعرّضة للخطر
event-section-warnings = الإنذارات
event-section-why = ما الذي تغيّر ولماذا
event-section-releases = ما أُتيح للشركاء
event-section-timeline = التسلسل الزمني
event-object = الجسم { $object }
event-choose-object = عرض على المنحنى
event-launch = الإطلاق
event-launch-at = { $clock } ± { $sigma }
event-seen-by = رصدته: { $sensors }
event-burnout = انتهاء الدفع
event-apogee = أعلى نقطة
event-apogee-at = { $height } عند { $clock }
event-height-speed = الارتفاع { $height }، السرعة { $speed }
event-not-ballistic = لا تفسّر الجاذبية ومقاومة الهواء وحدهما حركته، ولذلك وُسّعت التوقعات
event-reaches-orbit = احتمال بلوغ المدار
event-preferred = المعتمد
event-apart = يبعد { $distance } عن المعتمد
event-same-place = في موضع المعتمد نفسه
event-no-other = لا تقدير آخر.
event-no-place = لا يذكر مكانًا
event-launch-column = مكان الإطلاق
event-impact-column = مكان السقوط المتوقع
event-state-column = الحالة
event-time = الوقت
event-class-column = النوع
event-open-warnings = فتح في الإنذارات
event-area-column = المنطقة
event-probability-column = الاحتمال
event-arrival-column = الوصول
event-no-release = لا قرار إتاحة معروفًا لهذا الحدث.
outcome-released = أُتيح
outcome-thinned = تُرك لأن مثله أُرسل قبل لحظات
outcome-refused-by-floor = حجبه الحد الأدنى من القواعد
outcome-forbidden = تمنعه قاعدة
outcome-not-permitted = لا قاعدة تسمح به
outcome-failed = تعذّر إعداده
kind-detection = رصد
kind-track = مسار
kind-launch = إطلاق
kind-impact = توقع سقوط
kind-assessment = تقدير النوع
kind-warning = إنذار
progress-queued = في الانتظار
progress-sent = أُرسل
progress-acknowledged = تسلّمه الشريك
timeline-launch = رُصد إطلاق في الصورة المشتركة قرب { $place }
timeline-launch-withdrawn = سُحب بلاغ الإطلاق: لم تعد البيانات تؤيده
timeline-phase = { $object }: { $phase }
timeline-class = الأرجح أن { $object }: { $class } ({ $probability })
timeline-impact = يُتوقع سقوط { $object } قرب { $place }، ‏90% ضمن { $semi_major_m }، عند { $time }
timeline-impact-narrowed = { $object }: ضاق مكان السقوط المتوقع إلى { $semi_major_m }، عند { $time }
timeline-partner = الشريك { $owner } يتحدث أيضًا عن هذا الحدث
timeline-warning =
    { $areas ->
        [0] الإنذار { $warning }، النسخة { $revision }: { $status }، { $hazard }، بلا مناطق
        [one] الإنذار { $warning }، النسخة { $revision }: { $status }، { $hazard }، منطقة واحدة
        [two] الإنذار { $warning }، النسخة { $revision }: { $status }، { $hazard }، منطقتان
        [few] الإنذار { $warning }، النسخة { $revision }: { $status }، { $hazard }، { $areas } مناطق
        [many] الإنذار { $warning }، النسخة { $revision }: { $status }، { $hazard }، { $areas } منطقة
       *[other] الإنذار { $warning }، النسخة { $revision }: { $status }، { $hazard }، { $areas } منطقة
    }
timeline-warning-pending = الإنذار { $warning }، النسخة { $revision }، ينتظر الاعتماد
timeline-warning-ended = انتهى الإنذار { $warning }: { $reason }
timeline-warning-dropped = لم يُرسل الإنذار { $warning }
timeline-act = { $operator }: { $what }
timeline-act-noted = { $operator }: { $what } – { $note }
why-line = { $clock }: { $status } (النسخة { $revision })
why-figures = { $area }: { $used } (المتوقع { $stated })، يبدأ الإنذار من { $alert } وينتهي دون { $leave }
why-warned = ضمن الإنذار
why-not-warned = خارج الإنذار
why-above = فوق العتبة منذ { $duration }
why-below = دون العتبة منذ { $duration }
why-neighbour = مجاورة: { $area }
why-held = ما زال يشملها { $warning }
why-gone-passed = عبرها
why-gone-lost = فُقد أثره ومضى وقت وصوله
why-gone-fell = سقط في مكان آخر
why-gone-turned = لم يعد متجهًا إليها
why-withdrawn = سُحبت بلاغات الإطلاق كلها التي بُني عليها هذا الإنذار.
why-fallen = سقط على اليابسة وفق التوقع: يبقى الناس في الملاجئ.
why-threshold-reached = بلغ احتمال إحدى المناطق عتبة الإنذار.
why-launched = أُطلق، وقد يقوده اتجاهه ومداه إلى هنا، ومكان سقوطه غير معروف بعد.
why-launched-anywhere = أُطلق ولم يُعرف اتجاهه بعد، فيُبلَّغ كل من يقع في مداه.
why-lost = لم يعد مرصودًا، وما يقال توقّع من آخر مسار له.
why-seen-again = عاد مرصودًا.
why-joined = إطلاق آخر يهدد المناطق نفسها.
why-lost-and-over = فُقد أثره قبل وصوله، ومضى آخر وقت كان يمكن أن يصل فيه.
why-beyond = رُصد وقد تجاوز المناطق.
why-down = سقط وفق التوقع، ولم تبقَ منطقة في خطر.
why-no-danger = لم يعد أي توقع يضع منطقة في خطر.
why-earlier = { $area }: تقدّم الوصول المتوقع { $duration }.
why-later = { $area }: تأخّر الوصول المتوقع { $duration }.
why-probability = { $area }: تغيّر الاحتمال من { $from } إلى { $to }.
why-adds = أُضيف: { $areas }.
why-drops = لم يعد مشمولًا: { $areas }.
why-objects = نصيب كل جسم: { $parts }
why-unavailable = لا أرقام محفوظة لهذه النسخة.
state-pending = ينتظر الاعتماد
state-open = سارٍ
state-ended = انتهى

## الإنذارات
warnings-title = الإنذارات
warnings-pending =
    { $count ->
        [0] لا إنذار ينتظر الاعتماد
        [one] إنذار واحد ينتظر الاعتماد
        [two] إنذاران ينتظران الاعتماد
        [few] { $count } إنذارات تنتظر الاعتماد
        [many] { $count } إنذارًا ينتظر الاعتماد
       *[other] { $count } إنذار ينتظر الاعتماد
    }
warnings-open =
    { $count ->
        [0] لا إنذار ساريًا
        [one] إنذار واحد سارٍ
        [two] إنذاران ساريان
        [few] { $count } إنذارات سارية
        [many] { $count } إنذارًا ساريًا
       *[other] { $count } إنذار سارٍ
    }
warnings-ended =
    { $count ->
        [0] لا إنذار منتهيًا
        [one] إنذار واحد انتهى
        [two] إنذاران انتهيا
        [few] { $count } إنذارات انتهت
        [many] { $count } إنذارًا انتهى
       *[other] { $count } إنذار انتهى
    }
warnings-from-partners =
    { $count ->
        [one] إنذار واحد من الشركاء، للعلم
        [two] إنذاران من الشركاء، للعلم
        [few] { $count } إنذارات من الشركاء، للعلم
        [many] { $count } إنذارًا من الشركاء، للعلم
       *[other] { $count } إنذار من الشركاء، للعلم
    }
warnings-headline = { $status }، { $hazard }: { $areas }
warnings-revision = النسخة { $revision }، { $clock }
warnings-would-say = ما سيُقال للناس
warnings-said = ما قيل للناس
warnings-no-areas = لم تُسمَّ منطقة
warnings-areas-left = لم تبقَ منطقة في خطر.
warnings-fallen = يُعتقد أنه سقط على اليابسة: يبقى الناس في الملاجئ حتى يعلن شخص زوال الخطر.
warnings-lost = لم يعد مرصودًا، وهذا توقّع من آخر مسار له.
warnings-unseen =
    { $count ->
        [one] مستشعر واحد صامت، فجزء من الأجواء غير مراقب: { $sensors }
        [two] مستشعران صامتان، فجزء من الأجواء غير مراقب: { $sensors }
        [few] { $count } مستشعرات صامتة، فجزء من الأجواء غير مراقب: { $sensors }
        [many] { $count } مستشعرًا صامتًا، فجزء من الأجواء غير مراقب: { $sensors }
       *[other] { $count } مستشعر صامت، فجزء من الأجواء غير مراقب: { $sensors }
    }
warnings-then-send = يصدر تلقائيًا عند { $clock }، { $in }، ما لم يرفضه أحد.
warnings-then-send-now = انتهت المهلة، وهو يصدر تلقائيًا الآن.
warnings-then-hold = ينتظر حتى يعتمده شخص، ولا يصدر تلقائيًا.
warnings-needs =
    { $needs ->
        [one] يلزم اعتماد شخص واحد.
        [two] يلزم اعتماد شخصين مختلفين.
        [few] يلزم اعتماد { $needs } أشخاص مختلفين.
        [many] يلزم اعتماد { $needs } شخصًا مختلفًا.
       *[other] يلزم اعتماد { $needs } شخص مختلف.
    }
warnings-approved-by = اعتمده: { $names }
warnings-approved-by-nobody = لم يعتمده أحد بعد.
warnings-you-approved = سبق أن اعتمدت هذه النسخة. الاعتماد الثاني يكون من شخص آخر وبحسابه هو.
warnings-not-public = يظهر للمشغّلين فقط لأن التمرين موقوف.
warnings-failure = تعذّر إبلاغه: { $detail }
warnings-show-event = عرض الحدث { $event }
warnings-deliveries = التسليم بحسب القناة
warnings-no-delivery = لم تنقله أي قناة بعد.
warnings-no-channels = لا قناة مهيّأة في هذه العقدة، فلا يخرج منها شيء.
warnings-mode-exercise = تمرين
warnings-mode-live = وضع حقيقي
warnings-mode-replay = إعادة عرض
delivery-waiting = في الانتظار
delivery-sending = قيد الإرسال
delivery-sent = سُلّم
delivery-superseded = حلّت محله رسالة أحدث
delivery-expired = فات أوانه فلم يُرسل
delivery-failed = أخفق
delivery-line = { $channel }: { $state }، { $clock }
delivery-detail = { $channel }: { $state }، { $clock } – { $detail }
warnings-suspended = أُوقف التمرين لأن أمرًا حقيقيًا يجري. لا يُنشر منه شيء حتى يستأنفه مشغّل.
warnings-resume = استئناف نشر التمرين

## الإجراءات ونوافذها
act-approve = اعتماد
act-reject = رفض
act-correct = تصحيح
act-cancel = إلغاء: صدر بالخطأ
act-clear = إعلان زوال الخطر
act-reissue = إصدار من جديد
act-acknowledge = تم الاطلاع
act-shelve = تأجيل
act-unshelve = إلغاء التأجيل
act-note = إضافة ملاحظة
act-hand-over = تسليم المناوبة
act-resume = استئناف التمرين
act-close = العودة دون تغيير
act-working = جارٍ التنفيذ…
act-refused = رُفض: { $detail }
act-changed = تغيّر منذ فتحت هذه النافذة، وهو الآن النسخة { $revision }. عُد وانظر فيه من جديد.
act-title-approve = أتعتمد { $warning }، النسخة { $revision }؟
act-title-reject = أترفض { $warning }، النسخة { $revision }؟
act-title-correct = أتصحّح { $warning }؟
act-title-cancel = أتلغي { $warning } لأنه صدر بالخطأ؟
act-title-clear = أتعلن زوال الخطر عن { $warning }؟
act-title-reissue = أتصدر { $warning } من جديد؟
act-title-acknowledge = الاطلاع على { $subject }
act-title-shelve = تأجيل { $subject }
act-title-unshelve = إلغاء تأجيل { $subject }
act-title-note = ملاحظة على { $subject }
act-title-hand-over = تسليم المناوبة
act-title-resume = أتستأنف نشر التمرين؟
act-goes-out = يصدر فورًا عبر: { $channels }
act-second-person = لا يصدر شيء بعد: يلزم اعتماد شخص ثانٍ.
act-reject-means = لن يُرسل. وما صدر من قبل يبقى ساريًا حتى يُنهى علنًا.
act-cancel-means = يُبلَّغ كل من تلقّى هذا الإنذار بأنه صدر بالخطأ.
act-clear-means = يُبلَّغ كل من تلقّى هذا الإنذار بزوال الخطر وبسببه.
act-reissue-means = أُنهي بالخطأ: يُنذَر كل من تلقّاه من جديد، في المناطق نفسها، باسم جديد. وإذا لزم اعتماد شخصين فإنه ينتظر اعتماد الثاني أولًا.
act-correct-means = تصدر رسالتان في خطوة واحدة: يُلغى { $warning } لأنه صدر بالخطأ، ويصدر إنذار جديد للمناطق المختارة أدناه.
act-acknowledge-means = يسجّل أنك اطّلعت عليه. لا يغيّر شيئًا لدى الناس ولا يحذف شيئًا.
act-shelve-means = ينزل في القائمة حتى الوقت الذي تختاره، ويبقى ظاهرًا وساريًا كما كان.
act-unshelve-means = يعود إلى موضعه في القائمة.
act-note-means = تُحفظ ملاحظتك في سجل المناوبة ويقرؤها الجميع.
act-resume-means = تأكد أولًا من انتهاء الأمر الحقيقي. بعد ذلك يصل ما يقوله التمرين إلى قنواته العامة من جديد.
act-note-label = ملاحظة
act-note-optional = ملاحظة (يمكن تركها فارغة)
act-reason-label = سبب زوال الخطر
act-until-label = مدة التأجيل
act-until-minutes =
    { $minutes ->
        [one] دقيقة واحدة
        [two] دقيقتان
        [few] { $minutes } دقائق
        [many] { $minutes } دقيقة
       *[other] { $minutes } دقيقة
    }
act-until-clock = حتى { $clock }
act-areas-label = المناطق التي يشملها الإنذار الصحيح
act-areas-find = ابحث عن منطقة
act-areas-chosen =
    { $count ->
        [0] لم تُختر منطقة
        [one] اختيرت منطقة واحدة: { $names }
        [two] اختيرت منطقتان: { $names }
        [few] اختيرت { $count } مناطق: { $names }
        [many] اختيرت { $count } منطقة: { $names }
       *[other] اختيرت { $count } منطقة: { $names }
    }
act-areas-needed = اختر منطقة واحدة على الأقل.
act-reason-needed = اختر السبب.
act-note-needed = اكتب ملاحظة أولًا.
act-name-needed = اكتب اسم من يتسلّم المناوبة.
act-next-name = من يتسلّم المناوبة
act-public-warning = هذا إنذار يصل إلى الناس.
act-exercise-warning = هذه رسالة تمرين.

## تسليم المناوبة
handover-open = تسليم المناوبة
handover-nothing = لا شيء مفتوح: لا حدث جارٍ ولا إنذار سارٍ ولا شيء ينتظر.
handover-pending = ينتظر الاعتماد: { $warnings }
handover-out = إنذارات سارية: { $warnings }
handover-events = أحداث جارية: { $events }
handover-shelved = مؤجّل: { $events }
handover-unacknowledged = لم يُطّلع عليه: { $events }
handover-silent = مستشعرات صامتة: { $sensors }
handover-to = إلى { $name }.

## التشغيل
operation-title = حالة التشغيل
operation-as-of = كما في { $clock }
operation-state = الحالة
operation-ready = جاهزة
operation-not-ready = غير جاهزة: { $state }
operation-mode = الوضع
operation-nation = الدولة
operation-tracked = أجسام متتبَّعة
operation-lines = أسطر مقروءة
operation-rejected = أسطر مستبعدة
operation-by-cause = { $cause }: { $count }
operation-problems = المشكلات
operation-no-problems = لا تبلّغ العقدة عن مشكلة.
operation-unseen = ما لا يمكن رصده الآن
operation-unseen-none = مستشعراتنا كلها تستجيب. وما وراء تغطيتها لا يُرى.
operation-unseen-list =
    { $count ->
        [one] مستشعر واحد صامت، وما يغطيه وحده لا يُرى:
        [two] مستشعران صامتان، وما يغطيانه وحدهما لا يُرى:
        [few] { $count } مستشعرات صامتة، وما تغطيه وحدها لا يُرى:
        [many] { $count } مستشعرًا صامتًا، وما تغطيه وحدها لا يُرى:
       *[other] { $count } مستشعر صامت، وما تغطيه وحدها لا يُرى:
    }
operation-links = وصلات الشركاء
operation-no-links = لا شريك موصول.
operation-link = الوصلة
operation-link-up = موصولة
operation-link-down = صامتة منذ { $duration }
operation-skew = فرق الساعة
operation-gaps = فجوات
operation-queue = بانتظار الإرسال
operation-behind = لم يصل بعد
operation-sent = أُرسل
operation-received = استُلم
operation-shed = تُرك
operation-refused = رُفض
operation-split-view = السجلات غير متطابقة: { $detail }
operation-sensors = المستشعرات
operation-no-sensors = لا مستشعر معروفًا.
operation-owner = المالك
operation-kind = النوع
operation-last-line = آخر سطر
operation-health = الحالة
operation-reporting = يستجيب
operation-silent = صامت
operation-never = لم يصل قط
operation-bias = الانحراف المكتشف
operation-bias-none = لا انحراف مكتشفًا
operation-bias-azimuth = السمت { $value }
operation-bias-elevation = الارتفاع الزاوي { $value }
operation-bias-range = المدى { $value }
operation-bias-corrected = تُصحَّح به بيانات الرصد.
operation-bias-uncorrected = ليس مؤكدًا بما يكفي للتصحيح به.
sensor-radar = رادار
sensor-infrared = قمر أشعة تحت حمراء
operation-channels = القنوات
operation-no-channels = لا قناة مهيّأة، فلا يخرج شيء من هذه العقدة.
operation-waiting = في الانتظار
operation-delivered = سُلّم
operation-failed = أخفق
operation-last-error = آخر خطأ: { $detail }
operation-heads = سجلات التدقيق
operation-no-heads = لم يُوقَّع رأس شجرة بعد.
operation-size = المدخلات
operation-root = الجذر
operation-signed = وقت التوقيع
operation-latency = الزمن المستغرق
operation-hop = { $hop }: النصف خلال { $half }، و99 من كل 100 خلال { $most }

## سجل المناوبة
log-title = سجل المناوبة
log-search = بحث
log-search-hint = مشغّل أو موضوع أو ملاحظة
log-what = الإجراء
log-what-any = الكل
log-print = طباعة
log-printed = سجل مناوبة { $nation }، { $mode }، طُبع { $clock }
log-time = الوقت
log-note = ملاحظة
log-nothing = السجل فارغ.
log-no-match = لا مدخل يوافق البحث.
log-shown =
    { $count ->
        [0] لا مدخلات
        [one] مدخل واحد
        [two] مدخلان
        [few] { $count } مدخلات
        [many] { $count } مدخلًا
       *[other] { $count } مدخل
    }
mark-acknowledge = اطّلع
mark-shelve = أجّل
mark-unshelve = ألغى التأجيل
mark-note = ملاحظة
mark-hand-over = سلّم المناوبة
mark-login = دخل
mark-logout = خرج
mark-approve = اعتمد
mark-reject = رفض
mark-cancel = ألغى: صدر بالخطأ
mark-clear = أعلن زوال الخطر
mark-reissue = أصدر من جديد
mark-correct = صحّح
mark-resume = استأنف التمرين
mark-revision = النسخة { $revision }
mark-until = حتى { $clock }
mark-refused = رُفض: { $detail }
