# الخريطة ومفتاحها وقائمتها؛ منحنى الارتفاع والسرعة.

map-name = الخريطة
map-description = خريطة لما يطير وأين يُتوقع سقوطه وأي المناطق في خطر. حرّكها بمفاتيح الأسهم، وكبّر وصغّر بعلامتي الزائد والناقص، وانتقل بين الأجسام بمفتاحي Page Up وPage Down، واختر بمفتاح Enter. القائمة تعرض ما في الخريطة كتابةً.
map-exercise = تمرين
map-replay = إعادة عرض
map-zoom-in = تكبير
map-zoom-out = تصغير
map-own-area = منطقتنا
map-whole-event = الحدث كاملًا
map-follow = تتبّع الجسم المختار
map-projection = نوع الخريطة
map-flat = مسطّحة
map-globe = كرة أرضية
map-legend = مفتاح الرموز
map-list = القائمة
map-list-name = ما تعرضه الخريطة كتابةً
map-coverage = تغطية المستشعرات
map-coverage-height = لأجسام على ارتفاع
map-coverage-none = بلا عرض
map-kilometres = { $value } كم
map-metres = { $value } م
map-unseen = لا يُرى الآن: { $sensors }

map-label-state = { $height } كم · { $speed } كم/ث
map-label-lost = لم يعد مرصودًا منذ { $age }
map-label-old = آخر رصد قبل { $age }
map-label-launch = إطلاق { $time }
map-label-withdrawn = سُحب بلاغ الإطلاق
# Without brackets: the map would not turn them round.
map-label-impact = السقوط خلال { $left } ± { $sigma } ث
map-label-down = سقط { $time }
map-label-silent = { $sensor } { $owner }: صامت
map-label-arrival = خلال { $left }
map-label-arriving = في أي لحظة
map-danger-fallen = ابقوا في الملاجئ
map-danger-alert = إنذار
map-danger-overflight = عبور في الأجواء
map-danger-debris = سقوط أجزاء
map-danger-pre-alert = إشعار مسبق
map-danger-pending = ينتظر الاعتماد
map-danger-partner = إنذار من شريك
map-danger-all-clear = انتهاء الإنذار
map-danger-cancelled = أُلغي: صدر بالخطأ

map-sign-boost = المحرك يعمل
map-sign-coast = يطير بلا دفع
map-sign-reentry = في طور النزول
map-sign-orbit = في المدار
map-sign-lost = لم يعد مرصودًا: حيث رُصد آخر مرة
map-sign-down = سقط
map-sign-stage = مرحلة منفصلة
map-sign-other = موضع الجسم المختار لدى مصدر آخر
map-sign-satellite = قمر صناعي
map-sign-launch = نقطة الإطلاق
map-sign-impact = نقطة السقوط المتوقعة
map-sign-radar = رادار
map-sign-radar-silent = رادار صامت
map-sign-infrared = قمر أشعة تحت حمراء
map-sign-infrared-silent = قمر أشعة تحت حمراء صامت
map-sign-selected = مختار
map-hatch-alert = منطقة تحت الإنذار
map-hatch-pre-alert = منطقة صدر لها إشعار مسبق، والحد المتقطع لما ينتظر الاعتماد
map-hatch-overflight = منطقة سيُعبر فوقها
map-hatch-debris = منطقة قد تسقط فيها أجزاء
map-hatch-blind = تغطية رادار صامت: لا يُرى شيء هناك
map-line-trail = المسار المقطوع
map-line-path = المسار المتوقع
map-line-ellipse = يحوي النقطة باحتمال 90%، والخطوط الرفيعة توقعات سابقة
map-line-partner = بيانات { $owner } الخاصة
map-line-ended = منطقة زال عنها الخطر
map-line-partner-warning = منطقة أنذرها شريك
map-tone-danger = يهدد الأرض
map-tone-caution = يعبر في الأجواء
map-tone-object = معروف ولا يشمله إنذار

map-summary = { $objects ->
    [0] لا شيء يطير.
    [one] جسم واحد.
    [two] جسمان.
    [few] { $objects } أجسام.
    [many] { $objects } جسمًا.
   *[other] { $objects } جسم.
  } { $districts ->
    [0] لا منطقة في خطر.
    [one] منطقة واحدة في خطر.
    [two] منطقتان في خطر.
    [few] { $districts } مناطق في خطر.
    [many] { $districts } منطقة في خطر.
   *[other] { $districts } منطقة في خطر.
  }
map-list-districts = المناطق
map-list-objects = الأجسام
map-list-launches = عمليات الإطلاق
map-list-sensors = المستشعرات
map-list-district = { $name }: { $word } { $arrival }
map-list-object = { $object }، { $owners }: { $sign }، الارتفاع { $height } كم، السرعة { $speed } كم/ث، عند { $place }
map-list-impact = يسقط عند { $place } خلال { $left }، بفارق { $sigma } ث؛ القطع الناقص { $major } في { $minor } كم
map-list-fallen = سقط عند { $place }
map-list-launch = { $event }: { $time }، عند { $place }
map-list-sensor = { $sensor }، { $owner }: { $sign }
map-place = { $latitude }° { $northSouth ->
    [north] شمالًا
   *[south] جنوبًا
  } { $longitude }° { $eastWest ->
    [east] شرقًا
   *[west] غربًا
  }

profile-name = الارتفاع والسرعة
profile-none = اختر جسمًا لعرض ارتفاعه وسرعته.
profile-unknown = لم يُبلَّغ عن ارتفاع هذا الجسم وسرعته.
profile-height = الارتفاع (كم)
profile-speed = السرعة (كم/ث)
profile-time = الدقائق منذ { $since ->
    [launch] الإطلاق
   *[first] أول رصد
  }
profile-now = الآن
profile-burnout = نهاية الاحتراق
profile-apogee = الأوج
profile-apogee-sure = الأوج { $height } ± { $sigma } كم
profile-impact = السقوط
profile-summary = { $object }: الارتفاع { $height } كم، السرعة { $speed } كم/ث.
profile-within = الآن، تسع مرات من عشر ضمن ± { $height } م و± { $speed } م/ث
