### 패널: 사건 목록, 사건 상세, 경보와 조치, 운용 상태, 근무 일지. 한국어.
### 예측은 예측으로 적는다. 조사가 앞말 받침에 따라 달라지지 않도록 쓴다. 오발령과 해제는 절대 섞어 쓰지 않는다.

## 모든 패널의 말
panels-failed = 불러오지 못했습니다: { $detail }
panels-loading = 불러오는 중…
panels-none = 없음
panels-unknown = 미상
panels-reading = 표시할 내용을 노드에서 읽는 중입니다. 아직 알 수 없습니다.
panels-more = 그 밖에 { $count }개
panels-read-only = 열람 계정으로 접속했습니다. 계정에 허용된 내용은 모두 볼 수 있으나, 경보의 승인·정정·종료는 운용자 계정으로만 할 수 있습니다.
panels-replay-only = 지난 시점을 보고 있습니다. 조치를 하려면 ‘현재’로 돌아가십시오.
panels-no-session = 로그인하면 볼 수 있습니다.

time-both = { $local } (UTC{"\u00A0"}{ $utc })
# Between two things that are told of one.
list-comma = {", "}
time-in = { $duration } 후
time-ago = { $duration } 전
arrival-ahead = { $clock }부터 도달 가능, { $in }
arrival-now = 지금 당장 도달 가능({ $clock }부터)
arrival-latest = 늦어도 { $clock }까지
ellipse-size = 90% 범위 ±{ $major } × { $minor }, 장축 방위 { $azimuth }
ellipse-round = 90% 범위 ±{ $radius }
plus-minus = { $value } ± { $sigma }
probability-under = { $value } 미만
probability-over = { $value } 초과

owner-own = 자국
owner-shared = 공동 상황도
owner-partner = 협력국 { $owner }
solution-own = { $owner } 단독(자국 센서만)
solution-shared = 모든 협력국 자료 종합
solution-partner = { $owner } 제공 자료

class-short-range = 단거리 미사일
class-medium-range = 준중거리 미사일
class-intermediate-range = 중거리 미사일
class-intercontinental = 대륙간 미사일
class-space-launch = 우주발사체
class-spent-stage = 분리된 추진체
class-satellite = 위성
class-other = 기타
class-unknown = 종류 미상

phase-boost = 추진 중
phase-coast = 관성 비행 중
phase-reentry = 재진입 중
phase-orbit = 궤도 비행 중
phase-lost = 추적 상실
phase-down = 낙하

hazard-impact = 낙하
hazard-overflight = 상공 통과
hazard-debris = 잔해 낙하

status-pre-alert = 예비 경보
status-alert = 경보
status-update = 경보 갱신
status-all-clear = 경보 해제
status-cancel = 오발령 철회

reason-passed = 통과함
reason-fell-at-sea = 바다에 떨어짐
reason-will-not-arrive = 도달하지 않음
reason-error = 오발령

## 사건 목록
events-title = 사건
events-by-urgency = 긴급한 순서, 자국 지역의 위험이 먼저
events-search = 검색
events-search-hint = 사건, 종류 또는 지역
events-owner = 제공국
events-owner-any = 모든 국가
events-ended = 종료된 사건도 보기
events-shown =
    { $count ->
        [0] 사건 없음
       *[other] 사건 { $count }건
    }
events-hidden-ended = 종료된 사건 { $count }건을 숨겼습니다
events-nothing = 탐지된 것이 없습니다. 안전하다는 뜻은 아닙니다. 지금 감시하지 못하는 곳은 ‘운용 상태’에서 확인하십시오.
events-nothing-then = 그 시점에는 탐지된 것이 없었습니다. 안전하다는 뜻은 아닙니다.
events-no-match = 조건에 맞는 사건이 없습니다.
events-launched = { $clock } 발사, { $place } 부근
events-launch-unknown = 발사 시각과 장소 미상
events-likely = { $class } { $probability }
events-objects = 물체 { $count }개
events-no-threat = 현재 경보 대상 지역 없음
badge-own-area = 자국 지역 위험
badge-danger = 위험 지역 있음
badge-pending = 승인 대기
badge-fallen = 육상 낙하 추정
badge-lost = 추적 상실
badge-launch = 발사
badge-withdrawn = 발사 판단 철회
badge-acknowledged = 확인함
badge-shelved = 보류: { $until }까지
badge-ended = 종료

