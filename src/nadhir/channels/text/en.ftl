### Warning texts, English.
### Written for Nadhir; no other language's file is a translation of it. For live use a reviewer signs this very file off
### (docs/texts.md). `$hazard` is impact, overflight or debris; `$mode` live, exercise or replay.

## How texts are put together

separator = {", "}
stop = .
space = {" "}
# Stands first and last in every text of a drill or a replay.
mark =
    { $mode ->
        [exercise] EXERCISE
        [replay] REPLAY
       *[live] {""}
    }

## Areas and times

areas =
    { $others ->
        [one] { $names } and one other area
       *[other] { $names } and { $others } other areas
    }
areas-counted =
    { $count ->
        [one] one area
       *[other] { $count } areas
    }
areas-unknown = an area not yet known
areas-concerned = the areas concerned
time-short = { $clock } { $zone }
time-long = { $clock } { $zone } on { $date } ({ $utc } UTC)
arrival =
    { $soon ->
        [yes] at any moment
       *[no] from about { $time }
    }

## What it is

event =
    { $hazard ->
        [impact] Missile threat
        [overflight] Missile or rocket overflight
       *[debris] Falling rocket parts
    }
launches =
    { $launches ->
        [0] A falling object was detected
        [one] A launch was detected
       *[other] { $launches } launches were detected
    }
cause =
    { $known ->
        [area-time] { launches } from { $launch-area } at { $launch-time }.
        [area] { launches } from { $launch-area }.
        [time] { launches } at { $launch-time }.
       *[nothing] { launches }.
    }

## Headlines, without a full stop

headline-pre-alert = { event }: launch detected, be ready - { $areas }
headline-alert =
    { $hazard ->
        [impact] { event }: take shelter now - { $areas }
       *[other] { event }: go indoors now - { $areas }
    }
headline-update =
    { $change ->
        [wider] { event }, more areas: shelter now - { $areas }
        [narrower] { event }, fewer areas: keep sheltering - { $areas }
        [moved] { event }, areas changed: shelter now - { $areas }
       *[same] { event }, updated: keep sheltering - { $areas }
    }
headline-fallen = { event }, believed fallen on land: stay in shelter - { $areas }
headline-passed = All clear, believed passed over ({ event }) - { $areas }
headline-fell-at-sea = All clear, believed fallen at sea ({ event }) - { $areas }
headline-will-not-arrive = All clear, no longer expected ({ event }) - { $areas }
headline-held = { event } ended, another warning is still in force - { $areas }
headline-error = Issued in error, withdrawn ({ event }) - { $areas }

## What is predicted or has happened

what-pre-alert =
    { $count ->
        [0] Where it may come down is not known yet.
       *[other] It could concern { $areas }. Where and when it may come down is not known yet.
    }
what-alert =
    { $hazard ->
        [impact] It is predicted that something may come down in or near { $areas }, { $arrival }.
        [overflight] It is predicted that something may fly over { $areas }, { $arrival }; parts may fall.
       *[debris] It is predicted that parts of a rocket may come down in or near { $areas }, { $arrival }.
    }
what-fallen = It is believed to have come down on land, in or near { $areas }. More may follow.
what-passed = It is believed to have passed over { $areas }.
what-fell-at-sea = It is believed to have come down in the sea. { $areas }: no danger from it is seen any more.
what-will-not-arrive = By the latest prediction it does not reach { $areas }.
what-error = The warning for { $areas } was sent by mistake. It did not describe a real threat.
change =
    { $change ->
        [wider] The warning now covers more areas.
        [narrower] The warning now covers fewer areas.
        [moved] The warned areas have changed.
       *[same] The prediction has been updated; the areas stay the same.
    }
released = No longer covered: { $areas }.
held = Another warning is still in force for { $areas }: follow what it says.
held-short = In other areas another warning is still in force.
lost = It is no longer tracked. All that is said here is a prediction from its last known path.
lost-short = Track lost, prediction only.
unseen =
    { $unseen ->
        [one] One sensor is silent, so part of the sky is not watched.
       *[other] { $unseen } sensors are silent, so part of the sky is not watched.
    }

## What to do

action-pre-alert = Find the nearest solid building or underground place now and be ready to go in. Keep listening.
action-alert =
    { $hazard ->
        [impact] Go at once into the nearest solid building or underground. Keep away from windows. If there is nothing near, lie down and cover your head.
        [overflight] Go indoors and keep away from windows. Do not touch anything that has fallen; report it.
       *[debris] Go indoors, away from windows and from the top floor. Do not touch anything that has fallen; report it.
    }
action-fallen = Stay in shelter, close doors and windows, and wait until officials say that it is safe. Keep away from anything that has fallen.
action-over = You can leave your shelter. Do not go near anything that has fallen; report it to the police or fire service.
action-held = Do not leave your shelter because of this message. Follow the warning that is still in force.
action-error = You do not need to do anything. You can leave your shelter.
short-action-pre-alert = Find shelter near you and be ready.
short-action-alert =
    { $hazard ->
        [impact] Get into a solid building or underground, away from windows.
       *[other] Stay indoors, away from windows. Do not touch what has fallen.
    }
short-action-fallen = Stay inside, doors and windows closed. Do not touch what has fallen.
short-action-over = You can leave shelter. Do not touch what has fallen; report it.
short-action-held = Follow the warning that is still in force.
short-action-error = No action is needed.

## How long, and who says so

until-active = In force until { $time } unless lifted or renewed.
until-over = Lifted at { $time }.
until-error = Withdrawn at { $time }.
short-until-active = Until { $time }.
short-until-over = Lifted { $time }.
short-until-error = Withdrawn { $time }.
issued = Issued at { $time } by { $sender }.
short-sender = From { $sender }.
sender =
    { $country ->
        [none] Nadhir node
       *[other] Nadhir node, { $country }
    }
disclaimer = Not an official warning.
