### The console's frame, English.

not-official = Not an official warning.
close = Close
language = Language
map = Map
map-comes = The map is loading.
event = Event
panels = Panels
panel-events = Events
panel-warnings = Warnings
panel-operation = Operation
panel-log = Operator log
pending-count =
    { $count ->
        [one] { $count } waiting
       *[other] { $count } waiting
    }

banner = What is shown
banner-exercise = EXERCISE
banner-exercise-means = Nothing here is real. No one is in danger.
banner-suspended = Suspended: something real is happening.
banner-live = LIVE
banner-live-means = What you see and do here is real.
banner-replay = REPLAY
banner-replay-means = You are looking at the past. Nothing leaves this screen.
banner-replay-of-exercise = REPLAY OF AN EXERCISE

real-event = REAL EVENT – this is not the exercise
real-event-since = Since { $since }.
real-event-do = The exercise is suspended. Turn to the live console now.
real-event-seen = I have seen it

connection-live = Connected
connection-lost = Connection lost
connection-replay = Replay
connection-age =
    { $seconds ->
        [one] picture is { $seconds } second old
       *[other] picture is { $seconds } seconds old
    }
node-unreachable = The node does not answer. Trying again.

clock = Time
clock-not-begun = Waiting for the first data: the clock has not begun.
clock-reading = Reading the past: what is drawn is of another moment.
clock-live = Live
clock-play = Play
clock-pause = Pause
clock-back = Back 10 seconds
clock-forward = Forward 10 seconds
clock-before = To the moment before
clock-after = To the next moment
clock-speed = Speed
clock-length = Shown
clock-all = everything
clock-minutes =
    { $count ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
clock-hours =
    { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }
clock-scrub = Moment shown
clock-go-to = Go to…
clock-moment = Local time
clock-go = Go

alarm-launch = Launch detected
alarm-first = Danger to our own areas
alarm-change = Our warning has changed
alarm-end = Our warning has ended
alarm-open = Open
sound-on = Sound on
sound-off = Sound off
sound-blocked = The browser keeps silent until you click or press a key.

theme-dark = Dark. Change to light
theme-light = Light. Change to dark
role-operator = operator
role-reader = reader
login = Log in
logout = Log out
login-what = Console of an early-warning node.
login-name = Name
login-password = Password
login-wrong = Name or password is not right.

acknowledged = Acknowledged: { $event }
acknowledge-what = Choose an event first, with J or K.
acts-are-live = You are looking at the past. Press L to go live, then act.

help = Keys
help-keys-act = Single keys act (never while you type)
key-space = Space
key-help = These keys
key-next = Next event
key-previous = Previous event
key-open = Open the event
key-acknowledge = Acknowledge the event
key-play = Play or pause
key-back = Back 10 seconds
key-forward = Forward 10 seconds
key-live = Live
key-globe = Globe or flat map
key-mute = Sound on or off
key-panels = Events, warnings, operation, operator log
