### إطار لوحة المناوبة، العربية.

not-official = هذا ليس إنذارًا رسميًا.
close = إغلاق
language = اللغة
map = الخريطة
map-comes = يجري تحميل الخريطة.
event = الحدث
panels = اللوحات
panel-events = الأحداث
panel-warnings = الإنذارات
panel-operation = حالة التشغيل
panel-log = سجل المناوبة
pending-count =
    { $count ->
        [zero] لا شيء ينتظر الاعتماد
        [one] إنذار واحد ينتظر الاعتماد
        [two] إنذاران ينتظران الاعتماد
        [few] { $count } إنذارات تنتظر الاعتماد
        [many] { $count } إنذارًا ينتظر الاعتماد
       *[other] { $count } إنذار ينتظر الاعتماد
    }

banner = ما يُعرض الآن
banner-exercise = تمرين
banner-exercise-means = لا شيء هنا حقيقي، ولا أحد في خطر.
banner-suspended = موقوف: يجري حدث حقيقي.
banner-live = وضع حقيقي
banner-live-means = كل ما تراه وما تفعله هنا حقيقي.
banner-replay = إعادة عرض
banner-replay-means = أنت تنظر إلى الماضي. لا يخرج شيء من هذه الشاشة.
banner-replay-of-exercise = إعادة عرض تمرين

real-event = حدث حقيقي – هذا ليس التمرين
real-event-since = منذ { $since }.
real-event-do = التمرين موقوف. انتقل فورًا إلى لوحة الوضع الحقيقي.
real-event-seen = اطلعت عليه

connection-live = متصل
connection-lost = انقطع الاتصال
connection-replay = إعادة عرض
connection-age =
    { $seconds ->
        [zero] الصورة حديثة
        [one] عمر الصورة ثانية واحدة
        [two] عمر الصورة ثانيتان
        [few] عمر الصورة { $seconds } ثوانٍ
        [many] عمر الصورة { $seconds } ثانية
       *[other] عمر الصورة { $seconds } ثانية
    }
node-unreachable = العقدة لا تجيب. تُعاد المحاولة.

clock = الوقت
clock-not-begun = في انتظار أول البيانات: لم تبدأ الساعة بعد.
clock-reading = تُقرأ السجلات: المعروض من لحظة أخرى.
clock-live = الآن
clock-play = تشغيل
clock-pause = إيقاف مؤقت
clock-back = ارجع 10 ثوانٍ
clock-forward = تقدم 10 ثوانٍ
clock-before = إلى اللحظة السابقة
clock-after = إلى اللحظة التالية
clock-speed = السرعة
clock-length = المدة المعروضة
clock-all = الكل
clock-minutes =
    { $count ->
        [zero] { $count } دقيقة
        [one] دقيقة واحدة
        [two] دقيقتان
        [few] { $count } دقائق
        [many] { $count } دقيقة
       *[other] { $count } دقيقة
    }
clock-hours =
    { $count ->
        [zero] { $count } ساعة
        [one] ساعة واحدة
        [two] ساعتان
        [few] { $count } ساعات
        [many] { $count } ساعة
       *[other] { $count } ساعة
    }
clock-scrub = اللحظة المعروضة
clock-go-to = انتقل إلى…
clock-moment = التوقيت المحلي
clock-go = انتقل

alarm-launch = رُصدت عملية إطلاق
alarm-first = خطر على مناطقنا
alarm-change = تغيّر إنذارنا
alarm-end = انتهى إنذارنا
alarm-open = فتح
sound-on = الصوت يعمل
sound-off = الصوت مكتوم
sound-blocked = لا يُصدر المتصفح صوتًا حتى تنقر أو تضغط مفتاحًا.

theme-dark = مظهر داكن. غيّره إلى فاتح
theme-light = مظهر فاتح. غيّره إلى داكن
role-operator = مشغّل
role-reader = قارئ
login = دخول
logout = خروج
login-what = لوحة عقدة للإنذار المبكر.
login-name = الاسم
login-password = كلمة السر
login-wrong = الاسم أو كلمة السر غير صحيحة.

acknowledged = أُقرّ الاطلاع على: { $event }
acknowledge-what = اختر حدثًا أولًا بالمفتاح J أو K.
acts-are-live = أنت تنظر إلى الماضي. اضغط L للعودة إلى الآن ثم تصرّف.

help = المفاتيح
help-keys-act = تفعيل المفاتيح المفردة (لا تعمل أثناء الكتابة)
key-space = المسافة
key-help = قائمة المفاتيح هذه
key-next = الحدث التالي
key-previous = الحدث السابق
key-open = فتح الحدث
key-acknowledge = الإقرار بالاطلاع على الحدث
key-play = تشغيل أو إيقاف مؤقت
key-back = ارجع 10 ثوانٍ
key-forward = تقدم 10 ثوانٍ
key-live = العودة إلى الآن
key-globe = الكرة أو الخريطة المسطحة
key-mute = تشغيل الصوت أو كتمه
key-panels = الأحداث، الإنذارات، حالة التشغيل، سجل المناوبة