## 사건 상세
event-title = 사건 { $event }
event-none = 선택한 사건이 없습니다. 목록이나 지도에서 고르십시오.
event-gone = 이 시점의 상황도에는 사건 { $event } 자료가 없습니다.
event-acknowledge = 확인
event-shelve = 보류
event-unshelve = 보류 해제
event-note = 메모 남기기
event-download-geojson = GeoJSON 내려받기
event-download-czml = CZML 내려받기
event-section-solutions = 우선 해석과 다른 해석
event-section-classes = 추정 종류
event-section-areas = 위험 지역
event-section-warnings = 경보
event-section-why = 바뀐 내용과 이유
event-section-releases = 협력국에 제공한 내용
event-section-timeline = 경과
event-object = 물체 { $object }
event-choose-object = 그래프로 보기
event-launch = 발사
event-launch-at = { $clock } ± { $sigma }
event-seen-by = 탐지 센서: { $sensors }
event-burnout = 연소 종료
event-apogee = 최고점
event-apogee-at = { $height }, { $clock }
event-height-speed = 고도 { $height }, 속력 { $speed }
event-not-ballistic = 중력과 공기 저항만으로 설명되지 않는 움직임이어서 예측 범위를 넓혔습니다
event-reaches-orbit = 궤도 진입 가능성
event-preferred = 우선
event-apart = 우선 해석과 { $distance } 차이
event-same-place = 우선 해석과 같은 위치
event-no-other = 다른 해석은 없습니다.
event-no-place = 위치를 제시하지 않음
event-launch-column = 발사 지점
event-impact-column = 예상 낙하
event-state-column = 상태
event-time = 시각
event-class-column = 종류
event-open-warnings = 경보 패널에서 보기
event-area-column = 지역
event-probability-column = 확률
event-arrival-column = 도달
event-no-release = 이 사건에 대한 제공 결정이 없습니다.
outcome-released = 제공
outcome-thinned = 생략(조금 전에 제공함)
outcome-refused-by-floor = 기본 원칙에 따라 보류
outcome-forbidden = 규칙으로 금지
outcome-not-permitted = 허용하는 규칙 없음
outcome-failed = 처리 실패
kind-detection = 탐지
kind-track = 항적
kind-launch = 발사
kind-impact = 낙하 예측
kind-assessment = 종류 판단
kind-warning = 경보
progress-queued = 대기
progress-sent = 보냄
progress-acknowledged = 상대국 수신
timeline-launch = 공동 상황도에 발사 탐지: { $place } 부근
timeline-launch-withdrawn = 발사 판단 철회: 자료가 더는 뒷받침하지 않음
timeline-phase = { $object }: { $phase }
timeline-class = { $object } 추정 종류: { $class }({ $probability })
timeline-impact = { $object } 예상 낙하: { $place } 부근, 90% 범위 { $semi_major_m }, { $time }
timeline-impact-narrowed = { $object }: 예상 낙하 범위가 { $semi_major_m }까지 좁혀짐, { $time }
timeline-partner = { $owner } 자료에도 이 사건이 나타남
timeline-warning =
    { $areas ->
        [0] 경보 { $warning } 제{ $revision }판: { $status }, { $hazard }, 대상 지역 없음
       *[other] 경보 { $warning } 제{ $revision }판: { $status }, { $hazard }, { $areas }개 지역
    }
