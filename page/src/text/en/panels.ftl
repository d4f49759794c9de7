### Panels: events, one event, warnings and acts, operation, operator log. English.
### Predictions are worded as predictions. Values arrive ready to print unless a plural needs their number.

## Words of every panel
panels-failed = This could not be loaded: { $detail }
panels-loading = Loading …
panels-none = None
panels-unknown = not known
panels-reading = The node is being asked for what is to be shown. Nothing is known yet.
panels-more = { $count } more
panels-read-only = You are signed in as a reader: you see everything that your account may see. Approving, correcting and ending warnings needs an operator's account.
panels-replay-only = You are looking at the past. Go back to live to act.
panels-no-session = Sign in to see this.

time-both = { $local } ({ $utc }{"\u00A0"}UTC)
# Between two things that are told of one.
list-comma = {", "}
time-in = in { $duration }
time-ago = { $duration } ago
arrival-ahead = may arrive from { $clock }, { $in }
arrival-now = may arrive at any moment (from { $clock })
arrival-latest = by { $clock } at the latest
ellipse-size = 90% within ±{ $major } × { $minor }, long axis { $azimuth } from north
ellipse-round = 90% within ±{ $radius }
plus-minus = { $value } ± { $sigma }
probability-under = < { $value }
probability-over = > { $value }

owner-own = ours
owner-shared = shared picture
owner-partner = partner { $owner }
solution-own = { $owner } alone (our own sensors)
solution-shared = all partners' data together
solution-partner = { $owner }, as it was released to us

class-short-range = short-range missile
class-medium-range = medium-range missile
class-intermediate-range = intermediate-range missile
class-intercontinental = intercontinental missile
class-space-launch = space launch
class-spent-stage = spent stage
class-satellite = satellite
class-other = something else
class-unknown = class not known yet

phase-boost = under thrust
phase-coast = coasting
phase-reentry = re-entering
phase-orbit = in orbit
phase-lost = not seen any more
phase-down = down

hazard-impact = impact
hazard-overflight = overflight
hazard-debris = falling debris

status-pre-alert = Pre-alert
status-alert = Alert
status-update = Update
status-all-clear = All-clear
status-cancel = Cancelled: issued in error

reason-passed = It has passed
reason-fell-at-sea = It fell into the sea
reason-will-not-arrive = It will not arrive
reason-error = Issued in error

## List of events
events-title = Events
events-by-urgency = By urgency, danger to our own areas first
events-search = Search
events-search-hint = Event, class or area
events-owner = Owner
events-owner-any = All owners
events-ended = Show ended events
events-shown =
    { $count ->
        [0] No event
        [one] { $count } event
       *[other] { $count } events
    }
events-hidden-ended =
    { $count ->
        [one] { $count } ended event is hidden
       *[other] { $count } ended events are hidden
    }
events-nothing = Nothing has been detected. That is no all-clear: see Operation for what cannot be seen now.
events-nothing-then = Nothing had been detected at that moment. That is no all-clear.
events-no-match = No event matches the filter.
events-launched = Launched { $clock } near { $place }
events-launch-unknown = Launch time and place are not known
events-likely = { $class }, { $probability }
events-objects =
    { $count ->
        [one] { $count } object
       *[other] { $count } objects
    }
events-no-threat = No area is warned at present
badge-own-area = Own area in danger
badge-danger = Areas in danger
badge-pending = Waits for approval
badge-fallen = Believed down on land
badge-lost = Not seen any more
badge-launch = Launch
badge-withdrawn = Launch withdrawn
badge-acknowledged = Acknowledged
badge-shelved = Shelved until { $until }
badge-ended = Ended

