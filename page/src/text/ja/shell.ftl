### コンソールの枠、日本語。

not-official = 公式の警報ではありません。
close = 閉じる
language = 言語
map = 地図
map-comes = 地図を読み込んでいます。
event = 事案
panels = 画面の切り替え
panel-events = 事案
panel-warnings = 警報
panel-operation = 運用状況
panel-log = 当直日誌
pending-count = 承認待ち{ $count }件

banner = 表示中の内容
banner-exercise = 訓練
banner-exercise-means = 実際の出来事ではありません。危険にさらされている人はいません。
banner-suspended = 中断中：実際の事案が起きています。
banner-live = 実運用
banner-live-means = ここに見えるもの、ここで行うことは、すべて実際のものです。
banner-replay = 記録再生
banner-replay-means = 過去の記録を表示しています。外部には何も送られません。
banner-replay-of-exercise = 訓練の記録再生

real-event = 実際の事案が発生 ― 訓練ではありません
real-event-since = { $since }から。
real-event-do = 訓練は中断されました。直ちに実運用のコンソールに移ってください。
real-event-seen = 確認しました

connection-live = 接続中
connection-lost = 接続が切れました
connection-replay = 記録再生
connection-age = { $seconds }秒前の画面です
node-unreachable = ノードが応答しません。再接続を試みています。

clock = 時刻
clock-not-begun = 最初のデータを待っています。時計はまだ始まっていません。
clock-reading = 記録を読み込み中：表示は別の時点のものです。
clock-live = 現在
clock-play = 再生
clock-pause = 一時停止
clock-back = 10秒戻る
clock-forward = 10秒進む
clock-before = 前の節目へ
clock-after = 次の節目へ
clock-speed = 速さ
clock-length = 表示範囲
clock-all = すべて
clock-minutes = { $count }分
clock-hours = { $count }時間
clock-scrub = 表示する時点
clock-go-to = 時点を指定…
clock-moment = 現地時刻
clock-go = 移動

alarm-launch = 発射を探知
alarm-first = 自国の地域に危険
alarm-change = 自国の警報に変更あり
alarm-end = 自国の警報が終了
alarm-open = 開く
sound-on = 音あり
sound-off = 音なし
sound-blocked = クリックするかキーを押すまで、ブラウザーは音を出しません。

theme-dark = 暗い配色。明るくする
theme-light = 明るい配色。暗くする
role-operator = 運用者
role-reader = 閲覧者
login = ログイン
logout = ログアウト
login-what = 早期警戒ノードのコンソールです。
login-name = 名前
login-password = パスワード
login-wrong = 名前またはパスワードが違います。

acknowledged = 確認済み：{ $event }
acknowledge-what = 先に J または K キーで事案を選んでください。
acts-are-live = 過去の記録を表示しています。L キーで現在に戻ってから操作してください。

help = キー操作
help-keys-act = 一文字のキー操作を使う（文字の入力中は働きません）
key-space = スペース
key-help = このキー一覧
key-next = 次の事案
key-previous = 前の事案
key-open = 事案を開く
key-acknowledge = 事案を確認済みにする
key-play = 再生または一時停止
key-back = 10秒戻る
key-forward = 10秒進む
key-live = 現在に戻る
key-globe = 地球儀と平面の切り替え
key-mute = 音の切り替え
key-panels = 事案、警報、運用状況、当直日誌
