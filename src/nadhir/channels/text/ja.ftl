### 警報文、日本語。
### MUST BE REVIEWED by a native speaker before any public use; for live use the reviewer signs this very file off
### (docs/texts.md). The cause comes first, then what to do, then place and time.

separator = 、
stop = 。
space = {""}
# Stands first and last in every text of a drill or a replay.
mark =
    { $mode ->
        [exercise] 訓練
        [replay] 記録の再生
       *[live] {""}
    }

areas = { $names }ほか{ $others }地域
areas-counted = { $count }地域
areas-unknown = 未確認の地域
areas-concerned = 対象の地域
time-short = { $clock }（{ $zone }）
time-long = { $date }{ $hour }時{ $minute }分（{ $zone }、UTC { $utc }）
arrival =
    { $soon ->
        [yes] 今すぐにも
       *[no] { $time }ごろから
    }

event =
    { $hazard ->
        [impact] ミサイル落下のおそれ
        [overflight] ミサイル・ロケットの上空通過
       *[debris] ロケット部品の落下
    }
launches =
    { $launches ->
        [0] 落下する物体を探知しました
        [1] 発射とみられるものを探知しました
       *[other] 発射とみられるものを{ $launches }件探知しました
    }
cause =
    { $known ->
        [area-time] { $launch-time }ごろ、{ $launch-area }から{ launches }。
        [area] { $launch-area }から{ launches }。
        [time] { $launch-time }ごろ、{ launches }。
       *[nothing] { launches }。
    }

headline-pre-alert = { event }・準備情報：発射を探知、避難の準備を（{ $areas }）
headline-alert =
    { $hazard ->
        [impact] { event }：直ちに避難してください（{ $areas }）
       *[other] { event }：屋内に入ってください（{ $areas }）
    }
headline-update =
    { $change ->
        [wider] { event }・対象地域を拡大：直ちに避難してください（{ $areas }）
        [narrower] { event }・対象地域を縮小：避難を続けてください（{ $areas }）
        [moved] { event }・対象地域を変更：直ちに避難してください（{ $areas }）
       *[same] { event }・続報：避難を続けてください（{ $areas }）
    }
headline-fallen = { event }・陸上に落下したとみられます：避難を続けてください（{ $areas }）
headline-passed = { event }・解除：通過したとみられます（{ $areas }）
headline-fell-at-sea = { event }・解除：海に落下したとみられます（{ $areas }）
headline-will-not-arrive = { event }・解除：到達しない見込みです（{ $areas }）
headline-held = { event }・解除：別の警報が続いています（{ $areas }）
headline-error = { event }・誤報のため取り消します（{ $areas }）

what-pre-alert =
    { $count ->
        [0] 落下のおそれがある場所はまだ分かっていません。
       *[other] { $areas }に影響が及ぶ可能性があります。落下の場所と時刻はまだ分かっていません。
    }
what-alert =
    { $hazard ->
        [impact] { $arrival }、{ $areas }またはその周辺に落下する可能性があると予測されます。
        [overflight] { $arrival }、{ $areas }の上空を通過する可能性があると予測されます。一部が落下するおそれがあります。
       *[debris] { $arrival }、{ $areas }またはその周辺にロケットの部品が落下する可能性があると予測されます。
    }
what-fallen = { $areas }またはその周辺の陸上に落下したとみられます。続けて落下するおそれがあります。
what-passed = { $areas }の上空を通過したとみられます。
what-fell-at-sea = 海に落下したとみられます。{ $areas }への危険は、現在のところ確認されていません。
what-will-not-arrive = 最新の予測では、{ $areas }には到達しない見込みです。
what-error = { $areas }に出した情報は誤りでした。実際の脅威を伝えるものではありませんでした。
change =
    { $change ->
        [wider] 対象地域が広がりました。
        [narrower] 対象地域が狭まりました。
        [moved] 対象地域が変わりました。
       *[same] 予測を更新しました。対象地域に変更はありません。
    }
released = 対象から外れた地域：{ $areas }。
held = { $areas }には別の警報が引き続き出ています。その内容に従ってください。
held-short = 別の警報が続いている地域があります。
lost = 現在は追跡できていません。この内容は、最後に確認された経路からの予測です。
lost-short = 追跡不能、予測のみ。
unseen = { $unseen }基のセンサーが応答しておらず、監視できていない空域があります。

action-pre-alert = 近くの頑丈な建物や地下を確かめ、すぐに入れるよう準備してください。続報に注意してください。
action-alert =
    { $hazard ->
        [impact] 直ちに近くの頑丈な建物の中か地下に入り、窓から離れてください。近くに建物がなければ、物陰に身を隠すか、地面に伏せて頭を守ってください。
        [overflight] 屋内に入り、窓から離れてください。落下物には触れず、通報してください。
       *[debris] 屋内に入り、窓のそばと最上階を避けてください。落下物には触れず、通報してください。
    }
action-fallen = 屋内にとどまり、扉と窓を閉め、当局が安全を知らせるまで待ってください。落下物には近づかないでください。
action-over = 引き続き避難する必要はありません。落下物などの不審な物には近づかず、警察か消防に通報してください。
action-held = この情報だけで避難をやめないでください。引き続き出ている別の警報に従ってください。
action-error = 避難の必要はありません。すでに避難した方も、戻ってかまいません。
short-action-pre-alert = 近くの避難場所を確かめ、準備してください。
short-action-alert =
    { $hazard ->
        [impact] 頑丈な建物の中か地下に入り、窓から離れてください。
       *[other] 屋内で窓から離れてください。落下物に触れないでください。
    }
short-action-fallen = 扉と窓を閉め、屋内にとどまってください。落下物に触れないでください。
short-action-over = 引き続き避難する必要はありません。落下物に触れず、通報してください。
short-action-held = 引き続き出ている別の警報に従ってください。
short-action-error = 避難の必要はありません。

until-active = { $time }まで有効です（それまでに解除または更新されることがあります）。
until-over = { $time }に解除しました。
until-error = { $time }に取り消しました。
short-until-active = { $time }まで有効。
short-until-over = { $time }解除。
short-until-error = { $time }取消。
issued = 発表：{ $sender }、{ $time }。
short-sender = 発信：{ $sender }。
sender =
    { $country ->
        [none] Nadhirノード
       *[other] Nadhirノード（{ $country }）
    }
disclaimer = 公的な警報ではありません。