## One event
event-title = Event { $event }
event-none = No event is selected. Choose one in the list or on the map.
event-gone = Event { $event } is not in the picture at this time.
event-acknowledge = Acknowledge
event-shelve = Shelve
event-unshelve = Take off the shelf
event-note = Add a note
event-download-geojson = Download GeoJSON
event-download-czml = Download CZML
event-section-solutions = Preferred solution and the others
event-section-classes = What it may be
event-section-areas = Areas in danger
event-section-warnings = Warnings
event-section-why = What changed and why
event-section-releases = What partners were given
event-section-timeline = Timeline
event-object = Object { $object }
event-choose-object = Show on the chart
event-launch = Launch
event-launch-at = { $clock } ± { $sigma }
event-seen-by = Seen by { $sensors }
event-burnout = End of thrust
event-apogee = Highest point
event-apogee-at = { $height } at { $clock }
event-height-speed = { $height } high, { $speed }
event-not-ballistic = Does not move as gravity and drag alone would have it: predictions are wider
event-reaches-orbit = Probability of reaching orbit
event-preferred = Preferred
event-apart = { $distance } from the preferred one
event-same-place = At the same place as the preferred one
event-no-other = No other solution is known.
event-no-place = It gives no place
event-launch-column = Launch place
event-impact-column = Predicted impact
event-state-column = State
event-time = Time
event-class-column = Class
event-open-warnings = Open in Warnings
event-area-column = Area
event-probability-column = Probability
event-arrival-column = Arrival
event-no-release = No release decision is known for this event.
outcome-released = released
outcome-thinned = left out, one went a moment ago
outcome-refused-by-floor = held back by the floor
outcome-forbidden = forbidden by a rule
outcome-not-permitted = no rule permits it
outcome-failed = could not be made
kind-detection = detection
kind-track = track
kind-launch = launch
kind-impact = impact
kind-assessment = assessment
kind-warning = warning
progress-queued = queued
progress-sent = sent
progress-acknowledged = received by the partner
timeline-launch = Launch seen in the shared picture near { $place }
timeline-launch-withdrawn = Launch withdrawn: the data no longer support it
timeline-phase = { $object }: { $phase }
timeline-class = { $object } is likely: { $class } ({ $probability })
timeline-impact = { $object } is expected to come down near { $place }, 90% within { $semi_major_m }, at { $time }
timeline-impact-narrowed = { $object }: predicted impact narrowed to { $semi_major_m }, at { $time }
timeline-partner = { $owner } speaks of this event too
timeline-warning =
    { $areas ->
        [0] Warning { $warning }, revision { $revision }: { $status }, { $hazard }, no area
        [one] Warning { $warning }, revision { $revision }: { $status }, { $hazard }, { $areas } area
       *[other] Warning { $warning }, revision { $revision }: { $status }, { $hazard }, { $areas } areas
    }
timeline-warning-pending = Warning { $warning }, revision { $revision }, waits for approval
timeline-warning-ended = Warning { $warning } ended: { $reason }
timeline-warning-dropped = Warning { $warning } was not sent
timeline-act = { $operator }: { $what }
timeline-act-noted = { $operator }: { $what } – { $note }
why-line = { $clock }: { $status } (revision { $revision })
why-figures = { $area }: { $used } (as stated { $stated }); warns from { $alert }, ends below { $leave }
why-warned = in the warning
why-not-warned = not in the warning
why-above = above the threshold for { $duration }
why-below = below it for { $duration }
why-neighbour = next to { $area }
why-held = still held by { $warning }
why-gone-passed = has passed it
why-gone-lost = lost, and the time of its arrival is over
why-gone-fell = fell elsewhere
why-gone-turned = does not lead here any more
why-withdrawn = All launches of this warning were withdrawn.
why-fallen = By its prediction it is down on land: people stay in shelter.
why-threshold-reached = The probability of an area has reached the threshold.
why-launched = Launched; its direction and range may lead here, the place is not known yet.
why-launched-anywhere = Launched, and no direction is known yet: all within its reach are told.
why-lost = It is not seen any more: what is said is predicted from its last track.
why-seen-again = It is seen again.
why-joined = Another launch threatens the same areas.
why-lost-and-over = It was lost before it came, and the latest time at which it could have come is over.
why-beyond = It was seen beyond the areas.
why-down = It is down by its prediction, which leaves no area in danger.
why-no-danger = No prediction leaves an area in danger any more.
why-earlier = { $area }: expected { $duration } earlier.
why-later = { $area }: expected { $duration } later.
why-probability = { $area }: from { $from } to { $to }.
why-adds = Added: { $areas }.
why-drops = No longer named: { $areas }.
why-objects = Part of each object: { $parts }
why-unavailable = No numbers are kept for this revision.

state-pending = waits for approval
state-open = out
state-ended = ended

## Warnings
warnings-title = Warnings
warnings-pending =
    { $count ->
        [0] Nothing waits for approval
        [one] { $count } warning waits for approval
       *[other] { $count } warnings wait for approval
    }
warnings-open =
    { $count ->
        [0] No warning is out
        [one] { $count } warning is out
       *[other] { $count } warnings are out
    }
