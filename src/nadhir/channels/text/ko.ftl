### 경보 문안, 한국어.
### MUST BE REVIEWED by a native speaker before any public use; for live use the reviewer signs this very file off
### (docs/texts.md). Place names stand after a colon or before particles that do not depend on their last sound.
### 오발령 (issued in error) and 해제 (lifted) are never exchanged.

separator = {", "}
stop = .
space = {" "}
# Stands first and last in every text of a drill or a replay.
mark =
    { $mode ->
        [exercise] 훈련
        [replay] 기록 재생
       *[live] {""}
    }

areas = { $names } 외 { $others }개 지역
areas-counted = { $count }개 지역
areas-unknown = 미확인 지역
areas-concerned = 해당 지역
time-short = { $clock }({ $zone })
time-long = { $date } { $hour }시 { $minute }분({ $zone }, UTC { $utc })
arrival =
    { $soon ->
        [yes] 지금 당장이라도
       *[no] { $time }경부터
    }

event =
    { $hazard ->
        [impact] 미사일 위협
        [overflight] 미사일·로켓 상공 통과
       *[debris] 로켓 잔해 낙하
    }
launches =
    { $launches ->
        [0] 낙하하는 물체가 탐지되었습니다
        [1] 발사가 탐지되었습니다
       *[other] 발사 { $launches }건이 탐지되었습니다
    }
cause =
    { $known ->
        [area-time] { $launch-time }경 { $launch-area }에서 { launches }.
        [area] { $launch-area }에서 { launches }.
        [time] { $launch-time }경 { launches }.
       *[nothing] { launches }.
    }

headline-pre-alert = { event } 예비 경보: 발사 탐지, 대피를 준비하십시오 - { $areas }
headline-alert =
    { $hazard ->
        [impact] { event } 경보: 즉시 대피하십시오 - { $areas }
       *[other] { event } 경보: 실내로 들어가십시오 - { $areas }
    }
headline-update =
    { $change ->
        [wider] { event } 경보 지역 확대: 즉시 대피하십시오 - { $areas }
        [narrower] { event } 경보 지역 축소: 계속 대피하십시오 - { $areas }
        [moved] { event } 경보 지역 변경: 즉시 대피하십시오 - { $areas }
       *[same] { event } 경보 갱신: 계속 대피하십시오 - { $areas }
    }
headline-fallen = { event }: 육상 낙하 추정, 대피소에 머무르십시오 - { $areas }
headline-passed = { event } 경보 해제: 통과한 것으로 추정 - { $areas }
headline-fell-at-sea = { event } 경보 해제: 해상 낙하 추정 - { $areas }
headline-will-not-arrive = { event } 경보 해제: 도달하지 않을 것으로 예측 - { $areas }
headline-held = { event } 경보 해제, 다른 경보는 계속 유효 - { $areas }
headline-error = { event } 경보는 오발령이므로 취소합니다 - { $areas }

what-pre-alert =
    { $count ->
        [0] 어디에 떨어질 수 있는지는 아직 알 수 없습니다.
       *[other] 영향을 받을 수 있는 지역: { $areas }. 낙하 지점과 시각은 아직 알 수 없습니다.
    }
what-alert =
    { $hazard ->
        [impact] 다음 지역이나 그 부근에 { $arrival } 낙하할 가능성이 있는 것으로 예측됩니다: { $areas }.
        [overflight] 다음 지역의 상공을 { $arrival } 통과할 가능성이 있는 것으로 예측됩니다: { $areas }. 일부가 떨어질 수 있습니다.
       *[debris] 다음 지역이나 그 부근에 { $arrival } 로켓 잔해가 떨어질 가능성이 있는 것으로 예측됩니다: { $areas }.
    }
