#!/bin/sh
# watch.sh PROFILE: runs chromedriver for as long as somebody holds our standard input, then sees to it that
# neither it nor any Chromium of it is left, and removes PROFILE. The kernel closes that pipe however a test
# ends - passed, panicked, killed - so nothing else has to be remembered.
profile=$1
HOME=$profile chromedriver --port=0 --log-path="$profile/chromedriver.log" </dev/null 2>/dev/null &
driver=$!
# Only chromedriver speaks there now: when it cannot start, who waits for its port sees the end.
exec >&-

read -r _

kill -KILL "$driver" 2>/dev/null
# Chromium leaves its parent's process group; its processes name the profile instead. One that was being born
# during a round is seen in the next.
for round in 1 2 3 4 5 6 7 8 9 10; do
    found=
    for process in /proc/[0-9]*; do
        pid=${process#/proc/}
        if [ "$pid" != $$ ] && grep -qsF -- "$profile" "$process/cmdline"; then
            kill -KILL "$pid" 2>/dev/null && found=yes
        fi
    done
    [ -z "$found" ] && [ "$round" -gt 1 ] && break
    sleep 0.05
done
rm -rf "$profile"
