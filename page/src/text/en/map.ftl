# The map, its legend and its list; the chart of height and speed.

map-name = Map
map-description = Map of what flies, where it comes down and which districts are in danger. Arrow keys move it, plus and minus zoom, Page Up and Page Down go from object to object, Enter selects. The list has the same in words.
map-exercise = EXERCISE
map-replay = REPLAY
map-zoom-in = Zoom in
map-zoom-out = Zoom out
map-own-area = Own area
map-whole-event = Whole event
map-follow = Follow selected
map-projection = Kind of map
map-flat = Flat
map-globe = Globe
map-legend = Legend
map-list = List
map-list-name = What the map shows, in words
map-coverage = Sensors' coverage
map-coverage-height = For objects at a height of
map-coverage-none = Do not show
map-kilometres = { $value } km
map-metres = { $value } m
map-unseen = Not seen now: { $sensors }

# On the picture. Times are lengths in minutes and seconds unless they are said to be clock times.
map-label-state = { $height } km · { $speed } km/s
map-label-lost = Lost for { $age }
map-label-old = Last seen { $age } ago
map-label-launch = Launch { $time }
map-label-withdrawn = Launch withdrawn
map-label-impact = Impact in { $left } (± { $sigma } s)
map-label-down = Down at { $time }
map-label-silent = { $sensor } { $owner }: silent
map-label-arrival = in { $left }
map-label-arriving = at any moment
map-danger-fallen = Stay in shelter
map-danger-alert = Alert
map-danger-overflight = Passes overhead
map-danger-debris = Falling debris
map-danger-pre-alert = Pre-alert
map-danger-pending = Awaits approval
map-danger-partner = Partner's warning
map-danger-all-clear = All clear
map-danger-cancelled = Cancelled: issued in error

# Legend
map-sign-boost = Motor burns
map-sign-coast = Flies without thrust
map-sign-reentry = Comes down
map-sign-orbit = In orbit
map-sign-lost = Lost: shown where it was last seen
map-sign-down = Has come down
map-sign-stage = Spent stage
map-sign-other = Where another owner has the selected object
map-sign-satellite = Satellite
map-sign-launch = Launch point
map-sign-impact = Predicted impact point
map-sign-radar = Radar
map-sign-radar-silent = Radar that is silent
map-sign-infrared = Infrared satellite
map-sign-infrared-silent = Infrared satellite that is silent
map-sign-selected = Selected
map-hatch-alert = District under an alert
map-hatch-pre-alert = District under a pre-alert, or one that awaits approval (dashed border)
map-hatch-overflight = District that will be passed over
map-hatch-debris = District threatened by debris
map-hatch-blind = Coverage of a silent radar: nothing is seen there
map-line-trail = Path flown
map-line-path = Predicted path
map-line-ellipse = Holds the point with probability 90%; thin ones are earlier predictions
map-line-partner = { $owner }'s own data
map-line-ended = District where the danger is over
map-line-partner-warning = District that a partner warns
map-tone-danger = Threatens the ground
map-tone-caution = Passes overhead
map-tone-object = Known, threatens nobody under a warning

# The list
map-summary = { $objects ->
    [0] Nothing flies.
    [one] One object.
   *[other] { $objects } objects.
  } { $districts ->
    [0] No district is in danger.
    [one] One district is in danger.
   *[other] { $districts } districts are in danger.
  }
map-list-districts = Districts
map-list-objects = Objects
map-list-launches = Launches
map-list-sensors = Sensors
map-list-district = { $name }: { $word } { $arrival }
map-list-object = { $object }, { $owners }: { $sign }, { $height } km high, { $speed } km/s, at { $place }
map-list-impact = comes down at { $place } in { $left }, give or take { $sigma } s; ellipse { $major } by { $minor } km
map-list-fallen = came down at { $place }
map-list-launch = { $event }: { $time }, at { $place }
map-list-sensor = { $sensor }, { $owner }: { $sign }
map-place = { $latitude }° { $northSouth ->
    [north] N
   *[south] S
  } { $longitude }° { $eastWest ->
    [east] E
   *[west] W
  }

# The chart of height and speed
profile-name = Height and speed
profile-none = Select an object to see its height and speed.
profile-unknown = Nobody has told the height and speed of this object.
profile-height = Height (km)
profile-speed = Speed (km/s)
profile-time = Minutes since { $since ->
    [launch] launch
   *[first] first seen
  }
profile-now = Now
profile-burnout = Burnout
profile-apogee = Apogee
profile-apogee-sure = Apogee { $height } ± { $sigma } km
profile-impact = Impact
profile-summary = { $object }: { $height } km high, { $speed } km/s.
profile-within = Now, nine times in ten within ± { $height } m and ± { $speed } m/s
