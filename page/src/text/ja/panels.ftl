### パネル：事案の一覧、事案の詳細、警報と操作、運用状況、当直日誌。日本語。
### 予測は予測として書く。誤報（取り消し）と解除を取り違えない。

## 各パネルに共通のことば
panels-failed = 読み込めませんでした：{ $detail }
panels-loading = 読み込み中…
panels-none = なし
panels-unknown = 不明
panels-reading = 表示する内容をノードから読み込んでいます。まだ何も分かっていません。
panels-more = ほか{ $count }件
panels-read-only = 閲覧用の権限でログインしています。許可された情報はすべて見られますが、警報の承認・訂正・終了は運用者の権限が必要です。
panels-replay-only = 過去の時点を表示しています。操作するには現在に戻ってください。
panels-no-session = ログインすると表示されます。

time-both = { $local }（UTC{"\u00A0"}{ $utc }）
# Between two things that are told of one.
list-comma = {"、"}
time-in = あと{ $duration }
time-ago = { $duration }前
arrival-ahead = { $clock }以降に到達のおそれ、{ $in }
arrival-now = 今すぐにも到達のおそれ（{ $clock }以降）
arrival-latest = 遅くとも{ $clock }まで
ellipse-size = 90％の範囲 ±{ $major } × { $minor }、長軸の方位 { $azimuth }
ellipse-round = 90％の範囲 ±{ $radius }
plus-minus = { $value } ± { $sigma }
probability-under = { $value }未満
probability-over = { $value }超

owner-own = 自国
owner-shared = 共有状況図
owner-partner = 協力国 { $owner }
solution-own = { $owner }単独（自国のセンサーのみ）
solution-shared = 全協力国のデータを統合
solution-partner = { $owner }から提供されたもの

class-short-range = 短距離ミサイル
class-medium-range = 準中距離ミサイル
class-intermediate-range = 中距離ミサイル
class-intercontinental = 大陸間ミサイル
class-space-launch = 宇宙ロケット
class-spent-stage = 切り離された段
class-satellite = 人工衛星
class-other = その他
class-unknown = 種類はまだ不明

phase-boost = 燃焼中
phase-coast = 慣性飛行中
phase-reentry = 再突入中
phase-orbit = 軌道上
phase-lost = 失探
phase-down = 落下済み

hazard-impact = 落下
hazard-overflight = 上空通過
hazard-debris = 部品の落下

status-pre-alert = 準備情報
status-alert = 警報
status-update = 続報
status-all-clear = 解除
status-cancel = 誤報による取り消し

reason-passed = 通過した
reason-fell-at-sea = 海に落下した
reason-will-not-arrive = 到達しない
reason-error = 誤報

## 事案の一覧
events-title = 事案
events-by-urgency = 緊急度の順。自国の地域への危険を先に表示
events-search = 検索
events-search-hint = 事案、種類、地域
events-owner = 提供国
events-owner-any = すべての国
events-ended = 終わった事案も表示
events-shown =
    { $count ->
        [0] 事案はありません
       *[other] 事案 { $count }件
    }
events-hidden-ended = 終わった事案{ $count }件を隠しています
events-nothing = 何も探知されていません。安全を意味するものではありません。現在見えていない範囲は「運用状況」で確認してください。
events-nothing-then = その時点では何も探知されていませんでした。安全を意味するものではありません。
events-no-match = 条件に合う事案はありません。
events-launched = { $clock }発射、{ $place }付近
events-launch-unknown = 発射の時刻と場所は不明
events-likely = { $class } { $probability }
events-objects = 物体 { $count }個
events-no-threat = 現在、警報の対象地域はありません
badge-own-area = 自国の地域に危険
badge-danger = 危険な地域あり
badge-pending = 承認待ち
badge-fallen = 陸上に落下とみられる
badge-lost = 失探
badge-launch = 発射
badge-withdrawn = 発射の判定を取り下げ
badge-acknowledged = 確認済み
badge-shelved = { $until }まで保留
badge-ended = 終了