what-fallen = 다음 지역이나 그 부근의 육상에 떨어진 것으로 추정됩니다: { $areas }. 추가 낙하가 있을 수 있습니다.
what-passed = 다음 지역의 상공을 통과한 것으로 추정됩니다: { $areas }.
what-fell-at-sea = 바다에 떨어진 것으로 추정되며, 현재 다음 지역에 대한 위험은 보이지 않습니다: { $areas }.
what-will-not-arrive = 최신 예측에 따르면 다음 지역에는 도달하지 않을 것으로 예측됩니다: { $areas }.
what-error = 다음 지역에 보낸 경보는 오발령이었습니다: { $areas }. 실제 위협을 알리는 내용이 아니었습니다.
change =
    { $change ->
        [wider] 경보 지역이 넓어졌습니다.
        [narrower] 경보 지역이 좁아졌습니다.
        [moved] 경보 지역이 바뀌었습니다.
       *[same] 예측이 갱신되었으며 경보 지역은 그대로입니다.
    }
released = 경보 대상에서 제외된 지역: { $areas }.
held = 다음 지역에는 다른 경보가 계속 유효하므로 그 안내를 따르십시오: { $areas }.
held-short = 다른 경보가 계속 유효한 지역이 있습니다.
lost = 더 이상 추적되지 않습니다. 이 내용은 마지막으로 확인된 경로에 따른 예측입니다.
lost-short = 추적 상실, 예측 정보.
unseen = 센서 { $unseen }개가 응답하지 않아 일부 상공은 감시되지 않고 있습니다.

action-pre-alert = 가까운 튼튼한 건물이나 지하 시설을 확인하고 바로 대피할 준비를 하십시오. 어린이와 노약자를 먼저 대피시키고, 이어지는 안내를 확인하십시오.
action-alert =
    { $hazard ->
        [impact] 즉시 가까운 튼튼한 건물이나 지하로 대피하고 창문에서 떨어지십시오. 대피할 곳이 없으면 몸을 숨기거나 엎드려 머리를 보호하십시오.
        [overflight] 실내로 들어가 창문에서 떨어지십시오. 떨어진 물체는 만지지 말고 신고하십시오.
       *[debris] 실내로 들어가 창문과 꼭대기 층을 피하십시오. 떨어진 물체는 만지지 말고 신고하십시오.
    }
action-fallen = 대피소에서 나오지 말고 문과 창문을 닫은 채 당국이 안전하다고 알릴 때까지 기다리십시오. 떨어진 물체에 다가가지 마십시오.
action-over = 더 이상 대피하지 않아도 됩니다. 떨어진 물체에는 다가가지 말고 경찰이나 소방서에 신고하십시오.
action-held = 이 안내만으로 대피소에서 나오지 마십시오. 계속 유효한 다른 경보의 안내를 따르십시오.
action-error = 대피할 필요가 없습니다. 이미 대피한 분은 나와도 됩니다.
short-action-pre-alert = 가까운 대피 장소를 확인하고 준비하십시오.
short-action-alert =
    { $hazard ->
        [impact] 튼튼한 건물이나 지하로 들어가 창문에서 떨어지십시오.
       *[other] 창문에서 떨어져 실내에 머무르십시오. 낙하물은 만지지 마십시오.
    }
short-action-fallen = 문과 창문을 닫고 안에 머무르십시오. 낙하물은 만지지 마십시오.
short-action-over = 밖으로 나와도 됩니다. 낙하물은 만지지 말고 신고하십시오.
short-action-held = 계속 유효한 다른 경보의 안내를 따르십시오.
short-action-error = 대피할 필요가 없습니다.

until-active = 유효 시각: { $time }까지(해제되거나 갱신되지 않는 한).
until-over = 해제 시각: { $time }.
until-error = 취소 시각: { $time }.
short-until-active = { $time }까지 유효.
short-until-over = { $time } 해제.
short-until-error = { $time } 취소.
issued = 발령: { $sender }, { $time }.
short-sender = 발신: { $sender }.
sender =
    { $country ->
        [none] Nadhir 노드
       *[other] { $country } Nadhir 노드
    }
disclaimer = 공식 경보가 아닙니다.
