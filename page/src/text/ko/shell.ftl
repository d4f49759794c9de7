### 콘솔의 틀, 한국어.

not-official = 공식 경보가 아닙니다.
close = 닫기
language = 언어
map = 지도
map-comes = 지도를 불러오고 있습니다.
event = 사건
panels = 화면 구성
panel-events = 사건
panel-warnings = 경보
panel-operation = 운용 상태
panel-log = 근무 일지
pending-count = 승인 대기 { $count }건

banner = 표시 중인 내용
banner-exercise = 훈련
banner-exercise-means = 실제 상황이 아닙니다. 위험에 처한 사람은 없습니다.
banner-suspended = 중단됨: 실제 상황이 발생했습니다.
banner-live = 실제 상황
banner-live-means = 여기에 보이는 것과 조치하는 것은 모두 실제입니다.
banner-replay = 다시 보기
banner-replay-means = 지난 기록을 보고 있습니다. 외부로 나가는 것은 없습니다.
banner-replay-of-exercise = 훈련 기록 다시 보기

real-event = 실제 상황 발생 – 훈련이 아닙니다
real-event-since = { $since }부터.
real-event-do = 훈련은 중단되었습니다. 지금 바로 실제 상황 콘솔로 옮기십시오.
real-event-seen = 확인했습니다

connection-live = 연결됨
connection-lost = 연결 끊김
connection-replay = 다시 보기
connection-age = { $seconds }초 전 화면
node-unreachable = 노드가 응답하지 않습니다. 다시 시도하고 있습니다.

clock = 시각
clock-not-begun = 첫 자료를 기다리고 있습니다. 시계가 아직 시작되지 않았습니다.
clock-reading = 기록을 읽는 중: 화면은 다른 시점의 것입니다.
clock-live = 현재
clock-play = 재생
clock-pause = 일시 정지
clock-back = 10초 뒤로
clock-forward = 10초 앞으로
clock-before = 이전 시점으로
clock-after = 다음 시점으로
clock-speed = 배속
clock-length = 표시 구간
clock-all = 전체
clock-minutes = { $count }분
clock-hours = { $count }시간
clock-scrub = 표시 시점
clock-go-to = 시점 지정…
clock-moment = 현지 시각
clock-go = 이동

alarm-launch = 발사 포착
alarm-first = 자국 지역이 위험합니다
alarm-change = 자국 경보가 변경되었습니다
alarm-end = 자국 경보가 종료되었습니다
alarm-open = 열기
sound-on = 소리 켜짐
sound-off = 소리 꺼짐
sound-blocked = 화면을 누르거나 키를 누르기 전에는 브라우저가 소리를 내지 않습니다.

theme-dark = 어두운 화면. 밝게 바꾸기
theme-light = 밝은 화면. 어둡게 바꾸기
role-operator = 운용자
role-reader = 열람자
login = 로그인
logout = 로그아웃
login-what = 조기 경보 노드의 콘솔입니다.
login-name = 이름
login-password = 비밀번호
login-wrong = 이름 또는 비밀번호가 맞지 않습니다.

acknowledged = 확인함: { $event }
acknowledge-what = 먼저 J 또는 K 키로 사건을 고르십시오.
acts-are-live = 지난 기록을 보고 있습니다. L 키로 현재로 돌아온 뒤 조치하십시오.

help = 단축키
help-keys-act = 단축키 사용 (글을 쓰는 동안에는 작동하지 않음)
key-space = 스페이스
key-help = 이 단축키 목록
key-next = 다음 사건
key-previous = 이전 사건
key-open = 사건 열기
key-acknowledge = 사건 확인
key-play = 재생 또는 일시 정지
key-back = 10초 뒤로
key-forward = 10초 앞으로
key-live = 현재로
key-globe = 지구본 또는 평면 지도
key-mute = 소리 켜기 또는 끄기
key-panels = 사건, 경보, 운용 상태, 근무 일지