## 事案の詳細
event-title = 事案 { $event }
event-none = 事案が選ばれていません。一覧か地図で選んでください。
event-gone = この時点の状況図に事案 { $event } はありません。
event-acknowledge = 確認
event-shelve = 保留
event-unshelve = 保留をやめる
event-note = メモを残す
event-download-geojson = GeoJSONをダウンロード
event-download-czml = CZMLをダウンロード
event-section-solutions = 採用した解と他の解
event-section-classes = 何である可能性があるか
event-section-areas = 危険のある地域
event-section-warnings = 警報
event-section-why = 何がなぜ変わったか
event-section-releases = 協力国に渡した情報
event-section-timeline = 経過
event-object = 物体 { $object }
event-choose-object = グラフに表示
event-launch = 発射
event-launch-at = { $clock } ± { $sigma }
event-seen-by = 探知したセンサー：{ $sensors }
event-burnout = 燃焼終了
event-apogee = 最高点
event-apogee-at = { $height }、{ $clock }
event-height-speed = 高度 { $height }、速さ { $speed }
event-not-ballistic = 重力と空気抵抗だけでは説明できない動きのため、予測の幅を広げています
event-reaches-orbit = 軌道に乗る可能性
event-preferred = 採用
event-apart = 採用した解から { $distance }
event-same-place = 採用した解と同じ場所
event-no-other = 他の解はありません。
event-no-place = 位置は示していない
event-launch-column = 発射地点
event-impact-column = 予測落下地点
event-state-column = 状態
event-time = 時刻
event-class-column = 種類
event-open-warnings = 警報パネルで開く
event-area-column = 地域
event-probability-column = 確率
event-arrival-column = 到達
event-no-release = この事案についての提供の判断はまだありません。
outcome-released = 提供
outcome-thinned = 省略（直前に提供済み）
outcome-refused-by-floor = 基本原則により不可
outcome-forbidden = 規則で禁止
outcome-not-permitted = 許可する規則なし
outcome-failed = 処理できず
kind-detection = 探知
kind-track = 航跡
kind-launch = 発射
kind-impact = 落下予測
kind-assessment = 種類の判定
kind-warning = 警報
progress-queued = 送信待ち
progress-sent = 送信済み
progress-acknowledged = 相手国が受領
timeline-launch = 共有状況図で発射を探知、{ $place }付近
timeline-launch-withdrawn = 発射の判定を取り下げ：データが裏付けなくなりました
timeline-phase = { $object }：{ $phase }
timeline-class = { $object } は{ $class }とみられます（{ $probability }）
timeline-impact = { $object } は{ $place }付近に落下の予測、90％の範囲 { $semi_major_m }、{ $time }
timeline-impact-narrowed = { $object }：落下予測が{ $semi_major_m }まで絞られました、{ $time }
timeline-partner = { $owner }もこの事案を伝えています
timeline-warning =
    { $areas ->
        [0] 警報 { $warning } 第{ $revision }版：{ $status }、{ $hazard }、対象地域なし
       *[other] 警報 { $warning } 第{ $revision }版：{ $status }、{ $hazard }、{ $areas }地域
    }