timeline-warning-pending = 경보 { $warning } 제{ $revision }판 승인 대기
timeline-warning-ended = 경보 { $warning } 종료: { $reason }
timeline-warning-dropped = 경보 { $warning } 발송하지 않음
timeline-act = { $operator }: { $what }
timeline-act-noted = { $operator }: { $what } – { $note }
why-line = { $clock }: { $status }(제{ $revision }판)
why-figures = { $area }: { $used }(예측값 { $stated }), 경보 기준 { $alert } 이상, 종료 기준 { $leave } 미만
why-warned = 경보 대상
why-not-warned = 경보 대상 아님
why-above = 기준 초과 { $duration } 지속
why-below = 기준 미달 { $duration } 지속
why-neighbour = { $area } 인접
why-held = { $warning } 경보가 아직 유지
why-gone-passed = 통과함
why-gone-lost = 추적을 잃었고 도달 예상 시각이 지남
why-gone-fell = 다른 곳에 떨어짐
why-gone-turned = 더는 이쪽으로 향하지 않음
why-withdrawn = 이 경보의 발사 판단이 모두 철회되었습니다.
why-fallen = 예측으로는 육상에 떨어졌습니다. 대피를 유지합니다.
why-threshold-reached = 한 지역의 확률이 경보 기준에 이르렀습니다.
why-launched = 발사되었습니다. 방향과 사거리로 보아 이곳에 올 수 있으나 위치는 아직 알 수 없습니다.
why-launched-anywhere = 발사되었습니다. 방향을 아직 알 수 없어 도달할 수 있는 모든 지역에 알립니다.
why-lost = 더 이상 추적되지 않아 마지막 항적으로 예측한 내용입니다.
why-seen-again = 다시 추적됩니다.
why-joined = 다른 발사가 같은 지역을 위협합니다.
why-lost-and-over = 도달하기 전에 추적을 잃었고, 올 수 있는 가장 늦은 시각이 지났습니다.
why-beyond = 해당 지역을 지나간 것이 관측되었습니다.
why-down = 예측으로는 이미 떨어졌고 위험한 지역이 남아 있지 않습니다.
why-no-danger = 어느 예측에서도 위험한 지역이 더는 없습니다.
why-earlier = { $area }: 예상 도달이 { $duration } 빨라졌습니다.
why-later = { $area }: 예상 도달이 { $duration } 늦어졌습니다.
why-probability = { $area }: 확률 변경 { $from } → { $to }.
why-adds = 추가된 지역: { $areas }.
why-drops = 제외된 지역: { $areas }.
why-objects = 물체별 기여: { $parts }
why-unavailable = 이 판의 수치는 보관되어 있지 않습니다.

state-pending = 승인 대기
state-open = 발령 중
state-ended = 종료

## 경보
warnings-title = 경보
warnings-pending =
    { $count ->
        [0] 승인을 기다리는 경보 없음
       *[other] 승인 대기 { $count }건
    }
warnings-open =
    { $count ->
        [0] 발령 중인 경보 없음
       *[other] 발령 중 { $count }건
    }
warnings-ended =
    { $count ->
        [0] 종료된 경보 없음
       *[other] 종료 { $count }건
    }
warnings-from-partners = 협력국 경보 { $count }건(참고용)
warnings-headline = { $status }, { $hazard }: { $areas }
warnings-revision = 제{ $revision }판, { $clock }
warnings-would-say = 국민에게 알릴 내용
warnings-said = 국민에게 알린 내용
warnings-no-areas = 지정된 지역 없음
warnings-areas-left = 위험한 지역이 더는 없습니다.
warnings-fallen = 육상 낙하 추정: 사람이 해제할 때까지 대피를 유지합니다.
warnings-lost = 더 이상 추적되지 않으며, 마지막 항적에 따른 예측입니다.
warnings-unseen = 센서 { $count }개가 응답하지 않아 일부 상공을 감시하지 못합니다: { $sensors }
warnings-then-send = 거부하지 않으면 { $clock }에 자동으로 나갑니다({ $in }).
warnings-then-send-now = 대기 시간이 끝났습니다. 지금 자동으로 나갑니다.
warnings-then-hold = 승인할 때까지 기다립니다. 자동으로 나가지 않습니다.
warnings-needs =
    { $needs ->
        [1] 1명의 승인이 필요합니다.
       *[other] 서로 다른 { $needs }명의 승인이 필요합니다.
    }
warnings-approved-by = 승인: { $names }
warnings-approved-by-nobody = 아직 승인한 사람이 없습니다.
warnings-you-approved = 이 판을 이미 승인하셨습니다. 두 번째 승인은 다른 사람이 자기 계정으로 해야 합니다.
warnings-not-public = 훈련이 중지되어 운용자에게만 보입니다.
warnings-failure = 알리지 못했습니다: { $detail }
warnings-show-event = 사건 { $event } 보기
warnings-deliveries = 채널별 전달
warnings-no-delivery = 아직 전달한 채널이 없습니다.
warnings-no-channels = 이 노드에는 설정된 채널이 없어 외부로 나가지 않습니다.
warnings-mode-exercise = 훈련
warnings-mode-live = 실제 상황
warnings-mode-replay = 다시 보기
delivery-waiting = 대기 중
delivery-sending = 보내는 중
delivery-sent = 전달됨
delivery-superseded = 새 내용으로 대체됨
delivery-expired = 시한이 지나 보내지 않음
delivery-failed = 실패
delivery-line = { $channel }: { $state }, { $clock }
delivery-detail = { $channel }: { $state }, { $clock } – { $detail }
warnings-suspended = 실제 상황이 발생하여 훈련이 중지되었습니다. 운용자가 재개할 때까지 훈련 내용은 공개되지 않습니다.
warnings-resume = 훈련 공개 재개

