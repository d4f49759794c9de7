# 지도, 범례와 목록; 고도·속도 그래프.

map-name = 지도
map-description = 비행체와 낙하 예상 지점, 위험 지역을 보여 주는 지도입니다. 화살표 키로 이동, 더하기·빼기 키로 확대·축소, Page Up·Page Down으로 물체를 차례로 고르고 Enter로 선택합니다. 목록에서 같은 내용을 글로 볼 수 있습니다.
map-exercise = 훈련
map-replay = 다시 보기
map-zoom-in = 확대
map-zoom-out = 축소
map-own-area = 자국 지역
map-whole-event = 사건 전체
map-follow = 선택한 물체 따라가기
map-projection = 지도 종류
map-flat = 평면
map-globe = 지구본
map-legend = 범례
map-list = 목록
map-list-name = 지도 내용을 글로 보기
map-coverage = 센서 탐지 범위
map-coverage-height = 물체 고도 기준
map-coverage-none = 표시 안 함
map-kilometres = { $value }km
map-metres = { $value }m
map-unseen = 지금 볼 수 없음: { $sensors }

map-label-state = { $height }km · { $speed }km/s
map-label-lost = 추적 상실 { $age }
map-label-old = { $age } 전 마지막 포착
map-label-launch = 발사 { $time }
map-label-withdrawn = 발사 판단 철회
map-label-impact = { $left } 뒤 낙하 (±{ $sigma }초)
map-label-down = { $time } 낙하
map-label-silent = { $sensor } { $owner }: 응답 없음
map-label-arrival = { $left } 뒤
map-label-arriving = 곧 도달 가능
map-danger-fallen = 대피 유지
map-danger-alert = 경보
map-danger-overflight = 상공 통과
map-danger-debris = 잔해 낙하
map-danger-pre-alert = 예비 경보
map-danger-pending = 승인 대기
map-danger-partner = 협력국 경보
map-danger-all-clear = 경보 해제
map-danger-cancelled = 오발령 철회

map-sign-boost = 추진 중
map-sign-coast = 무추력 비행
map-sign-reentry = 하강 중
map-sign-orbit = 궤도 비행
map-sign-lost = 추적 상실: 마지막으로 포착한 위치
map-sign-down = 낙하함
map-sign-stage = 분리된 추진체
map-sign-other = 다른 국가가 본 선택 물체의 위치
map-sign-satellite = 위성
map-sign-launch = 발사 지점
map-sign-impact = 낙하 예상 지점
map-sign-radar = 레이더
map-sign-radar-silent = 응답 없는 레이더
map-sign-infrared = 적외선 위성
map-sign-infrared-silent = 응답 없는 적외선 위성
map-sign-selected = 선택됨
map-hatch-alert = 경보 지역
map-hatch-pre-alert = 예비 경보 지역, 파선 테두리는 승인 대기
map-hatch-overflight = 상공을 지나갈 지역
map-hatch-debris = 잔해 낙하 위험 지역
map-hatch-blind = 응답 없는 레이더의 범위: 아무것도 보이지 않음
map-line-trail = 지나온 경로
map-line-path = 예상 경로
map-line-ellipse = 90% 확률로 그 안에 있음; 가는 선은 이전 예측
map-line-partner = { $owner } 자체 자료
map-line-ended = 위험이 끝난 지역
map-line-partner-warning = 협력국이 경보를 낸 지역
map-tone-danger = 지상 위협
map-tone-caution = 상공 통과
map-tone-object = 확인됨, 경보 대상 아님

map-summary = { $objects ->
    [0] 비행체 없음.
   *[other] 비행체 { $objects }개.
  } { $districts ->
    [0] 위험 지역 없음.
   *[other] 위험 지역 { $districts }곳.
  }
map-list-districts = 지역
map-list-objects = 물체
map-list-launches = 발사
map-list-sensors = 센서
map-list-district = { $name }: { $word } { $arrival }
map-list-object = { $object }, { $owners }: { $sign }, 고도 { $height }km, 속도 { $speed }km/s, 위치 { $place }
map-list-impact = { $left } 뒤 { $place }에 낙하, 오차 { $sigma }초; 타원 { $major }×{ $minor }km
map-list-fallen = { $place }에 낙하함
map-list-launch = { $event }: { $time }, { $place }
map-list-sensor = { $sensor }, { $owner }: { $sign }
map-place = { $northSouth ->
    [north] 북위
   *[south] 남위
  } { $latitude }° { $eastWest ->
    [east] 동경
   *[west] 서경
  } { $longitude }°

profile-name = 고도와 속도
profile-none = 물체를 선택하면 고도와 속도를 보여 줍니다.
profile-unknown = 이 물체의 고도와 속도는 전해진 자료가 없습니다.
profile-height = 고도 (km)
profile-speed = 속도 (km/s)
profile-time = { $since ->
    [launch] 발사 후 경과 (분)
   *[first] 첫 포착 후 경과 (분)
  }
profile-now = 현재
profile-burnout = 연소 종료
profile-apogee = 최고점
profile-apogee-sure = 최고점 { $height } ± { $sigma }km
profile-impact = 낙하
profile-summary = { $object }: 고도 { $height }km, 속도 { $speed }km/s.
profile-within = 현재 오차(90% 범위): ±{ $height }m, ±{ $speed }m/s