timeline-warning-pending = 警報 { $warning } 第{ $revision }版が承認待ち
timeline-warning-ended = 警報 { $warning } が終了：{ $reason }
timeline-warning-dropped = 警報 { $warning } は発表されませんでした
timeline-act = { $operator }：{ $what }
timeline-act-noted = { $operator }：{ $what }（{ $note }）
why-line = { $clock }：{ $status }（第{ $revision }版）
why-figures = { $area }：{ $used }（予測値 { $stated }）。警報の基準 { $alert } 以上、終了の基準 { $leave } 未満
why-warned = 警報の対象
why-not-warned = 警報の対象外
why-above = 基準を超えて{ $duration }
why-below = 基準を下回って{ $duration }
why-neighbour = { $area }に隣接
why-held = { $warning }がまだ対象としている
why-gone-passed = 通過した
why-gone-lost = 失探し、到達の時刻を過ぎた
why-gone-fell = 別の場所に落下した
why-gone-turned = こちらには向かわなくなった
why-withdrawn = この警報のもとになった発射の判定は、すべて取り下げられました。
why-fallen = 予測では陸上に落下しました。避難を続けます。
why-threshold-reached = ある地域の確率が基準に達しました。
why-launched = 発射されました。方向と射程からこの地域に来るおそれがありますが、場所はまだ分かりません。
why-launched-anywhere = 発射されました。方向はまだ分からないため、到達しうるすべての地域に知らせています。
why-lost = 失探したため、最後の航跡からの予測です。
why-seen-again = 再び見えるようになりました。
why-joined = 別の発射も同じ地域を脅かしています。
why-lost-and-over = 到達前に失探し、到達しうる最も遅い時刻を過ぎました。
why-beyond = 対象地域の先で観測されました。
why-down = 予測では落下済みで、危険の残る地域はありません。
why-no-danger = どの予測でも、危険のある地域はなくなりました。
why-earlier = { $area }：到達予測が{ $duration }早まりました。
why-later = { $area }：到達予測が{ $duration }遅くなりました。
why-probability = { $area }：確率が{ $from }から{ $to }に変わりました。
why-adds = 加わった地域：{ $areas }。
why-drops = 外れた地域：{ $areas }。
why-objects = 物体ごとの内訳：{ $parts }
why-unavailable = この版の数値は残っていません。
state-pending = 承認待ち
state-open = 発表中
state-ended = 終了

## 警報
warnings-title = 警報
warnings-pending =
    { $count ->
        [0] 承認待ちの警報はありません
       *[other] 承認待ち { $count }件
    }
warnings-open =
    { $count ->
        [0] 発表中の警報はありません
       *[other] 発表中 { $count }件
    }
warnings-ended =
    { $count ->
        [0] 終わった警報はありません
       *[other] 終わった警報 { $count }件
    }
warnings-from-partners = 協力国の警報 { $count }件（参考）
warnings-headline = { $status }、{ $hazard }：{ $areas }
warnings-revision = 第{ $revision }版、{ $clock }
warnings-would-say = 住民に伝える内容
warnings-said = 住民に伝えた内容
warnings-no-areas = 地域の指定なし
warnings-areas-left = 危険のある地域はもうありません。
warnings-fallen = 陸上に落下したとみられます。人が解除するまで避難を続けます。
warnings-lost = 失探しており、最後の航跡からの予測です。
warnings-unseen = 応答のないセンサーが{ $count }台あり、上空の一部は監視できていません：{ $sensors }
warnings-then-send = 却下されなければ、{ $clock }に自動で発表されます（{ $in }）。
warnings-then-send-now = 待ち時間が終わりました。自動で発表されます。
warnings-then-hold = 承認されるまで待ちます。自動では発表されません。
warnings-needs =
    { $needs ->
        [1] 1人の承認が必要です。
       *[other] 別々の{ $needs }人の承認が必要です。
    }
warnings-approved-by = 承認した人：{ $names }
warnings-approved-by-nobody = まだ誰も承認していません。
warnings-you-approved = この版はあなたが承認済みです。2人目の承認は、別の人が自分の権限で行ってください。
warnings-not-public = 訓練が中断されているため、運用者だけに表示しています。
warnings-failure = 伝えられませんでした：{ $detail }
warnings-show-event = 事案 { $event } を表示
warnings-deliveries = 経路ごとの配信
warnings-no-delivery = まだどの経路でも配信されていません。
warnings-no-channels = このノードには配信経路が設定されておらず、外部には何も出ません。
warnings-mode-exercise = 訓練
warnings-mode-live = 実運用
warnings-mode-replay = 記録再生
delivery-waiting = 待機中
delivery-sending = 送信中
delivery-sent = 配信済み
delivery-superseded = 新しい内容に置き換え
delivery-expired = 時間切れのため送らず
delivery-failed = 失敗
delivery-line = { $channel }：{ $state }、{ $clock }
delivery-detail = { $channel }：{ $state }、{ $clock }（{ $detail }）
warnings-suspended = 実際の事態が起きたため、訓練を中断しています。運用者が再開するまで、訓練の内容は一切公開されません。
warnings-resume = 訓練の公開を再開