## 조치와 확인 창
act-approve = 승인
act-reject = 거부
act-correct = 정정
act-cancel = 오발령 철회
act-clear = 경보 해제
act-reissue = 다시 발령
act-acknowledge = 확인
act-shelve = 보류
act-unshelve = 보류 해제
act-note = 메모 남기기
act-hand-over = 근무 교대
act-resume = 훈련 재개
act-close = 돌아가기(변경 없음)
act-working = 처리 중…
act-refused = 받아들여지지 않음: { $detail }
act-changed = 창을 연 뒤 내용이 바뀌어 지금은 제{ $revision }판입니다. 돌아가서 다시 확인하십시오.
act-title-approve = { $warning } 제{ $revision }판을 승인하시겠습니까?
act-title-reject = { $warning } 제{ $revision }판을 거부하시겠습니까?
act-title-correct = { $warning } 경보를 정정하시겠습니까?
act-title-cancel = { $warning } 경보를 오발령으로 철회하시겠습니까?
act-title-clear = { $warning } 경보를 해제하시겠습니까?
act-title-reissue = { $warning } 경보를 다시 발령하시겠습니까?
act-title-acknowledge = { $subject } 확인
act-title-shelve = { $subject } 보류
act-title-unshelve = { $subject } 보류 해제
act-title-note = { $subject } 메모
act-title-hand-over = 근무 교대
act-title-resume = 훈련 공개를 재개하시겠습니까?
act-goes-out = 즉시 발송 채널: { $channels }
act-second-person = 아직 나가지 않습니다. 다른 한 사람의 승인이 더 필요합니다.
act-reject-means = 발송하지 않습니다. 이미 나간 내용은 공식적으로 종료할 때까지 유지됩니다.
act-cancel-means = 이 경보를 받은 모든 사람에게 오발령이었음을 알립니다.
act-clear-means = 이 경보를 받은 모든 사람에게 위험이 끝났음과 그 이유를 알립니다.
act-reissue-means = 실수로 종료한 경보입니다. 이 경보를 받은 모든 사람에게 같은 지역의 경보를 새 이름으로 다시 알립니다. 두 사람의 승인이 필요하면 두 번째 승인을 먼저 기다립니다.
act-correct-means = 두 가지가 한 번에 나갑니다. { $warning } 경보는 오발령으로 철회되고, 아래에서 고른 지역에 새 경보가 발령됩니다.
act-acknowledge-means = 보았다는 기록을 남깁니다. 국민에게 나간 내용은 바뀌지 않으며 아무것도 지워지지 않습니다.
act-shelve-means = 정한 시각까지 목록 아래쪽에 둡니다. 계속 보이며 진행도 그대로입니다.
act-unshelve-means = 목록의 원래 자리로 되돌립니다.
act-note-means = 메모는 근무 일지에 남아 모두가 볼 수 있습니다.
act-resume-means = 실제 상황이 끝났는지 먼저 확인하십시오. 이후 훈련 내용은 다시 공개 채널로 나갑니다.
act-note-label = 메모
act-note-optional = 메모(생략 가능)
act-reason-label = 위험이 끝난 이유
act-until-label = 보류 시간
act-until-minutes = { $minutes }분
act-until-clock = { $clock }까지
act-areas-label = 올바른 경보의 대상 지역
act-areas-find = 지역 찾기
act-areas-chosen =
    { $count ->
        [0] 고른 지역 없음
       *[other] 고른 지역 { $count }곳: { $names }
    }
act-areas-needed = 지역을 하나 이상 고르십시오.
act-reason-needed = 이유를 고르십시오.
act-note-needed = 메모를 먼저 쓰십시오.
act-name-needed = 인수자 이름을 쓰십시오.
act-next-name = 인수자
act-public-warning = 국민에게 나가는 경보입니다.
act-exercise-warning = 훈련 메시지입니다.

