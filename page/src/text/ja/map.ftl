# 地図、凡例、一覧。高度と速度のグラフ。

map-name = 地図
map-description = 飛翔体、落下予測地点、危険な地域を示す地図です。矢印キーで移動、プラスとマイナスで拡大・縮小、Page Up と Page Down で物体を順に選び、Enter で決定します。同じ内容は一覧で文章として読めます。
map-exercise = 訓練
map-replay = 記録再生
map-zoom-in = 拡大
map-zoom-out = 縮小
map-own-area = 自国の地域
map-whole-event = 事案全体
map-follow = 選択した物体を追う
map-projection = 地図の種類
map-flat = 平面
map-globe = 地球儀
map-legend = 凡例
map-list = 一覧
map-list-name = 地図の内容を文章で
map-coverage = センサーの覆域
map-coverage-height = 対象の高度
map-coverage-none = 表示しない
map-kilometres = { $value } km
map-metres = { $value } m
map-unseen = 現在見えないもの：{ $sensors }

map-label-state = { $height } km・{ $speed } km/s
map-label-lost = 失探 { $age }
map-label-old = 最終観測 { $age } 前
map-label-launch = 発射 { $time }
map-label-withdrawn = 発射判定を取り下げ
map-label-impact = 落下まで { $left }（±{ $sigma } 秒）
map-label-down = { $time } 落下
map-label-silent = { $sensor } { $owner }：応答なし
map-label-arrival = あと { $left }
map-label-arriving = まもなく到達
map-danger-fallen = 避難を継続
map-danger-alert = 警報
map-danger-overflight = 上空通過
map-danger-debris = 部品の落下
map-danger-pre-alert = 準備情報
map-danger-pending = 承認待ち
map-danger-partner = 協力国の警報
map-danger-all-clear = 解除
map-danger-cancelled = 誤報取り消し

map-sign-boost = 燃焼中
map-sign-coast = 推力なしで飛行中
map-sign-reentry = 降下中
map-sign-orbit = 軌道上
map-sign-lost = 失探：最後に見えた位置
map-sign-down = 落下済み
map-sign-stage = 切り離された段
map-sign-other = 選択した物体の、他の提供国による位置
map-sign-satellite = 衛星
map-sign-launch = 発射地点
map-sign-impact = 落下予測地点
map-sign-radar = レーダー
map-sign-radar-silent = 応答のないレーダー
map-sign-infrared = 赤外線衛星
map-sign-infrared-silent = 応答のない赤外線衛星
map-sign-selected = 選択中
map-hatch-alert = 警報の出ている地域
map-hatch-pre-alert = 準備情報の出ている地域。破線の縁は承認待ち
map-hatch-overflight = 上空を通過する地域
map-hatch-debris = 部品が落下するおそれのある地域
map-hatch-blind = 応答のないレーダーの覆域：何も見えていない
map-line-trail = 飛んできた経路
map-line-path = 予測経路
map-line-ellipse = 90％の確率でこの中。細線は以前の予測
map-line-partner = { $owner } 独自のデータ
map-line-ended = 危険が去った地域
map-line-partner-warning = 協力国が警報を出した地域
map-tone-danger = 地上への脅威
map-tone-caution = 上空を通過
map-tone-object = 把握済み、警報の対象ではない

map-summary = { $objects ->
    [0] 飛翔体なし。
   *[other] 飛翔体 { $objects } 個。
  } { $districts ->
    [0] 危険な地域なし。
   *[other] 危険な地域 { $districts } か所。
  }
map-list-districts = 地域
map-list-objects = 物体
map-list-launches = 発射
map-list-sensors = センサー
map-list-district = { $name }：{ $word } { $arrival }
map-list-object = { $object }、{ $owners }：{ $sign }、高度 { $height } km、速度 { $speed } km/s、位置 { $place }
map-list-impact = { $left } 後に { $place } へ落下、誤差 { $sigma } 秒、楕円 { $major }×{ $minor } km
map-list-fallen = { $place } に落下
map-list-launch = { $event }：{ $time }、{ $place }
map-list-sensor = { $sensor }、{ $owner }：{ $sign }
map-place = { $northSouth ->
    [north] 北緯
   *[south] 南緯
  } { $latitude }° { $eastWest ->
    [east] 東経
   *[west] 西経
  } { $longitude }°

profile-name = 高度と速度
profile-none = 物体を選ぶと高度と速度を表示します。
profile-unknown = この物体の高度と速度は伝えられていません。
profile-height = 高度（km）
profile-speed = 速度（km/s）
profile-time = { $since ->
    [launch] 発射からの分
   *[first] 最初の観測からの分
  }
profile-now = 現在
profile-burnout = 燃焼終了
profile-apogee = 最高点
profile-apogee-sure = 最高点 { $height } ± { $sigma } km
profile-impact = 落下
profile-summary = { $object }：高度 { $height } km、速度 { $speed } km/s。
profile-within = 現在の誤差（90％の範囲）：±{ $height } m、±{ $speed } m/s