## 操作と確認画面
act-approve = 承認
act-reject = 却下
act-correct = 訂正
act-cancel = 誤報として取り消し
act-clear = 警報を解除
act-reissue = もう一度発表
act-acknowledge = 確認
act-shelve = 保留
act-unshelve = 保留をやめる
act-note = メモを残す
act-hand-over = 当直を引き継ぐ
act-resume = 訓練を再開
act-close = 何も変えずに戻る
act-working = 処理中…
act-refused = 受け付けられませんでした：{ $detail }
act-changed = この画面を開いた後に内容が変わり、現在は第{ $revision }版です。戻って確認し直してください。
act-title-approve = { $warning } 第{ $revision }版を承認しますか
act-title-reject = { $warning } 第{ $revision }版を却下しますか
act-title-correct = { $warning } を訂正しますか
act-title-cancel = { $warning } を誤報として取り消しますか
act-title-clear = { $warning } を解除しますか
act-title-reissue = { $warning } をもう一度発表しますか
act-title-acknowledge = { $subject } の確認
act-title-shelve = { $subject } の保留
act-title-unshelve = { $subject } の保留をやめる
act-title-note = { $subject } へのメモ
act-title-hand-over = 当直の引き継ぎ
act-title-resume = 訓練の公開を再開しますか
act-goes-out = ただちに配信する経路：{ $channels }
act-second-person = まだ発表されません。もう1人の承認が必要です。
act-reject-means = 発表しません。すでに出ている内容は、公に終わらせるまで有効です。
act-cancel-means = この警報を受け取ったすべての人に、誤報であったことを伝えます。
act-clear-means = この警報を受け取ったすべての人に、危険がなくなったこととその理由を伝えます。
act-reissue-means = 誤って終わらせた警報です。受け取ったすべての人に、同じ地域の警報を新しい名前でもう一度伝えます。2人の承認が必要な場合は、先に2人目の承認を待ちます。
act-correct-means = 2つの内容を同時に出します。{ $warning } は誤報として取り消し、下で選んだ地域に新しい警報を出します。
act-acknowledge-means = 見たことを記録します。住民への内容は変わらず、何も消えません。
act-shelve-means = 選んだ時刻まで一覧の下に移します。表示は残り、これまでどおり続きます。
act-unshelve-means = 一覧の元の位置に戻します。
act-note-means = メモは当直日誌に残り、全員が読めます。
act-resume-means = 実際の事態が終わったことを必ず確かめてください。以後、訓練の内容は再び公開の経路に出ます。
act-note-label = メモ
act-note-optional = メモ（省略可）
act-reason-label = 危険がなくなった理由
act-until-label = 保留する時間
act-until-minutes = { $minutes }分
act-until-clock = { $clock }まで
act-areas-label = 正しい警報の対象地域
act-areas-find = 地域を探す
act-areas-chosen =
    { $count ->
        [0] 地域が選ばれていません
       *[other] 選んだ地域 { $count }：{ $names }
    }
act-areas-needed = 地域を1つ以上選んでください。
act-reason-needed = 理由を選んでください。
act-note-needed = メモを書いてください。
act-name-needed = 引き継ぐ人の名前を書いてください。
act-next-name = 引き継ぐ人
act-public-warning = 住民に発表される警報です。
act-exercise-warning = 訓練の通報です。