## 근무 교대
handover-open = 근무 교대하기
handover-nothing = 남은 일 없음: 진행 중인 사건, 발령 중인 경보, 승인 대기가 없습니다.
handover-pending = 승인 대기: { $warnings }
handover-out = 발령 중인 경보: { $warnings }
handover-events = 진행 중인 사건: { $events }
handover-shelved = 보류 중: { $events }
handover-unacknowledged = 미확인: { $events }
handover-silent = 응답 없는 센서: { $sensors }
handover-to = 인수자: { $name }.

## 운용 상태
operation-title = 운용 상태
operation-as-of = { $clock } 기준
operation-state = 상태
operation-ready = 정상 운용
operation-not-ready = 준비되지 않음: { $state }
operation-mode = 운용 방식
operation-nation = 국가
operation-tracked = 추적 중인 물체
operation-lines = 읽은 자료 줄
operation-rejected = 제외한 줄
operation-by-cause = { $cause }: { $count }
operation-problems = 문제
operation-no-problems = 보고된 문제가 없습니다.
operation-unseen = 지금 감시하지 못하는 곳
operation-unseen-none = 자국 센서가 모두 응답합니다. 탐지 범위 밖은 볼 수 없습니다.
operation-unseen-list = 센서 { $count }개가 응답하지 않습니다. 이 센서만 맡은 구역은 볼 수 없습니다:
operation-links = 협력국 연결
operation-no-links = 연결된 협력국이 없습니다.
operation-link = 연결
operation-link-up = 연결됨
operation-link-down = { $duration } 동안 무응답
operation-skew = 시계 차이
operation-gaps = 누락
operation-queue = 보낼 것
operation-behind = 받을 것
operation-sent = 보냄
operation-received = 받음
operation-shed = 포기
operation-refused = 거부
operation-split-view = 기록이 서로 맞지 않음: { $detail }
operation-sensors = 센서
operation-no-sensors = 알려진 센서가 없습니다.
operation-owner = 소유국
operation-kind = 종류
operation-last-line = 마지막 자료
operation-health = 상태
operation-reporting = 응답
operation-silent = 무응답
operation-never = 없음
operation-bias = 확인된 편차
operation-bias-none = 확인된 편차 없음
operation-bias-azimuth = 방위각 { $value }
operation-bias-elevation = 고각 { $value }
operation-bias-range = 거리 { $value }
operation-bias-corrected = 이 값으로 탐지 자료를 보정합니다.
operation-bias-uncorrected = 보정에 쓰기에는 아직 확실하지 않습니다.
sensor-radar = 레이더
sensor-infrared = 적외선 위성
operation-channels = 발송 채널
operation-no-channels = 설정된 채널이 없어 외부로 나가는 것이 없습니다.
operation-waiting = 대기
operation-delivered = 전달
operation-failed = 실패
operation-last-error = 마지막 오류: { $detail }
operation-heads = 감사 기록
operation-no-heads = 아직 서명된 트리 헤드가 없습니다.
operation-size = 항목 수
operation-root = 루트 해시
operation-signed = 서명 시각
operation-latency = 처리 시간
operation-hop = { $hop }: 절반은 { $half } 이내, 100건 중 99건은 { $most } 이내

## 근무 일지
log-title = 근무 일지
log-search = 검색
log-search-hint = 운용자, 대상 또는 메모
log-what = 조치
log-what-any = 전체
log-print = 인쇄
log-printed = { $nation } 근무 일지, { $mode }, { $clock } 인쇄
log-time = 시각
log-note = 메모
log-nothing = 기록이 없습니다.
log-no-match = 조건에 맞는 기록이 없습니다.
log-shown = 기록 { $count }건
mark-acknowledge = 확인
mark-shelve = 보류
mark-unshelve = 보류 해제
mark-note = 메모
mark-hand-over = 근무 교대
mark-login = 접속
mark-logout = 접속 종료
mark-approve = 승인
mark-reject = 거부
mark-cancel = 오발령 철회
mark-clear = 경보 해제
mark-reissue = 다시 발령
mark-correct = 정정
mark-resume = 훈련 재개
mark-revision = 제{ $revision }판
mark-until = { $clock }까지
mark-refused = 받아들여지지 않음: { $detail }