warnings-ended =
    { $count ->
        [0] No warning has ended
        [one] { $count } warning has ended
       *[other] { $count } warnings have ended
    }
warnings-from-partners =
    { $count ->
        [one] { $count } warning of partners, shown for information
       *[other] { $count } warnings of partners, shown for information
    }
warnings-headline = { $status }, { $hazard }: { $areas }
warnings-revision = Revision { $revision }, { $clock }
warnings-would-say = What people would be told
warnings-said = What people were told
warnings-no-areas = no area named
warnings-areas-left = No area is left in danger.
warnings-fallen = Believed down on land: people stay in shelter until a person clears it.
warnings-lost = Not seen any more: this is a prediction from the last track.
warnings-unseen =
    { $count ->
        [one] { $count } sensor is silent, part of the sky is not watched: { $sensors }
       *[other] { $count } sensors are silent, part of the sky is not watched: { $sensors }
    }
warnings-then-send = Goes out by itself at { $clock }, { $in }, unless someone rejects it.
warnings-then-send-now = The countdown is over: it goes out by itself now.
warnings-then-hold = Waits until someone approves it. It does not go out by itself.
warnings-needs =
    { $needs ->
        [one] One person must approve it.
       *[other] { $needs } different persons must approve it.
    }
warnings-approved-by = Approved by { $names }
warnings-approved-by-nobody = Nobody has approved it yet.
warnings-you-approved = You have approved this revision. The second approval must come from another person, with an account of their own.
warnings-not-public = Shown to operators only: the exercise is suspended.
warnings-failure = It could not be said: { $detail }
warnings-show-event = Show event { $event }
warnings-deliveries = Delivery by channel
warnings-no-delivery = No channel has carried it.
warnings-no-channels = No channel is set up on this node: nothing leaves it.
warnings-mode-exercise = Exercise
warnings-mode-live = Live
warnings-mode-replay = Replay
delivery-waiting = waiting
delivery-sending = being sent
delivery-sent = delivered
delivery-superseded = replaced by a newer message
delivery-expired = too late, not sent
delivery-failed = failed
delivery-line = { $channel }: { $state }, { $clock }
delivery-detail = { $channel }: { $state }, { $clock } – { $detail }
warnings-suspended = The exercise is suspended because something real happens. Nothing of it is public until an operator lets it go on.
warnings-resume = Let the exercise be public again

## Acts and their dialogs
act-approve = Approve
act-reject = Reject
act-correct = Correct
act-cancel = Cancel: issued in error
act-clear = Give the all-clear
act-reissue = Say it again
act-acknowledge = Acknowledge
act-shelve = Shelve
act-unshelve = Take off the shelf
act-note = Add a note
act-hand-over = Hand over the shift
act-resume = Let the exercise go on
act-close = Go back, change nothing
act-working = Being done …
act-refused = Refused: { $detail }
act-changed = It has changed since you opened this: it is now revision { $revision }. Go back and look at it again.
act-title-approve = Approve { $warning }, revision { $revision }?
act-title-reject = Reject { $warning }, revision { $revision }?
act-title-correct = Correct { $warning }?
act-title-cancel = Cancel { $warning } as issued in error?
act-title-clear = Give the all-clear for { $warning }?
act-title-reissue = Say { $warning } again?
act-title-acknowledge = Acknowledge { $subject }
act-title-shelve = Shelve { $subject }
act-title-unshelve = Take { $subject } off the shelf
act-title-note = Note on { $subject }
act-title-hand-over = Hand over the shift
act-title-resume = Let the exercise be public again?
act-goes-out = Goes out at once on: { $channels }
act-second-person = Nothing goes out yet: a second person must approve it too.
act-reject-means = It is not sent. What is already out stays out until it is ended in public.
act-cancel-means = Everyone who got this warning is told that it was issued in error.
act-clear-means = Everyone who got this warning is told that the danger is over, and why.
act-reissue-means = It was ended by mistake: everyone who got it is warned again, of the same areas, under a new name. Where two persons must approve, it waits for the second one first.
act-correct-means = Two messages go out as one step: { $warning } is cancelled as issued in error, and a new alert names the areas chosen below.
act-acknowledge-means = Says that you have seen it. It changes nothing for the public and deletes nothing.
act-shelve-means = Moves it down the list until the time you choose. It stays visible and goes on as before.
act-unshelve-means = It returns to its place in the list.
act-note-means = Your note goes into the operator log for all to read.
act-resume-means = Make sure that the real event is over. What the exercise says from now on reaches its public channels again.
act-note-label = Note
act-note-optional = Note (may stay empty)
act-reason-label = Why the danger is over
act-until-label = For how long
act-until-minutes =
    { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }
act-until-clock = until { $clock }
act-areas-label = Areas that the right warning names
act-areas-find = Find an area
act-areas-chosen =
    { $count ->
        [0] No area is chosen
        [one] { $count } area is chosen: { $names }
       *[other] { $count } areas are chosen: { $names }
    }
act-areas-needed = Choose at least one area.
act-reason-needed = Choose a reason.
act-note-needed = Write a note first.
act-name-needed = Write the name of whoever takes over.
act-next-name = Who takes over
act-public-warning = This goes to the public.
act-exercise-warning = This is an exercise message.

## Hand-over of a shift
handover-open = Hand over the shift
handover-nothing = Nothing is open: no event in progress, no warning out, nothing waits.
handover-pending = Waits for approval: { $warnings }
handover-out = Warnings that are out: { $warnings }
handover-events = Events in progress: { $events }
handover-shelved = Shelved: { $events }
handover-unacknowledged = Not acknowledged: { $events }
handover-silent = Silent sensors: { $sensors }
handover-to = To { $name }.

## Operation
operation-title = Operation
operation-as-of = As of { $clock }
operation-state = State
operation-ready = Ready
operation-not-ready = Not ready: { $state }
operation-mode = Mode
operation-nation = Nation
operation-tracked = Objects tracked
operation-lines = Lines read
operation-rejected = Lines set aside
operation-by-cause = { $cause }: { $count }
operation-problems = Problems
operation-no-problems = The node reports no problem.
operation-unseen = What cannot be seen now
operation-unseen-none = Every sensor of ours reports. Beyond their coverage nothing is seen.
operation-unseen-list =
    { $count ->
        [one] { $count } sensor is silent. What only it covers is not seen:
       *[other] { $count } sensors are silent. What only they cover is not seen:
    }
operation-links = Links to partners
operation-no-links = No partner is linked.
operation-link = Link
operation-link-up = connected
operation-link-down = silent for { $duration }
operation-skew = Clock difference
operation-gaps = Gaps
operation-queue = Waiting to be sent
operation-behind = Still to come
operation-sent = Sent
operation-received = Received
operation-shed = Given up
operation-refused = Refused
operation-split-view = Logs do not agree: { $detail }
operation-sensors = Sensors
operation-no-sensors = No sensor is known.
operation-owner = Owner
operation-kind = Kind
operation-last-line = Last line
operation-health = Health
operation-reporting = reporting
operation-silent = silent
operation-never = never
operation-bias = Bias found
operation-bias-none = none found
operation-bias-azimuth = azimuth { $value }
operation-bias-elevation = elevation { $value }
operation-bias-range = range { $value }
operation-bias-corrected = Detections are corrected by it.
operation-bias-uncorrected = Not sure enough to correct detections by it.
sensor-radar = radar
sensor-infrared = infrared satellite
operation-channels = Channels
operation-no-channels = No channel is set up: nothing leaves this node.
operation-waiting = Waiting
operation-delivered = Delivered
operation-failed = Failed
operation-last-error = Last error: { $detail }
operation-heads = Audit logs
operation-no-heads = No tree head has been signed yet.
operation-size = Entries
operation-root = Root
operation-signed = Signed
operation-latency = Time taken
operation-hop = { $hop }: half within { $half }, 99 of 100 within { $most }

## Operator log
log-title = Operator log
log-search = Search
log-search-hint = Name, subject, note
log-what = What
log-what-any = Everything
log-print = Print
log-printed = Operator log of { $nation }, { $mode }, printed { $clock }
log-time = Time
log-note = Note
log-nothing = Nothing is in the log.
log-no-match = No entry matches the filter.
log-shown =
    { $count ->
        [one] { $count } entry
       *[other] { $count } entries
    }
mark-acknowledge = acknowledged
mark-shelve = shelved
mark-unshelve = taken off the shelf
mark-note = note
mark-hand-over = shift handed over
mark-login = signed in
mark-logout = signed out
mark-approve = approved
mark-reject = rejected
mark-cancel = cancelled
mark-clear = all-clear given
mark-reissue = said again
mark-correct = corrected
mark-resume = exercise resumed
mark-revision = revision { $revision }
mark-until = until { $clock }
mark-refused = refused: { $detail }