## 当直の引き継ぎ
handover-open = 当直を引き継ぐ
handover-nothing = 未処理のものはありません。進行中の事案、発表中の警報、承認待ちはいずれもありません。
handover-pending = 承認待ち：{ $warnings }
handover-out = 発表中の警報：{ $warnings }
handover-events = 進行中の事案：{ $events }
handover-shelved = 保留中：{ $events }
handover-unacknowledged = 未確認：{ $events }
handover-silent = 応答のないセンサー：{ $sensors }
handover-to = 引き継ぎ先：{ $name }。

## 運用状況
operation-title = 運用状況
operation-as-of = { $clock }現在
operation-state = 状態
operation-ready = 稼働中
operation-not-ready = 準備中：{ $state }
operation-mode = 運用モード
operation-nation = 国
operation-tracked = 追尾中の物体
operation-lines = 読み込んだ行
operation-rejected = 除外した行
operation-by-cause = { $cause }：{ $count }
operation-problems = 問題
operation-no-problems = ノードからの問題の報告はありません。
operation-unseen = 現在見えていない範囲
operation-unseen-none = 自国のセンサーはすべて応答しています。覆域の外は見えません。
operation-unseen-list = { $count }台のセンサーが応答していません。そのセンサーだけが見ていた範囲は見えません：
operation-links = 協力国との回線
operation-no-links = 接続している協力国はありません。
operation-link = 回線
operation-link-up = 接続中
operation-link-down = { $duration }応答なし
operation-skew = 時計の差
operation-gaps = 欠落
operation-queue = 送信待ち
operation-behind = 受信待ち
operation-sent = 送信
operation-received = 受信
operation-shed = 断念
operation-refused = 拒否
operation-split-view = 記録が食い違っています：{ $detail }
operation-sensors = センサー
operation-no-sensors = 登録されたセンサーはありません。
operation-owner = 所有国
operation-kind = 種類
operation-last-line = 最後のデータ
operation-health = 状態
operation-reporting = 応答あり
operation-silent = 応答なし
operation-never = 一度もなし
operation-bias = 推定された偏り
operation-bias-none = 推定なし
operation-bias-azimuth = 方位角 { $value }
operation-bias-elevation = 仰角 { $value }
operation-bias-range = 距離 { $value }
operation-bias-corrected = この値で探知データを補正しています。
operation-bias-uncorrected = 補正に使えるほど確かではありません。
sensor-radar = レーダー
sensor-infrared = 赤外線衛星
operation-channels = 配信経路
operation-no-channels = 配信経路が設定されておらず、このノードからは何も出ません。
operation-waiting = 待機
operation-delivered = 配信済み
operation-failed = 失敗
operation-last-error = 最後のエラー：{ $detail }
operation-heads = 監査ログ
operation-no-heads = 署名されたツリーヘッドはまだありません。
operation-size = 件数
operation-root = ルートハッシュ
operation-signed = 署名時刻
operation-latency = 処理時間
operation-hop = { $hop }：半数が{ $half }以内、100件中99件が{ $most }以内

## 当直日誌
log-title = 当直日誌
log-search = 検索
log-search-hint = 運用者、対象、メモ
log-what = 操作
log-what-any = すべて
log-print = 印刷
log-printed = { $nation } 当直日誌（{ $mode }）、{ $clock } 印刷
log-time = 時刻
log-note = メモ
log-nothing = 記録はありません。
log-no-match = 条件に合う記録はありません。
log-shown = 記録 { $count }件
mark-acknowledge = 確認
mark-shelve = 保留
mark-unshelve = 保留をやめた
mark-note = メモ
mark-hand-over = 当直の引き継ぎ
mark-login = ログイン
mark-logout = ログアウト
mark-approve = 承認
mark-reject = 却下
mark-cancel = 誤報として取り消し
mark-clear = 警報を解除
mark-reissue = もう一度発表
mark-correct = 訂正
mark-resume = 訓練を再開
mark-revision = 第{ $revision }版
mark-until = { $clock }まで
mark-refused = 受け付けられず：{ $detail }
